// Rule sets probed with small portfolios: relations that a requirement must keep, and who breaks them.

import PortfolioModel
import RiskNumerics

/// A relation of a rule set that a portfolio breaks.
public struct ParameterFinding: Sendable, Equatable {
  /// Name of the rule set.
  public var ruleSet: String
  /// What does not hold.
  public var violation: RiskParameters.Violation
  /// The portfolio: contracts of one instrument.
  public var instrument: String
  /// How many, signed.
  public var quantity: Double
  /// Requirements over notional and what they are compared with.
  public var parameters: RiskParameters
}

extension RiskRun {
  /// Notional of a probe, USD: small enough that no tier or concentration charge of a venue begins.
  private static let probeNotionalUSD = 10_000.0
  /// Collateral of a probe, USD: so much that it owes nothing.
  private static let probeCollateralUSD = 1_000_000.0

  /// Relations between parameters (`RiskParameters.Violation`) that rule sets break, each with a portfolio that shows it: one
  /// future or perpetual of each underlying, long and short, under every rule set that covers it.
  ///
  /// Closing costs what the settings of liquidation say; a move over one monitoring period is that of
  /// an hour at 99 %, from the history of the book, 0 without one.
  public func parameterFindings() throws(RunError) -> [ParameterFinding] {
    let summary = try factorSummary()
    var findings: [ParameterFinding] = []
    for (rule, terms) in zip(prepared.rules, prepared.settings.models) {
      for instrument in probes {
        for sign in [1.0, -1.0] {
          let quantity = sign * Self.probeNotionalUSD / notionalUSD(instrument)
          guard
            let parameters = try parameters(rule, instrument, quantity, summary: summary)
          else { continue }
          findings += parameters.violations.map {
            ParameterFinding(
              ruleSet: terms.name, violation: $0, instrument: prepared.book[instrument].name,
              quantity: quantity, parameters: parameters)
          }
        }
      }
    }
    return findings
  }

  /// What is known of past moves; nil where the history is too short to say.
  private func factorSummary() throws(RunError) -> FactorSummary? {
    do throws(RunError) {
      return try FactorSummary(book: prepared.book, settings: prepared.settings)
    } catch {
      guard case .historyTooShort = error else { throw error }
      return nil
    }
  }

  /// The first linear, else the first contract without optionality of each underlying.
  private var probes: [InstrumentIndex] {
    var chosen: [InstrumentIndex] = []
    for underlying in prepared.book.market.assets.indices.map(AssetIndex.init) {
      let candidates = prepared.book.instruments.indices.filter { place in
        guard case .priced(let priced) = prepared.market.pricings[place] else { return false }
        return !priced.isOption && prepared.book.instruments[place].underlying == underlying
      }
      let linear = candidates.first { prepared.book.instruments[$0].payout == .linear }
      if let place = linear ?? candidates.first { chosen.append(InstrumentIndex(place)) }
    }
    return chosen
  }

  private func notionalUSD(_ index: InstrumentIndex) -> Double {
    let instrument = prepared.book[index]
    return instrument.multiplier
      * (instrument.payout == .inverse ? 1 : prepared.market.priceUSD(instrument.underlying))
  }

  private func parameters(
    _ rule: any MarginRule, _ instrument: InstrumentIndex, _ quantity: Double,
    summary: FactorSummary?
  ) throws(RunError) -> RiskParameters? {
    let listed = prepared.book[instrument]
    var holdings = AccountHoldings(account: AccountIndex(0))
    holdings.contracts = [(instrument, quantity)]
    holdings.grossNotionalUSD = Self.probeNotionalUSD
    // Coins would be hedged by what is sold against them.
    let dollar = prepared.book.market.assetIndex(named: "USD")
    let collateral = listed.payout == .inverse ? dollar ?? listed.settlement : listed.settlement
    holdings.add(Self.probeCollateralUSD / prepared.market.priceUSD(collateral), of: collateral)
    var bare = holdings
    bare.contracts = []
    guard case .margin(let with) = try rule.outcomes([holdings])[0],
      case .margin(let without) = try rule.outcomes([bare])[0]
    else { return nil }
    let spot = FactorName(.spot, prepared.book.market[listed.underlying].name)
    let deviation =
      summary.flatMap { summary in
        summary.factors.firstIndex(of: spot).map { summary.dailyDeviations[$0] }
      } ?? 0
    // Surpluses, not requirements: collateral that moves with the contract counts in both.
    func fraction(_ level: KeyPath<MarginRow, LevelMargin>) -> Double {
      (without[keyPath: level].surplusUSD - with[keyPath: level].surplusUSD)
        / Self.probeNotionalUSD
    }
    return RiskParameters(
      initialFraction: fraction(\.initial), maintenanceFraction: fraction(\.maintenance),
      liquidatorFeeFraction: 0, fundFeeFraction: 0,
      closeoutCostFraction: prepared.settings.liquidation.costFraction,
      monitoringMoveFraction: NormalDistribution.quantile(0.99) * deviation
        * (1.0 / 24).squareRoot())
  }
}
