// What is known today about an account that may say whether it is liquidated tomorrow.

import PortfolioModel
import RiskNumerics

/// Features of one account, from its book alone.
///
/// The account is taken as it will be: contracts that expire before the outcome are settled at the
/// values of today, and the requirement is that of what remains, on the market of today.
public enum PredictionFeature: String, Sendable, CaseIterable {
  /// Distance: Mahalanobis distance of the nearest factor moves whose delta-gamma loss is the
  /// surplus, standard deviations over the days until the outcome, at most `distanceMax`. Where there
  /// is no surplus, what is missing over the standard deviation of the linear profit, negative.
  case distance
  /// Part of the distance above 0.5: with the next three the log odds are piecewise linear in it.
  case distanceAboveHalf = "distance_above_half"
  /// Part of the distance above 1.
  case distanceAboveOne = "distance_above_1"
  /// Part of the distance above 2.
  case distanceAboveTwo = "distance_above_2"
  /// Part of the distance above 4.
  case distanceAboveFour = "distance_above_4"
  /// Distance less what it was before the last move of the history, at the holdings, requirement
  /// and covariance of today.
  case distanceChange = "distance_change"
  /// Distance less that of all that is held today, expiring contracts included.
  case expiryChange = "expiry_change"
  /// `ln(1 + gross notional / equity)`.
  case logLeverage = "log_leverage"
  /// Delta with balances over all underlyings, over equity, within 20 of zero.
  case deltaPerEquity = "delta_per_equity"
  /// Change of delta for 1 % over all underlyings, over equity, within 20 of zero.
  case gammaPerEquity = "gamma_per_equity"
  /// Sum of squared shares of the underlyings in absolute delta; 1 where there is at most one.
  case concentration
  /// Share of positive balances, by value, times their correlation with the profit of the contracts
  /// where that is positive: collateral that falls when the contracts lose.
  case wrongWay = "wrong_way"
  /// Share of equity that haircuts and requirement take: 1 less surplus over equity, within 20 of
  /// zero.
  case usedFraction = "used_fraction"
  /// Volatility of past moves over implied volatility of 30 days, of the underlying with the largest
  /// absolute delta; 1 where either is unknown.
  case volatilityRatio = "volatility_ratio"
  /// Share of gross notional in options that expire within seven days.
  case shortTerm = "short_term"
  /// Share of the accounts of the book whose distance is below 2.
  case nearFraction = "near_fraction"

  /// Distances are told apart up to here: 12 standard deviations are as good as never.
  public static let distanceMax = 12.0

  /// Position among all features.
  var position: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// Reads features of single accounts; all but `nearFraction`, which needs the whole book.
struct FeatureReader {
  private let run: PreparedRun
  private let plan: AnalyticPlan
  /// Last move of each factor of the model; 0 where it has none.
  private let lastMoves: [Double]
  private let block: AnalyticBlock
  private var factors: SharedFactors

  private static let ratioMax = 20.0
  private static let shortTermDays = 7.0
  private static let impliedDays = 30.0

  init(_ run: PreparedRun, _ plan: AnalyticPlan, lastMoves: [Double]) {
    self.run = run
    self.plan = plan
    self.lastMoves = lastMoves
    block = AnalyticBlock(plan: plan, exposedAsset: run.exposure.greeks.exposedAsset) { account in
      run.book.portfolio.accounts[account.position].name
    }
    factors = SharedFactors(plan)
  }

  /// Last moves of the factors of a model.
  static func lastMoves(
    _ factors: [FactorName], _ history: FactorHistory, _ proxies: [FactorProxy]
  ) -> [Double] {
    var all = FactorMoves(dailyStepsOf: history)
    all.apply(proxies)
    return factors.map { factor in
      guard let place = all.factors.firstIndex(of: factor) else { return 0 }
      return all.moves[place].last.flatMap(\.self) ?? 0
    }
  }

  /// Distance of all that an account with surplus holds today.
  mutating func distance(_ candidate: LiquidationCandidate) throws(RunError) -> Double {
    try distances(candidate).now
  }

