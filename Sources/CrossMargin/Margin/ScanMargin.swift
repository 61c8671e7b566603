// The arithmetic of scan margin: from the P&L of units to requirements that sum to their total.

import PortfolioModel
import RiskNumerics

/// Rule sets of the family scan. With `f` the factor of a level, `h` its haircuts and `scan` the worst
/// loss of the grid: `surplus = equity - h x positive balances - f (scan + basis + naked short)
/// - borrow`.
struct ScanMargin: MarginRule {
  let plan: ScanPlan
  let market: PricedMarket
  let book: Book
  let base: UnitValue

  /// Accounts read together: enough to share the costs of a batch, few enough for a core's caches.
  private static let batchAccountCount = 128

  var columns: UnitColumns { base.columns }

  let schema = MarginSchema(
    levels: ["initial", "maintenance"],
    components: [
      MarginComponent("equity", .value), MarginComponent("haircut", .value),
      MarginComponent("scan", .charge), MarginComponent("basis", .charge),
      MarginComponent("naked_short", .charge), MarginComponent("borrow", .charge)
    ])

  var scenarios: [RuleScenario] {
    let set = plan.grid.set
    return set.labels.indices.map { scenario in
      RuleScenario(
        label: set.labels[scenario], priceMove: set.gridMoves?.price[scenario] ?? 0,
        volatilityMove: set.gridMoves?.volatility[scenario] ?? 0,
        lossFactor: set.lossFactors[scenario])
    }
  }

  func outcomes(_ accounts: [AccountHoldings]) throws(RunError) -> [MarginOutcome] {
    var outcomes: [MarginOutcome] = []
    outcomes.reserveCapacity(accounts.count)
    var first = 0
    while first < accounts.count {
      let end = min(first + Self.batchAccountCount, accounts.count)
      try append(accounts[first..<end], to: &outcomes)
      first = end
    }
    return outcomes
  }

  private func append(
    _ accounts: ArraySlice<AccountHoldings>, to outcomes: inout [MarginOutcome]
  ) throws(RunError) {
    let scans = try scan(accounts)
    let basisLossesUSD = try basisLosses(accounts)
    var workspace = StrikeTable.Workspace()
    for (position, holdings) in accounts.enumerated() {
      let charge = RiskCharge(
        scanUSD: scans[position].lossUSD, basisUSD: basisLossesUSD[position],
        nakedShortUSD: nakedShortFloorUSD(holdings, using: &workspace))
      let equityUSD = EquityReading(holdings, base: base).equityUSD
      outcomes.append(
        .margin(
          MarginRow(
            account: holdings.account,
            levels: [
              level(
                charge, holdings, equityUSD: equityUSD, terms: plan.terms.initial,
                haircuts: plan.initialHaircuts),
              level(
                charge, holdings, equityUSD: equityUSD, terms: plan.terms.maintenance,
                haircuts: plan.maintenanceHaircuts)
            ], worstScenario: ScenarioIndex(scans[position].scenario))))
    }
  }

  /// The risk part before the factor of a level, USD.
  private struct RiskCharge {
    var scanUSD: Double
    var basisUSD: Double
    /// Least sum of all three.
    var nakedShortUSD: Double

    /// What the floor adds.
    var nakedShortTopUpUSD: Double { max(nakedShortUSD - (scanUSD + basisUSD), 0) }
  }

  private func level(
    _ charge: RiskCharge, _ holdings: AccountHoldings, equityUSD: Double, terms: LevelTerms,
    haircuts: [Double]
  ) -> LevelMargin {
    var borrowedUSD = 0.0
    var haircutUSD = 0.0
    for (asset, amount) in holdings.amounts {
      let valueUSD = amount * market.priceUSD(asset)
      borrowedUSD += max(-valueUSD, 0)
      haircutUSD += max(valueUSD, 0) * haircuts[asset.position]
    }
    return LevelMargin(
      // Subtracted from 0, so that nothing charged is 0 and not -0.
      componentsUSD: [
        equityUSD, 0 - haircutUSD, 0 - charge.scanUSD * terms.factor,
        0 - charge.basisUSD * terms.factor, 0 - charge.nakedShortTopUpUSD * terms.factor,
        0 - borrowedUSD * terms.borrowFraction
      ], schema: schema)
  }

