// The house rule set by expected shortfall.

import PortfolioModel
import RiskNumerics

/// Expected shortfall of the whole account, collateral included, with charges for closing.
///
/// The exposure that has to be closed is the net delta of an underlying with the balances that are
/// it or track it; dollars and what is pegged to them have none. An account with an exposure to an
/// underlying whose daily volume the market does not state is not covered.
struct ShortfallRule: MarginRule {
  private let terms: ShortfallTerms
  private let present: Shortfall
  private let longRun: Shortfall
  private let greeks: UnitGreeks
  private let base: UnitValue
  private let book: Book
  private let haircuts: [Double]
  /// Whether an asset is a dollar or meant to be one. [assets]
  private let isDollar: [Bool]

  let schema = MarginSchema(
    levels: ["initial", "maintenance"],
    components: [
      MarginComponent("equity", .value), MarginComponent("haircut", .value),
      MarginComponent("shortfall", .charge), MarginComponent("long_run_floor", .charge),
      MarginComponent("liquidity", .charge), MarginComponent("concentration", .charge)
    ])

  let scenarios: [RuleScenario] = []

  /// Accounts read together.
  private static let batchAccountCount = 512

  init(_ terms: ShortfallTerms, _ context: RuleContext) {
    self.terms = terms
    var levels = ConfidenceLevels()
    (levels.valueAtRisk, levels.expectedShortfall) = (terms.confidence, terms.confidence)
    present = Shortfall(context.valued(terms.scenarios), levels)
    longRun = Shortfall(context.valued(terms.longRunScenarios), levels)
    greeks = UnitGreeks(
      market: context.market, base: context.base, instruments: context.book.instruments)
    base = context.base
    book = context.book
    haircuts = context.market.assets.map { terms.haircutFraction(of: $0.name) }
    isDollar = context.market.assets.indices.map {
      context.book.market.isDollar(AssetIndex($0))
    }
  }

  func outcomes(_ accounts: [AccountHoldings]) throws(RunError) -> [MarginOutcome] {
    var outcomes: [MarginOutcome] = []
    outcomes.reserveCapacity(accounts.count)
    while outcomes.count < accounts.count {
      let end = min(outcomes.count + Self.batchAccountCount, accounts.count)
      let batch = accounts[outcomes.count..<end]
      var quantities = SparseQuantities(columnCount: base.columns.count)
      for holdings in batch {
        holdings.forEachColumn(base.columns) { quantities.append(column: $0, quantity: $1) }
        quantities.endUnit()
      }
      let presentUSD = try present.losses(quantities) { name(batch, $0) }
      let longRunUSD = try longRun.losses(quantities) { name(batch, $0) }
      for (place, holdings) in batch.enumerated() {
        outcomes.append(
          outcome(holdings, presentUSD: presentUSD[place], longRunUSD: longRunUSD[place]))
      }
    }
    return outcomes
  }

  private func name(_ batch: ArraySlice<AccountHoldings>, _ unit: Int) -> String {
    book.portfolio.accounts[batch[batch.startIndex + unit].account.position].name
  }

  private func outcome(
    _ holdings: AccountHoldings, presentUSD: Double, longRunUSD: Double
  ) -> MarginOutcome {
    var (liquidityUSD, concentrationUSD) = (0.0, 0.0)
    for (asset, exposureUSD) in exposures(holdings) {
      let listed = book.market[asset]
      guard let volumeUSD = listed.averageDailyVolumeUSD, volumeUSD > 0 else {
        return .notCovered(MissingData(subject: listed.name, reason: .notCovered))
      }
      liquidityUSD += terms.liquidity.liquidityUSD(
        exposureUSD: exposureUSD, dailyVolumeUSD: volumeUSD)
      concentrationUSD += terms.liquidity.concentrationUSD(
        exposureUSD: exposureUSD, dailyVolumeUSD: volumeUSD)
    }
    var haircutUSD = 0.0
    for (asset, amount) in holdings.amounts where amount > 0 {
      haircutUSD +=
        amount * base.baseUSD[base.columns.column(of: asset)] * haircuts[asset.position]
    }
    let equityUSD = EquityReading(holdings, base: base).equityUSD
    let shortfallUSD = max(presentUSD, 0)
    let floorUSD = max(terms.floorShare * longRunUSD - shortfallUSD, 0)
    return .margin(
      MarginRow(
        account: holdings.account,
        levels: [terms.initialFactor, terms.maintenanceFactor].map { factor in
          LevelMargin(
            componentsUSD: [
              equityUSD, 0 - haircutUSD, 0 - shortfallUSD * factor, 0 - floorUSD * factor,
              0 - liquidityUSD * factor, 0 - concentrationUSD * factor
            ], schema: schema)
        }, worstScenario: nil))
  }

  /// Net delta of each underlying but dollars, USD, by underlying.
  private func exposures(_ holdings: AccountHoldings) -> [(asset: AssetIndex, usd: Double)] {
    var sums: [(asset: AssetIndex, usd: Double)] = []
    holdings.forEachColumn(base.columns) { column, quantity in
      let asset = greeks.exposedAsset[column]
      if isDollar[asset.position] || quantity == 0 { return }
      let usd = quantity * greeks.greeks[column].deltaTotalUSD
      var place = sums.count
      while place > 0, sums[place - 1].asset > asset { place -= 1 }
      if place > 0, sums[place - 1].asset == asset {
        sums[place - 1].usd += usd
      } else {
        sums.insert((asset, usd), at: place)
      }
    }
    return sums
  }

  /// The expected shortfall of accounts in one scenario set.
  private struct Shortfall: Sendable {
    let valued: ValuedScenarios
    let rules: TailMeasureRules

    init(_ valued: ValuedScenarios, _ levels: ConfidenceLevels) {
      guard let rules = TailMeasureRules(valued.set, levels) else {
        preconditionFailure("a shortfall needs scenarios with probabilities")
      }
      self.valued = valued
      self.rules = rules
    }

    /// Expected shortfall of each unit, USD.
    func losses(
      _ quantities: SparseQuantities, name: (Int) -> String
    ) throws(RunError) -> [Double] {
      let count = valued.set.scenarioCount
      var profits = ProfitColumns(scenarioCount: count)
      profits.fill(
        quantities, units: 0..<quantities.unitCount, unitProfits: valued.unitProfitUSD)
      var readings = UnitReadings(
        ReadingRequest(tailCount: rules.tailCount), scenarioCount: count)
      do throws(NonfiniteProfit) {
        try readings.read(profits)
      } catch {
        throw RunError.nonfiniteProfit(account: name(error.unit), set: valued.set.name)
      }
      return (0..<quantities.unitCount).map {
        rules.measures(of: readings.tail(unit: $0)).expectedShortfallUSD
      }
    }
  }
}
