// The arithmetic of scan margin: from the P&L of units to requirements that sum to their total.

import PortfolioModel
import RiskNumerics

/// Margin of the accounts of one rule set within one block.
struct ScanMargin {
  let plan: ScanPlan
  let market: PricedMarket
  let book: Book
  let columns: UnitColumns

  /// Requirements of accounts, in their order.
  func rows(_ accounts: [AccountHoldings]) throws(RunError) -> [MarginRow] {
    let scans = try scan(accounts)
    let basisLossesUSD = try basisLosses(accounts)
    return accounts.indices.map { position in
      let charge = RiskCharge(
        scanUSD: scans[position].lossUSD, basisUSD: basisLossesUSD[position],
        nakedShortUSD: nakedShortFloorUSD(accounts[position]))
      return MarginRow(
        account: accounts[position].account,
        initial: requirement(
          charge, accounts[position], terms: plan.terms.initial, haircuts: plan.initialHaircuts),
        maintenance: requirement(
          charge, accounts[position], terms: plan.terms.maintenance,
          haircuts: plan.maintenanceHaircuts),
        worstScenario: ScenarioIndex(scans[position].scenario))
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

  private func requirement(
    _ charge: RiskCharge, _ holdings: AccountHoldings, terms: LevelTerms, haircuts: [Double]
  ) -> ScanRequirement {
    var borrowedUSD = 0.0
    var haircutUSD = 0.0
    for (asset, amount) in holdings.amounts {
      let valueUSD = amount * market.priceUSD(asset)
      borrowedUSD += max(-valueUSD, 0)
      haircutUSD += max(valueUSD, 0) * haircuts[asset.position]
    }
    return ScanRequirement(
      scanUSD: charge.scanUSD * terms.factor, basisUSD: charge.basisUSD * terms.factor,
      nakedShortUSD: charge.nakedShortTopUpUSD * terms.factor,
      borrowUSD: borrowedUSD * terms.borrowFraction, haircutUSD: haircutUSD)
  }

  // MARK: Scan

  /// Worst loss of each account over the grid, not below 0, and its scenario.
  ///
  /// In each scenario losses of underlyings count in full and gains by the offset fraction.
  private func scan(_ accounts: [AccountHoldings]) throws(RunError) -> [(
    lossUSD: Double, scenario: Int
  )] {
    let units = ScanUnits.byUnderlying(
      accounts, plan: plan, market: market, book: book, columns: columns)
    let height = ScenarioMatrix.blockRowCount
    var readings = UnitReadings(ReadingRequest(worst: true), unitCount: accounts.count)
    var totals = [Double](repeating: 0, count: accounts.count * height)
    let profits = plan.grid.unitProfitUSD
    for block in 0..<profits.blockCount {
      let unitProfits = try unitProfits(units, accounts, of: plan.grid, block: block)
      for position in accounts.indices {
        let rows = position * height..<(position + 1) * height
        for index in rows { totals[index] = 0 }
        for unit in units.units(ofAccountAt: position) {
          addOffset(
            unitProfits, unit: unit, asset: units.underlyings[unit], block: block,
            rowCount: profits.rowsInBlock(block), to: &totals, from: rows.lowerBound)
        }
      }
      do throws(NonfiniteProfit) {
        try readings.read(
          profits: totals.span,
          of: ScenarioTile(
            firstScenario: block * height, rowCount: profits.rowsInBlock(block)))
      } catch {
        throw RunError.nonfiniteProfit(account: name(accounts[error.unit]), set: plan.grid.set.name)
      }
    }
    return accounts.indices.map { position in
      let worst = readings.worst(unit: position)
      return (max(worst?.loss ?? 0, 0), worst?.scenario ?? 0)
    }
  }

  private func addOffset(
    _ profits: [Double], unit: Int, asset: AssetIndex, block: Int, rowCount: Int,
    to totals: inout [Double], from start: Int
  ) {
    let height = ScenarioMatrix.blockRowCount
    let factors = plan.profitFactors[asset.position]
    let offset = plan.terms.gainOffsetFraction
    for row in 0..<rowCount {
      let profit = profits[unit * height + row] * factors[block * height + row]
      totals[start + row] += profit < 0 ? profit : profit * offset
    }
  }

  // MARK: Contingencies

  /// Sum over expiries of the larger loss of forward up and down, USD.
  private func basisLosses(_ accounts: [AccountHoldings]) throws(RunError) -> [Double] {
    let units = ScanUnits.byExpiry(accounts, market: market, book: book, columns: columns)
    let profits = plan.forwardShift.unitProfitUSD
    let count = units.underlyings.count
    var readings = UnitReadings(ReadingRequest(worst: true), unitCount: count)
    do throws(NonfiniteProfit) {
      try profits.withBlock(0) { (unitProfits) throws(NonfiniteProfit) in
        try readings.read(
          units.quantities, units: 0..<count, unitProfits: unitProfits,
          of: ScenarioTile(firstScenario: 0, rowCount: profits.rowsInBlock(0)))
      }
    } catch {
      throw nonfinite(error, units, accounts, set: plan.forwardShift.set)
    }
    return accounts.indices.map { position in
      var lossUSD = 0.0
      for unit in units.units(ofAccountAt: position) {
        lossUSD += max(readings.worst(unit: unit)?.loss ?? 0, 0)
      }
      return lossUSD * plan.terms.basis.weight
    }
  }

  private func nakedShortFloorUSD(_ holdings: AccountHoldings) -> Double {
    let options = holdings.contracts.compactMap { holding -> OptionHolding? in
      let instrument = book[holding.instrument]
      guard case .option(let expiry, let strike, let type) = instrument.kind else { return nil }
      return OptionHolding(
        underlying: instrument.underlying, expiry: expiry, strike: strike, type: type,
        coins: holding.quantity * instrument.multiplier)
    }
    var floorUSD = 0.0
    for short in OptionHolding.nakedShortCoins(options) {
      floorUSD += short.coins * market.priceUSD(short.underlying) * plan.terms.nakedShortFraction
    }
    return floorUSD
  }

  private func unitProfits(
    _ units: ScanUnits, _ accounts: [AccountHoldings], of valued: ValuedScenarios, block: Int
  ) throws(RunError) -> [Double] {
    do throws(NonfiniteProfit) {
      return try UnitTile.profits(units.quantities, valued.unitProfitUSD, block: block)
    } catch {
      throw nonfinite(error, units, accounts, set: valued.set)
    }
  }

  private func nonfinite(
    _ error: NonfiniteProfit, _ units: ScanUnits, _ accounts: [AccountHoldings], set: ScenarioSet
  ) -> RunError {
    let position = accounts.indices.first { units.units(ofAccountAt: $0).contains(error.unit) }
    return .nonfiniteProfit(account: position.map { name(accounts[$0]) } ?? "", set: set.name)
  }

  private func name(_ holdings: AccountHoldings) -> String {
    book.portfolio.accounts[holdings.account.position].name
  }
}