  /// Features in the order of `PredictionFeature` of an account as it will be, which has equity;
  /// `distanceToday` is the distance of all that it holds today.
  mutating func features(
    _ candidate: LiquidationCandidate, distanceToday: Double
  ) throws(RunError) -> [Double] {
    let distances = try distances(candidate)
    let exposure = exposure(candidate)
    let equityUSD = candidate.equityUSD
    var values = [Double](repeating: 0, count: PredictionFeature.allCases.count)
    func bounded(_ ratio: Double) -> Double { min(max(ratio, -Self.ratioMax), Self.ratioMax) }
    for feature in PredictionFeature.allCases {
      values[feature.position] =
        switch feature {
        case .distance: distances.now
        case .distanceAboveHalf: max(distances.now - 0.5, 0)
        case .distanceAboveOne: max(distances.now - 1, 0)
        case .distanceAboveTwo: max(distances.now - 2, 0)
        case .distanceAboveFour: max(distances.now - 4, 0)
        case .distanceChange: distances.now - distances.before
        case .expiryChange: distances.now - distanceToday
        case .logLeverage:
          ScalarMath.logOfOnePlus(candidate.holdings.grossNotionalUSD / equityUSD)
        case .deltaPerEquity: bounded(exposure.deltaUSD / equityUSD)
        case .gammaPerEquity: bounded(exposure.gammaUSDPerPercent / equityUSD)
        case .concentration: exposure.concentration
        case .wrongWay: wrongWay(candidate.holdings)
        case .usedFraction: bounded(1 - candidate.surplusUSD / equityUSD)
        case .volatilityRatio: exposure.largest.map(volatilityRatio) ?? 1
        case .shortTerm: shortTerm(candidate.holdings)
        case .nearFraction: 0
        }
    }
    return values
  }

  // MARK: Distance

  private mutating func distances(
    _ candidate: LiquidationCandidate
  ) throws(RunError) -> (now: Double, before: Double) {
    let farthest = PredictionFeature.distanceMax
    guard let form = try block.form(candidate.holdings, &factors),
      form.loss.quadratic.componentCount > 0
    else {
      let never = candidate.surplusUSD >= 0 ? farthest : -farthest
      return (never, never)
    }
    let stress = EllipsoidStress(form.loss.quadratic)
    let slopes = form.loss.quadratic.linear
    let deviation = OrderedSum.total(of: slopes.map { $0 * $0 }).squareRoot()
    func distance(_ bufferUSD: Double) -> Double {
      if bufferUSD == 0 { return 0 }
      if bufferUSD < 0 {
        return max(bufferUSD / form.unitUSD / deviation, -farthest)
      }
      let found = stress.nearest(losing: bufferUSD / form.unitUSD)?.distance
      return min(found ?? farthest, farthest)
    }
    let back = form.exposures.factors.map { -lastMoves[$0] }
    return (
      distance(candidate.surplusUSD),
      distance(candidate.surplusUSD + form.exposures.profitUSD(back))
    )
  }

  // MARK: Exposures

  private struct Exposure {
    var deltaUSD = 0.0
    var gammaUSDPerPercent = 0.0
    var concentration = 1.0
    var largest: AssetIndex?
  }

  private func exposure(_ candidate: LiquidationCandidate) -> Exposure {
    var rows: [UnderlyingRow] = []
    run.exposure.appendRows(of: candidate.holdings, to: &rows)
    let deltas = rows.map(\.greeks.deltaTotalUSD)
    let size = OrderedSum.total(of: deltas.map { abs($0) })
    var exposure = Exposure()
    exposure.deltaUSD = OrderedSum.total(of: deltas)
    exposure.gammaUSDPerPercent = OrderedSum.total(of: rows.map(\.greeks.gammaUSDPerPercent))
    if size > 0 {
      exposure.concentration = OrderedSum.total(
        of: deltas.map { ($0 / size) * ($0 / size) })
      exposure.largest = deltas.indices.max { (abs(deltas[$0]), $1) < (abs(deltas[$1]), $0) }
        .map { rows[$0].underlying }
    }
    return exposure
  }

