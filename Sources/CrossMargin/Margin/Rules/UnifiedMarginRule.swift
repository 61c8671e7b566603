// Binance's unified portfolio margin as a rule set.

import PortfolioModel

/// Unified margin of Binance: adjusted equity against maintenance over all products.
///
/// The ratio of both decides: below the initial ratio positions may only shrink, below the
/// maintenance ratio the account is liquidated; a level asks its ratio times the maintenance.
/// Notionals count in USD at the price of the settlement asset. Losses that open orders would
/// realise at once are taken off. Not covered: inverse contracts, options, contracts without
/// brackets, assets without a collateral rate.
struct UnifiedMarginRule: AccountRule {
  let coverage: RuleCoverage
  var countsOrders: Bool { true }
  private let terms: UnifiedRuleTerms
  private let table: ContractTable
  private let orders: OrdersByAccount
  private let leverages: [Double?]
  /// Brackets; nil for what is not listed. [instruments]
  private let schedules: [TierSchedule?]
  /// [assets]
  private let collateral: [CollateralTerms?]
  private let pricesUSD: [Double]

  let schema = MarginSchema(
    levels: ["initial", "maintenance"],
    components: [
      MarginComponent("equity", .value), MarginComponent("collateral_discount", .value),
      MarginComponent("open_loss", .value), MarginComponent("contracts", .charge),
      MarginComponent("loans", .charge)
    ])

  init(_ terms: UnifiedRuleTerms, _ context: RuleContext) {
    let (book, market) = (context.book, context.market)
    let table = ContractTable(book: book, market: market)
    self.terms = terms
    self.table = table
    orders = OrdersByAccount(book)
    leverages = book.portfolio.accounts.map(\.leverage)
    pricesUSD = market.assetPricesUSD.map { $0 ?? 0 }
    let schedules = zip(book.instruments, table.contracts).map {
      instrument, listed -> TierSchedule? in
      guard let listed, !listed.isOption, !listed.isInverse else { return nil }
      return terms.brackets.first {
        $0.underlying == book.market[instrument.underlying].name
          && $0.settlement == book.market[instrument.settlement].name
      }?.schedule
    }
    self.schedules = schedules
    collateral = market.assets.map { asset in
      firstIndex(in: terms.collateral, named: asset.name, name: \.asset)
        .map { terms.collateral[$0].terms }
    }
    let known = collateral.map { $0 != nil }
    var isListed: [Bool] = []
    for schedule in schedules { isListed.append(schedule != nil) }
    let names = market.assets.map(\.name)
    coverage = RuleCoverage(book: book, table: table) { asset in
      (firstIndex(in: names, named: asset.name, name: { $0 }).map { known[$0] } ?? false)
        ? .ownedOrOwed : .unknown
    } contract: { instrument, _ in
      firstIndex(in: book.instruments, named: instrument.name, name: \.name)
        .map { isListed[$0] } ?? false
    }
  }

  func outcomes(_ accounts: [AccountHoldings]) throws(RunError) -> [MarginOutcome] {
    accounts.map { holdings in
      let gap =
        coverage.gap(in: holdings) ?? coverage.gap(in: orders.orders(of: holdings.account))
      return gap.map { .notCovered($0) } ?? .margin(judge(holdings))
    }
  }

  func judge(_ holdings: AccountHoldings) -> MarginRow {
    let rate =
      leverages[holdings.account.position].flatMap { chosen in
        terms.loanRates.first { $0.leverage == chosen }?.fraction
      } ?? terms.loanRates[0].fraction
    var account = UnifiedAccount(
      assets: [], openLossUSD: 0, contractMaintenanceUSD: 0, loanMaintenanceUSD: 0)
    for (asset, amount) in holdings.amounts where amount != 0 {
      guard let terms = collateral[asset.position] else { continue }
      let priceUSD = pricesUSD[asset.position]
      account.assets.append(
        UnifiedAsset(
          balance: max(amount, 0), loan: max(-amount, 0), futuresBalance: 0,
          futuresUnrealised: 0, indexUSD: priceUSD, terms: terms))
      account.loanMaintenanceUSD += max(-amount, 0) * priceUSD * rate
    }
    for (instrument, quantity) in holdings.contracts where quantity != 0 {
      guard let contract = table.contracts[instrument.position],
        let schedule = schedules[instrument.position]
      else { continue }
      account.contractMaintenanceUSD += schedule.requirementUSD(
        notionalUSD: abs(contract.coins(quantity)) * markUSD(contract))
    }
    for order in orders.orders(of: holdings.account) {
      guard let contract = table.contracts[order.instrument.position] else { continue }
      let unit = pricesUSD[contract.pricing.settlement.position]
      account.openLossUSD += max(
        contract.coins(order.quantity) * (order.price - contract.pricing.basePrice) * unit, 0)
    }
    var equityUSD = 0.0
    var discountUSD = 0.0
    for asset in account.assets {
      equityUSD += asset.equityUSD
      discountUSD += asset.adjustedUSD - asset.equityUSD
    }
    return MarginRow(
      account: holdings.account,
      levels: [terms.initialRatio, terms.maintenanceRatio].map { ratio in
        LevelMargin(
          componentsUSD: [
            equityUSD, discountUSD, 0 - account.openLossUSD,
            0 - account.contractMaintenanceUSD * ratio, 0 - account.loanMaintenanceUSD * ratio
          ], schema: schema)
      }, worstScenario: nil)
  }

  private func markUSD(_ contract: ListedContract) -> Double {
    contract.pricing.basePrice * pricesUSD[contract.pricing.settlement.position]
  }
}
