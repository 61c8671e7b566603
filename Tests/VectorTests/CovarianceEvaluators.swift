// Covariances: shrinkage, noise, repair.

import RiskNumerics
import VectorReading

enum CovarianceEvaluators {
  static let all: [String: Evaluator] = [
    "shrinkage": shrinkage, "marchenko_pastur": noise, "nearest_correlation": nearest,
    "spectral_salvage": salvage
  ]

  private static let shrinkage: Evaluator = { inputs in
    let moves = try inputs.matrix("X")
    let identity = Covariance.shrunk(moves, towards: .scaledIdentity)
    let oracle = Covariance.shrunk(moves, towards: .oracleApproximating)
    let constant = Covariance.shrunk(moves, towards: .constantCorrelation)
    return [
      "lw_identity_intensity": .number(identity.intensity),
      "lw_identity_cov": .rows(identity.matrix),
      "oas_intensity": .number(oracle.intensity), "oas_cov": .rows(oracle.matrix),
      "lw_constcorr_intensity": .number(constant.intensity),
      "lw_constcorr_mean_correlation": .number(
        Covariance.meanCorrelation(Covariance.sample(moves))),
      "lw_constcorr_cov": .rows(constant.matrix)
    ]
  }

  private static let noise: Evaluator = { inputs in
    let spectrum = NoiseSpectrum(
      factorCount: Int(try inputs.number("N")), dateCount: try inputs.number("T"),
      variance: try inputs.number("sigma2", absent: 1))
    return [
      "lambda_minus": .number(spectrum.lowerEdge), "lambda_plus": .number(spectrum.upperEdge)
    ]
  }

  private static let nearest: Evaluator = { inputs in
    let repair = try Covariance.nearestCorrelation(
      to: try inputs.matrix("A"), floor: try inputs.number("floor", absent: 0))
    return entries(repair.matrix).merging([
      "X": .rows(repair.matrix), "frobenius_distance": .number(repair.frobeniusDistance),
      "min_eigenvalue_input": .number(repair.smallestEigenvalue)
    ]) { $1 }
  }

  private static let salvage: Evaluator = { inputs in
    let repair = try Covariance.repaired(try inputs.matrix("A"), floor: 0)
    return entries(repair.matrix).merging(["X": .rows(repair.matrix)]) { $1 }
  }

  /// Entries above the diagonal as r12, r13 and so on.
  private static func entries(_ matrix: Matrix) -> [String: JSONValue] {
    var entries: [String: JSONValue] = [:]
    for column in 0..<matrix.columnCount {
      for row in 0..<column {
        entries["r\(row + 1)\(column + 1)"] = .number(matrix[row, column])
      }
    }
    return entries
  }
}
