// From past moves with gaps to a covariance that can be used.

import PortfolioModel
import RiskNumerics

/// A covariance by the estimator of a run, repaired.
struct CovarianceEstimate {
  /// Covariance per day and what its repair took.
  let repair: CovarianceRepair

  /// Estimates from moves scaled to one day; every factor has a move. [factors][dates]
  /// - Throws: `RunError.historyTooShort` where the estimator needs dates that all factors have and
  ///   there are fewer than two.
  init(
    moves: [[Double?]], lambda: Double, settings: CovarianceSettings, set: String
  ) throws(RunError) {
    let asked: Matrix
    do {
      switch settings.estimator {
      case .exponential, .cleaned:
        let history = MoveHistory(columns: moves)
        let estimate = try Covariance.exponentiallyWeighted(history, lambda: lambda)
        if settings.estimator == .exponential {
          asked = estimate.matrix
        } else {
          let (correlation, deviations) = Covariance.correlation(estimate.matrix)
          let weights = (0..<history.dateCount).map { ScalarMath.power(lambda, Double($0)) }
          let cleaned = try Covariance.cleaned(
            correlation, dateCount: Covariance.effectiveDateCount(weights: weights))
          asked = CovarianceRepair.covariance(cleaned.matrix, deviations)
        }
      case .shrunkToIdentity:
        asked = Covariance.shrunk(try Self.complete(moves, set), towards: .scaledIdentity).matrix
      case .oracleApproximating:
        asked =
          Covariance.shrunk(
            try Self.complete(moves, set), towards: .oracleApproximating
          ).matrix
      case .shrunkToConstantCorrelation:
        asked =
          Covariance.shrunk(
            try Self.complete(moves, set), towards: .constantCorrelation
          ).matrix
      }
    } catch let error as RunError {
      throw error
    } catch {
      throw .covarianceNotUsable(reason: "\(error)")
    }
    repair = try CovarianceRepair(asked, settings: settings)
  }

  /// The dates that all factors have. [dates x factors]
  private static func complete(_ moves: [[Double?]], _ set: String) throws(RunError) -> Matrix {
    let dateCount = moves.first?.count ?? 0
    let dates = (0..<dateCount).filter { date in moves.allSatisfy { $0[date] != nil } }
    guard dates.count >= 2 else {
      throw .historyTooShort(set: set, found: dates.count, needed: 2)
    }
    return Matrix(
      rowCount: dates.count, columnCount: moves.count,
      elements: moves.flatMap { column in dates.map { column[$0] ?? 0 } })
  }
}

/// A covariance made positive semidefinite, and what that took.
struct CovarianceRepair {
  /// The covariance; its correlations have no eigenvalue below the floor. [factors x factors]
  let matrix: Matrix
  /// Eigenvalues that were below the floor; 0 = nothing was changed.
  let changedCount: Int
  /// Of correlations, Frobenius norm.
  let frobeniusDistance: Double
  /// Of one correlation.
  let largestChange: Double
  let largestChangePlace: (row: Int, column: Int)

  init(_ covariance: Matrix, settings: CovarianceSettings) throws(RunError) {
    do {
      let spectral = try Covariance.repaired(covariance, floor: settings.eigenvalueFloor)
      changedCount = spectral.clippedCount
      guard settings.repair == .nearest, spectral.clippedCount > 0 else {
        matrix = spectral.matrix
        frobeniusDistance = spectral.frobeniusDistance
        largestChange = spectral.largestChange
        largestChangePlace = spectral.largestChangePlace
        return
      }
      let (correlation, deviations) = Covariance.correlation(covariance)
      let nearest = try Covariance.nearestCorrelation(
        to: correlation, floor: settings.eigenvalueFloor)
      matrix = Self.covariance(nearest.matrix, deviations)
      frobeniusDistance = nearest.frobeniusDistance
      largestChange = nearest.largestChange
      largestChangePlace = (nearest.largestChangeRow, nearest.largestChangeColumn)
    } catch {
      throw .covarianceNotUsable(reason: "\(error)")
    }
  }

  /// What was done, for the results.
  func warning(_ kind: String, _ factors: [FactorName]) -> RunWarning {
    let place = "\(factors[largestChangePlace.row]), \(factors[largestChangePlace.column])"
    return RunWarning(
      kind: kind, count: changedCount,
      examples: [
        "Frobenius distance \(frobeniusDistance)", "largest change \(largestChange): \(place)"
      ])
  }

  /// The covariance of correlations and deviations.
  static func covariance(_ correlation: Matrix, _ deviations: [Double]) -> Matrix {
    var matrix = correlation
    for column in deviations.indices {
      for row in deviations.indices { matrix[row, column] *= deviations[row] * deviations[column] }
    }
    return matrix
  }
}