  // MARK: Scan

  /// Worst loss of each account over the grid, not below 0, and its scenario.
  ///
  /// In each scenario losses of underlyings count in full and gains by the offset fraction.
  private func scan(_ accounts: ArraySlice<AccountHoldings>) throws(RunError) -> [(
    lossUSD: Double, scenario: Int
  )] {
    let units = ScanUnits.byUnderlying(accounts, plan: plan, columns: columns)
    let scenarioCount = plan.grid.set.scenarioCount
    var profits = ProfitColumns(scenarioCount: scenarioCount)
    profits.fill(
      units.quantities, units: 0..<units.groups.count, unitProfits: plan.grid.unitProfitUSD)
    var totals = ProfitColumns(scenarioCount: scenarioCount)
    totals.fillWithZeros(unitCount: accounts.count)
    for position in 0..<accounts.count {
      totals.withMutableColumn(unit: position) { total in
        for unit in units.units(ofAccountAt: position) {
          profits.withColumn(unit: unit) { profit in
            addOffset(profit, asset: Int(units.groups[unit]), to: &total)
          }
        }
      }
    }
    var readings = UnitReadings(ReadingRequest(worst: true), scenarioCount: scenarioCount)
    do throws(NonfiniteProfit) {
      try readings.read(totals)
    } catch {
      throw RunError.nonfiniteProfit(
        account: name(accounts[accounts.startIndex + error.unit]), set: plan.grid.set.name)
    }
    return (0..<accounts.count).map { position in
      let worst = readings.worst(unit: position)
      return (max(worst.loss, 0), worst.scenario)
    }
  }

  private func addOffset(
    _ profits: Span<Double>, asset: Int, to totals: inout MutableSpan<Double>
  ) {
    let factors = plan.profitFactors[asset]
    let offset = plan.terms.gainOffsetFraction
    for scenario in profits.indices {
      let profit = profits[scenario] * factors[scenario]
      totals[scenario] += profit < 0 ? profit : profit * offset
    }
  }

  // MARK: Contingencies

  /// Sum over expiries of the larger loss of forward up and down, USD.
  private func basisLosses(_ accounts: ArraySlice<AccountHoldings>) throws(RunError) -> [Double] {
    let units = ScanUnits.byExpiry(accounts, plan: plan, columns: columns)
    let valued = plan.forwardShift
    var profits = ProfitColumns(scenarioCount: valued.set.scenarioCount)
    profits.fill(
      units.quantities, units: 0..<units.groups.count, unitProfits: valued.unitProfitUSD)
    var readings = UnitReadings(
      ReadingRequest(worst: true), scenarioCount: valued.set.scenarioCount)
    do throws(NonfiniteProfit) {
      try readings.read(profits)
    } catch {
      throw nonfinite(error, units, accounts, set: valued.set)
    }
    return (0..<accounts.count).map { position in
      var lossUSD = 0.0
      for unit in units.units(ofAccountAt: position) {
        lossUSD += max(readings.worst(unit: unit).loss, 0)
      }
      return lossUSD * plan.terms.basis.weight
    }
  }

  private func nakedShortFloorUSD(
    _ holdings: AccountHoldings, using workspace: inout StrikeTable.Workspace
  ) -> Double {
    plan.groups.strikes.findNakedShorts(holdings.contracts, in: &workspace)
    var floorUSD = 0.0
    for (underlying, coins) in workspace.shorts {
      floorUSD += coins * market.priceUSD(underlying) * plan.terms.nakedShortFraction
    }
    return floorUSD
  }

  private func nonfinite(
    _ error: NonfiniteProfit, _ units: ScanUnits, _ accounts: ArraySlice<AccountHoldings>,
    set: ScenarioSet
  ) -> RunError {
    let account = accounts.enumerated().first { position, _ in
      units.units(ofAccountAt: position).contains(error.unit)
    }
    return .nonfiniteProfit(account: account.map { name($0.element) } ?? "", set: set.name)
  }

  private func name(_ holdings: AccountHoldings) -> String {
    book.portfolio.accounts[holdings.account.position].name
  }
}
