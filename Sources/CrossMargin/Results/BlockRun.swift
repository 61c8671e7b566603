// One block of accounts through all stages.

import PortfolioModel
import RiskNumerics

/// Computes the results of one block. What an account gets depends on no other account.
struct BlockRun {
  let run: PreparedRun
  let accounts: Range<Int>

  func result(blockIndex: Int) throws(RunError) -> AccountBlockResult {
    var holdings = accounts.map { run.holdings.holdings(of: AccountIndex($0)) }
    let margins = try judge(&holdings)
    let isWhole = margins.count == holdings.count
    let margined = isWhole ? holdings : holdings.filter { $0.missing == nil }
    let measures = try self.measures(margined)

    var result = AccountBlockResult(
      blockIndex: blockIndex, contribution: BookContribution(columnCount: run.base.columns.count))
    result.margins = margins
    result.measures = measures
    result.accounts.reserveCapacity(holdings.count)
    var next = 0
    for account in holdings {
      guard account.missing == nil else {
        append(unmargined: account, to: &result)
        continue
      }
      append(account, margin: margins[next], measures: measures, position: next, to: &result)
      next += 1
    }
    result.analytic = try run.analytic.map { plan throws(RunError) in
      try analytic(plan).result(analyticAccounts(margined, margins))
    }
    result.contribution.unattributedCount = result.analytic?.unattributed.count ?? 0
    return result
  }

  /// The analytic measures of accounts.
  func analytic(_ plan: AnalyticPlan) -> AnalyticBlock {
    AnalyticBlock(plan: plan, exposedAsset: run.exposure.greeks.exposedAsset) { account in
      run.book.portfolio.accounts[account.position].name
    }
  }

  private func analyticAccounts(
    _ holdings: [AccountHoldings], _ margins: [MarginRow]
  ) -> [AnalyticAccount] {
    zip(holdings, margins).map { holdings, margin in
      let equityUSD = EquityReading(holdings, base: run.base).equityUSD
      return AnalyticAccount(
        holdings: holdings, equityUSD: equityUSD,
        maintenanceSurplusUSD: margin.maintenance.surplusUSD)
    }
  }

  private func append(unmargined account: AccountHoldings, to result: inout AccountBlockResult) {
    result.accounts.append(
      AccountRow(
        account: account.account, modelPosition: run.modelOfAccount[account.account.position],
        status: .unmargined, missing: account.missing, equityUSD: 0, optionValueUSD: 0,
        unsettledUSD: 0, grossNotionalUSD: account.grossNotionalUSD))
    result.contribution.count(.unmargined)
    result.contribution.unmarginedNotionalUSD += account.grossNotionalUSD
  }

  private func append(
    _ account: AccountHoldings, margin: MarginRow, measures: [MeasureRow], position: Int,
    to result: inout AccountBlockResult
  ) {
    let value = EquityReading(account, base: run.base)
    let status = AccountStatus.of(equityUSD: value.equityUSD, margin: margin)
    result.accounts.append(
      AccountRow(
        account: account.account, modelPosition: run.modelOfAccount[account.account.position],
        status: status, equityUSD: value.equityUSD, optionValueUSD: value.optionValueUSD,
        unsettledUSD: account.unsettledUSD, grossNotionalUSD: account.grossNotionalUSD))
    run.exposure.appendRows(of: account, to: &result.underlyings)
    result.contribution.add(account, columns: run.base.columns)
    result.contribution.count(status)
    result.contribution.marginedNotionalUSD += account.grossNotionalUSD
    result.contribution.equityUSD += value.equityUSD
    result.contribution.negativeEquityUSD += max(-value.equityUSD, 0)
    result.contribution.initialUSD += margin.initial.requirementUSD
    result.contribution.maintenanceUSD += margin.maintenance.requirementUSD
    var own: [ReconciliationRow] = []
    if !run.reconciliation.isEmpty {
      own = run.reconciliation.rows(
        account.account, equityUSD: value.equityUSD, margin: margin,
        optionGapUSD: optionGapUSD(account))
      result.reconciliations += own
    }
    if run.settings.limits.isEmpty { return }
    let setCount = run.readings.count
    let ofSets = Array(measures[position * setCount..<(position + 1) * setCount])
    let name = run.book.portfolio.accounts[account.account.position].name
    result.alerts += run.settings.limits.compactMap {
      $0.alert(
        name: name, equityUSD: value.equityUSD, margin: margin, measures: ofSets,
        reconciliations: own)
    }
  }

  /// Model value of the options of an account less their marks, of those that have one, USD.
  private func optionGapUSD(_ account: AccountHoldings) -> Double {
    account.contracts.reduce(0) { sum, holding in
      sum + holding.quantity * (run.gapToMarkUSD(holding.instrument) ?? 0)
    }
  }

  /// Margin of the accounts that can be valued and that their own rule set covers, in their order.
  /// What a rule set does not cover is noted as missing.
  private func judge(_ holdings: inout [AccountHoldings]) throws(RunError) -> [MarginRow] {
    var rows: [MarginRow] = []
    rows.reserveCapacity(holdings.count)
    for (model, rule) in run.rules.enumerated() {
      let places = holdings.indices.filter {
        holdings[$0].missing == nil && run.modelOfAccount[holdings[$0].account.position] == model
      }
      if places.isEmpty { continue }
      let outcomes = try rule.outcomes(places.map { holdings[$0] })
      for (place, outcome) in zip(places, outcomes) {
        switch outcome {
        case .margin(let row): rows.append(row)
        case .notCovered(let missing): holdings[place].missing = missing
        }
      }
    }
    return run.rules.count == 1 ? rows : rows.sorted { $0.account < $1.account }
  }

  /// Measures of accounts, by account, then set.
  private func measures(_ holdings: [AccountHoldings]) throws(RunError) -> [MeasureRow] {
    var quantities = SparseQuantities(columnCount: run.base.columns.count)
    for account in holdings {
      account.forEachColumn(run.base.columns) { quantities.append(column: $0, quantity: $1) }
      quantities.endUnit()
    }
    let accounts = holdings.map(\.account)
    var bySet: [[MeasureRow]] = []
    for reading in run.readings {
      do throws(NonfiniteProfit) {
        bySet.append(try reading.rows(accounts, quantities))
      } catch {
        let account = run.book.portfolio.accounts[accounts[error.unit].position].name
        throw RunError.nonfiniteProfit(account: account, set: reading.valued.set.name)
      }
    }
    return accounts.indices.flatMap { position in bySet.map { $0[position] } }
  }
}

extension BookContribution {
  /// Counts an account.
  mutating func count(_ status: AccountStatus) {
    if let position = AccountStatus.allCases.firstIndex(of: status) { statusCounts[position] += 1 }
  }

  /// Adds what an account holds to the net quantities.
  mutating func add(_ holdings: AccountHoldings, columns: UnitColumns) {
    holdings.forEachColumn(columns) { netQuantities[$0] += $1 }
  }
}
