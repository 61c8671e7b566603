// The joint distribution of daily factor moves: covariance, its factor, conditional means, tails.

import PortfolioModel
import RiskNumerics

/// Covariance of daily moves of all factors of a history.
struct FactorModel: Sendable {
  /// Factors, sorted by the bytes of their names.
  let factors: [FactorName]
  /// Covariance per day, positive semidefinite. [factors x factors]
  private(set) var covariance: Matrix
  /// Notes on gaps and repair.
  private(set) var warnings: [RunWarning]
  /// Moves scaled to one day; nil = missing. [factors][dates]
  private let moves: [[Double?]]
  /// Weight of one date relative to the next.
  private let lambda: Double
  private let settings: CovarianceSettings

  /// Fewest moves that a covariance is estimated from.
  private static let moveCountMin = 20

  /// Estimates the model; factors without any move are left out and named in a warning.
  init(
    history: FactorHistory, proxies: [FactorProxy], settings: CovarianceSettings, set: String
  ) throws(RunError) {
    var all = FactorMoves(dailyStepsOf: history)
    all.apply(proxies)
    guard all.endTimes.count >= Self.moveCountMin else {
      throw .historyTooShort(set: set, found: all.endTimes.count, needed: Self.moveCountMin)
    }
    let used = all.factors.indices.filter { all.moves[$0].contains { $0 != nil } }
    let factors = used.map { all.factors[$0] }
    var notes: [RunWarning] = []
    var empty = Noticed()
    for factor in all.factors where !factors.contains(factor) { empty.add(factor.description) }
    notes += [empty.warning("history_factor_empty")].compactMap(\.self)
    notes += all.proxied.map {
      RunWarning(
        kind: "history_proxy", count: $0.count, examples: ["\($0.factor) from \($0.proxy)"])
    }
    self.factors = factors
    self.settings = settings
    moves = used.map { all.moves[$0] }
    lambda = ScalarMath.power(settings.decayPerDay, history.medianStepDays)
    let estimate = try CovarianceEstimate(
      moves: moves, lambda: lambda, settings: settings, set: set)
    covariance = estimate.repair.matrix
    if estimate.repair.changedCount > 0 {
      notes.append(estimate.repair.warning("covariance_repaired", factors))
    }
    warnings = notes
  }

  /// The model with correlations moved towards an extreme and repaired; a warning says how much
  /// repair that needed.
  func stressed(_ stress: CorrelationStress) throws(RunError) -> FactorModel {
    for asset in stress.assets where !factors.contains(where: { $0.asset == asset }) {
      throw .covarianceNotUsable(reason: "no factor of the history is about \(asset)")
    }
    var (correlation, deviations) = Covariance.correlation(covariance)
    let isInBlock = factors.map { stress.assets.isEmpty || stress.assets.contains($0.asset) }
    for column in factors.indices {
      for row in factors.indices where row != column {
        switch stress.target {
        case .zero:
          let isBroken = stress.assets.isEmpty || isInBlock[row] != isInBlock[column]
          if isBroken { correlation[row, column] *= 1 - stress.weight }
        case .one:
          guard isInBlock[row], isInBlock[column], factors[row].kind == .spot,
            factors[column].kind == .spot
          else { continue }
          correlation[row, column] += stress.weight * (1 - correlation[row, column])
        }
      }
    }
    let repair = try CovarianceRepair(
      CovarianceRepair.covariance(correlation, deviations), settings: settings)
    var model = self
    model.covariance = repair.matrix
    model.warnings.append(repair.warning("correlation_stressed", factors))
    return model
  }

  /// What correlates normals to moves over one day.
  func dailyFactor() throws(RunError) -> Covariance.Factor {
    do {
      return try Covariance.factor(covariance)
    } catch {
      throw .covarianceNotUsable(reason: "\(error)")
    }
  }

  /// The same by pivoted Cholesky, whose first normals matter most.
  func orderedDailyFactor() throws(RunError) -> Covariance.Factor {
    do {
      return try Covariance.orderedFactor(covariance)
    } catch {
      throw .covarianceNotUsable(reason: "\(error)")
    }
  }

  /// Standard deviation of a day of the price of an asset, of what it tracks where it has no factor of
  /// its own; nil where neither has one.
  func spotDeviationDaily(of asset: AssetIndex, market: PricedMarket) -> Double? {
    let names = [asset, market.trackedAsset[asset.position]].map { market.assets[$0.position].name }
    let factor = names.lazy.compactMap { name in
      factors.firstIndex(of: FactorName(.spot, name))
    }.first
    return factor.map { covariance[$0, $0].squareRoot() }
  }

  // MARK: Tails

  /// The t distribution of unit variance that fits the moves of all factors best, each over the
  /// volatility of its time; nil where no factor has enough moves.
  func fittedTail() -> StudentDistribution? {
    let standardised = moves.flatMap { FactorFilter.standardised($0, lambda: lambda) }
    return standardised.isEmpty ? nil : .fitted(toStandardised: standardised)
  }

  /// The same for each factor by itself.
  func fittedTails() -> [StudentDistribution?] {
    moves.map { moves in
      let standardised = FactorFilter.standardised(moves, lambda: lambda)
      return standardised.isEmpty ? nil : .fitted(toStandardised: standardised)
    }
  }

  /// Degrees of freedom as asked for; `set` is who asks, for messages.
  func degrees(_ tail: TailDegrees, set: String) throws(RunError) -> Double {
    switch tail {
    case .fixed(let degrees): return degrees
    case .fitted:
      guard let fitted = fittedTail() else {
        throw .historyTooShort(set: set, found: 0, needed: FactorFilter.firstMoveCount + 1)
      }
      return fitted.degrees
    }
  }

  // MARK: Conditional means

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

  /// A with A A' = covariance per day of some factors. [factors x factors]
  func dailyFactor(of some: [Int]) throws(RunError) -> Matrix {
    do {
      return try Covariance.factor(submatrix(rows: some, columns: some)).matrix
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