  private func volatilityRatio(_ asset: AssetIndex) -> Double {
    let name = FactorName(.spot, plan.market.assets[asset.position].name)
    guard let factor = plan.model.factors.firstIndex(of: name),
      let implied = plan.market.atTheMoneyVolatility(of: asset, days: Self.impliedDays),
      implied > 0
    else { return 1 }
    let realised = plan.model.covariance[factor, factor] / UTCTime.years(ofDays: 1)
    return realised.squareRoot() / implied
  }

  /// Collateral that falls when the contracts lose.
  private func wrongWay(_ holdings: AccountHoldings) -> Double {
    var contracts = holdings
    contracts.amounts = []
    let exposures = FixedExposures(contracts, form: plan.form, columns: plan.columns)
    var gradient = [Double](repeating: 0, count: plan.model.factors.count)
    for (place, factor) in exposures.factors.enumerated() {
      gradient[factor] = exposures.gradientUSD[place]
    }
    let pull = LinearAlgebra.product(plan.model.covariance, vector: gradient)
    let variance = OrderedSum.total(of: zip(gradient, pull).map { $0 * $1 })
    var (wrong, all) = (OrderedSum(), OrderedSum())
    for (asset, amount) in holdings.amounts where amount > 0 {
      let valueUSD = amount * plan.market.priceUSD(asset)
      all.add(valueUSD)
      let name = FactorName(.spot, plan.market.assets[asset.position].name)
      guard variance > 0, let factor = plan.model.factors.firstIndex(of: name) else { continue }
      let own = plan.model.covariance[factor, factor]
      if own > 0 { wrong.add(valueUSD * max(pull[factor] / (variance * own).squareRoot(), 0)) }
    }
    return all.total > 0 ? wrong.total / all.total : 0
  }

  private func shortTerm(_ holdings: AccountHoldings) -> Double {
    var sum = OrderedSum()
    for (instrument, quantity) in holdings.contracts {
      guard case .priced(let priced) = plan.market.pricings[instrument.position], priced.isOption
      else { continue }
      let node = plan.market.nodes[priced.node]
      if node.expiryDays <= Self.shortTermDays {
        sum.add(
          abs(quantity) * priced.multiplier * plan.market.priceUSD(node.pair.underlying))
      }
    }
    return holdings.grossNotionalUSD > 0 ? sum.total / holdings.grossNotionalUSD : 0
  }
}

/// Accounts as they are after contracts expired, at the values of today.
struct ExpiryRoll {
  private let run: PreparedRun
  /// Whether each instrument expires at or before the outcome.
  private let isExpiring: [Bool]

  init(_ run: PreparedRun, until time: UTCTime) {
    self.run = run
    isExpiring = run.book.instruments.map { $0.kind.expiry.map { $0 <= time } ?? false }
  }

  /// The accounts with their expiring contracts turned into cash and the requirement of what is
  /// left; where the rule set does not cover that, as they are.
  func rolled(
    _ candidates: [LiquidationCandidate]
  ) throws(RunError) -> [LiquidationCandidate] {
    var result = candidates
    let places = candidates.indices.filter { place in
      candidates[place].holdings.contracts.contains { isExpiring[$0.instrument.position] }
    }
    let holdings = places.map { settled(candidates[$0].holdings) }
    for (rank, health) in try run.health(holdings).enumerated() {
      guard let health else { continue }
      result[places[rank]].holdings = holdings[rank]
      result[places[rank]].surplusUSD = health.surplusUSD
      result[places[rank]].equityUSD = health.equityUSD
    }
    return result
  }

  private func settled(_ holdings: AccountHoldings) -> AccountHoldings {
    var result = holdings
    result.contracts = []
    for (instrument, quantity) in holdings.contracts {
      guard isExpiring[instrument.position],
        case .priced(let priced) = run.market.pricings[instrument.position]
      else {
        result.contracts.append((instrument, quantity))
        continue
      }
      // Futures have their gains up to today's mark in the balances already.
      guard priced.isOption else { continue }
      let valueUSD = quantity * run.base.baseUSD[run.base.columns.column(of: instrument)]
      result.add(valueUSD / run.market.priceUSD(priced.settlement), of: priced.settlement)
    }
    return result
  }
}
