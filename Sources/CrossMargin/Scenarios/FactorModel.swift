// The joint distribution of daily factor moves: covariance, its factor, conditional means.

import PortfolioModel
import RiskNumerics

/// Covariance of daily moves of all factors of a history.
struct FactorModel: Sendable {
  /// Factors, sorted by the bytes of their names.
  let factors: [FactorName]
  /// Covariance per day, positive semidefinite. [factors x factors]
  let covariance: Matrix
  /// Notes on gaps and repair.
  let warnings: [RunWarning]

  /// Fewest moves that a covariance is estimated from.
  private static let moveCountMin = 20

  /// Estimates the model; factors without any move are left out and named in a warning.
  init(
    history: FactorHistory, proxies: [FactorProxy], settings: CovarianceSettings, set: String
  ) throws(RunError) {
    var moves = FactorMoves(dailyStepsOf: history)
    moves.apply(proxies)
    guard moves.endTimes.count >= Self.moveCountMin else {
      throw .historyTooShort(
        set: set, found: moves.endTimes.count, needed: Self.moveCountMin)
    }
    let used = moves.factors.indices.filter { moves.moves[$0].contains { $0 != nil } }
    factors = used.map { moves.factors[$0] }
    var notes: [RunWarning] = []
    var empty = Noticed()
    for factor in moves.factors where !factors.contains(factor) { empty.add(factor.description) }
    notes += [empty.warning("history_factor_empty")].compactMap(\.self)
    notes += moves.proxied.map {
      RunWarning(
        kind: "history_proxy", count: $0.count, examples: ["\($0.factor) from \($0.proxy)"])
    }
    do {
      let lambda = ScalarMath.power(settings.decayPerDay, history.medianStepDays)
      let estimate = try Covariance.exponentiallyWeighted(
        MoveHistory(columns: used.map { moves.moves[$0] }), lambda: lambda)
      let repair = try Covariance.repaired(estimate.matrix, floor: settings.eigenvalueFloor)
      covariance = repair.matrix
      if repair.clippedCount > 0 {
        let place = repair.largestChangePlace
        notes.append(
          RunWarning(
            kind: "covariance_repaired", count: repair.clippedCount,
            examples: [
              "Frobenius distance \(repair.frobeniusDistance)",
              "largest change \(repair.largestChange): \(factors[place.row]), \(factors[place.column])"
            ]))
      }
      warnings = notes
    } catch {
      throw .covarianceNotUsable(reason: "\(error)")
    }
  }

  /// What correlates normals to moves over one day.
  func dailyFactor() throws(RunError) -> Covariance.Factor {
    do {
      return try Covariance.factor(covariance)
    } catch {
      throw .covarianceNotUsable(reason: "\(error)")
    }
  }

  /// The regression of some factors on others: `x_u = S_uc S_cc^-1 x_c`. [unknown x given]
  ///
  /// Where given factors are collinear the solution of least norm is taken.
  func regression(of unknown: [Int], on given: [Int]) throws(RunError) -> Matrix {
    do {
      let among = submatrix(rows: given, columns: given)
      let across = submatrix(rows: given, columns: unknown)
      return try LinearAlgebra.leastSquares(among, across).solution.transposed
    } catch {
      throw .covarianceNotUsable(reason: "\(error)")
    }
  }

  private func submatrix(rows: [Int], columns: [Int]) -> Matrix {
    var result = Matrix(rowCount: rows.count, columnCount: columns.count)
    for (column, source) in columns.enumerated() {
      for (row, from) in rows.enumerated() { result[row, column] = covariance[from, source] }
    }
    return result
  }
}
