// Derive's portfolio margin as a rule set: one manager account for each underlying, cash counted
// once.

import PortfolioModel
import RiskNumerics

/// Both versions of Derive's portfolio margin.
///
/// The venue keeps an account for each underlying; what an account of a book holds is split that
/// way and the levels are added up, as if cash were moved to where it is needed. A collateral stands
/// with the underlying whose risk it cancels, any other with the first underlying of the account.
/// Amounts are in the venue's dollar, one unit of the cash asset, as its contracts count them.
/// Unsettled gains of perpetuals are part of cash. Confidences that the market does not state are
/// full ones. Not covered: dated futures, inverse contracts, contracts not quoted in dollars or not
/// settled in the cash asset, a second perpetual of an underlying, borrowed collateral.
struct DerivePortfolioRule: AccountRule {
  /// A version with its terms.
  enum Version: Sendable {
    case first(DerivePortfolioTerms1)
    case second(DerivePortfolioTerms2)
  }

  let coverage: RuleCoverage
  let scenarios: [RuleScenario]
  private let version: Version
  private let table: ContractTable
  private let units: OptionUnits
  private let terms: DeriveScanTerms
  private let cash: AssetIndex?
  /// Terms of collaterals. [assets]
  private let collaterals: [DeriveMarketTerms.Collateral?]
  /// Underlying in whose account a collateral stands. [assets]
  private let homes: [AssetIndex?]
  private let pricesUSD: [Double]
  private let confidences: [Double]

  let schema = MarginSchema(
    levels: ["initial", "maintenance"],
    components: [
      MarginComponent("cash", .value), MarginComponent("collateral", .value),
      MarginComponent("options", .value), MarginComponent("scan", .charge),
      MarginComponent("perpetual", .charge), MarginComponent("naked_short", .charge),
      MarginComponent("collateral_charge", .charge), MarginComponent("confidence", .charge)
    ])

  init(_ version: Version, on market: DeriveMarketTerms, _ context: RuleContext) {
    let (book, table) = (context.book, ContractTable(book: context.book, market: context.market))
    let assets = book.market.assets
    let skew: SkewTerms?
    switch version {
    case .first(let own): (terms, skew) = (own.scan, nil)
    case .second(let own): (terms, skew) = (own.scan, own.skew)
    }
    self.version = version
    self.table = table
    cash = book.market.assetIndex(named: market.cashAsset)
    let listed = Self.collaterals(version, market)
    collaterals = assets.map { asset in listed.first { $0.asset == asset.name } }
    homes = collaterals.map { $0?.cancelsRiskOf.flatMap(book.market.assetIndex(named:)) }
    pricesUSD = context.market.assetPricesUSD.map { $0 ?? 0 }
    confidences = assets.map { $0.confidence ?? 1 }
    coverage = Self.coverage(market, listed, book, table)
    scenarios = terms.scenarios.map { $0.described() }
    // The moves of the basis contingency follow the scenarios.
    let basis = [terms.basis.upRatio, terms.basis.downRatio].map {
      MarginScenario(priceRatio: $0, volatility: .move(0), weight: 1)
    }
    let window = terms.settlementWindowSeconds
    units = OptionUnits(
      table: table, scenarios: terms.scenarios + basis, shock: terms.volatilityShock, skew: skew
    ) { contract in
      OptionChain(
        expirySeconds: contract.node.expiryDays * 86_400, forward: contract.node.forward,
        settlementWindowSeconds: window,
        payment: .quote(discountFactor: Self.discountFactor(version, contract.node)),
        legs: [contract.leg])
    }
  }

  /// The first version marks without discount.
  private static func discountFactor(_ version: Version, _ node: PricingNode) -> Double {
    switch version {
    case .first: 1
    case .second:
      DerivePortfolioTerms2.discountFactor(
        rateContinuous: node.rateContinuous, expiryYears: node.expiryYears)
    }
  }

  /// In the first version the base holding is the underlying itself, charged by its own terms.
  private static func collaterals(
    _ version: Version, _ market: DeriveMarketTerms
  ) -> [DeriveMarketTerms.Collateral] {
    switch version {
    case .first:
      market.underlyings.map {
        DeriveMarketTerms.Collateral(
          asset: $0, cancelsRiskOf: $0, haircutFraction: 0, initialExtraFraction: 0)
      }
    case .second: market.collaterals
    }
  }

  private static func coverage(
    _ market: DeriveMarketTerms, _ collaterals: [DeriveMarketTerms.Collateral], _ book: Book,
    _ table: ContractTable
  ) -> RuleCoverage {
    .derive(
      book: book, table: table, cashAsset: market.cashAsset,
      isListed: { market.underlyings.contains($0) }
    ) { asset in
      if asset.name == market.cashAsset { return .ownedOrOwed }
      return collaterals.contains { $0.asset == asset.name } ? .owned : .unknown
    }
  }

  private func margin(_ account: DeriveAccount) -> DeriveMargin {
    switch version {
    case .first(let terms): terms.margin(account)
    case .second(let terms): terms.margin(account)
    }
  }

  func judge(_ holdings: AccountHoldings) -> MarginRow {
    var (initial, maintenance) = (Sums(), Sums())
    var worst: (scanUSD: Double, scenario: Int?) = (0, nil)
    for account in accounts(holdings) {
      let margin = margin(account)
      initial.add(margin.initial, account)
      maintenance.add(margin.maintenance, account)
      if margin.maintenance.scanUSD > worst.scanUSD {
        worst = (margin.maintenance.scanUSD, margin.worstScenario)
      }
    }
    return MarginRow(
      account: holdings.account,
      levels: [initial, maintenance].map {
        LevelMargin(componentsUSD: $0.componentsUSD, schema: schema)
      }, worstScenario: worst.scenario.map(ScenarioIndex.init))
  }

  /// Components of a level, added up over accounts of underlyings.
  private struct Sums {
    var componentsUSD = [Double](repeating: 0, count: 8)

    mutating func add(_ level: DeriveSurplus, _ account: DeriveAccount) {
      let parts = [
        level.cashUSD, account.collateralUSD, account.optionsUSD, 0 - level.scanUSD,
        0 - level.perpetualUSD, 0 - level.nakedShortUSD, 0 - level.collateralUSD,
        0 - level.confidenceUSD
      ]
      for (place, part) in parts.enumerated() { componentsUSD[place] += part }
    }
  }

  /// The venue's accounts by underlying; the first holds the cash.
  private func accounts(_ holdings: AccountHoldings) -> [DeriveAccount] {
    let held = table.split(holdings)
    var underlyings = held.map(\.underlying)
    for (asset, amount) in holdings.amounts where amount != 0 {
      if let home = homes[asset.position], !underlyings.contains(home) { underlyings.append(home) }
    }
    underlyings.sort()
    let stableUSD = cash.map { pricesUSD[$0.position] } ?? 1
    var accounts = underlyings.map { underlying in
      DeriveAccount(
        cashUSD: 0, spotUSD: pricesUSD[underlying.position],
        spotConfidence: confidences[underlying.position], stablePriceUSD: stableUSD,
        perpetual: .none, collaterals: [])
    }
    // Cash and collateral without a contract stand in an account of nothing.
    if accounts.isEmpty {
      accounts = [
        DeriveAccount(
          cashUSD: 0, spotUSD: 0, spotConfidence: 1, stablePriceUSD: stableUSD,
          perpetual: .none, collaterals: [])
      ]
    }
    for (asset, amount) in holdings.amounts where amount != 0 {
      if asset == cash {
        accounts[0].cashUSD = amount
      } else if let terms = collaterals[asset.position] {
        let place = homes[asset.position].flatMap(underlyings.firstIndex(of:)) ?? 0
        accounts[place].collaterals.append(
          collateral(asset, amount: amount, terms: terms))
      }
    }
    for underlying in held {
      guard let place = underlyings.firstIndex(of: underlying.underlying) else { continue }
      for chain in underlying.chains { add(chain, to: &accounts[place]) }
    }
    return accounts
  }

  private func collateral(
    _ asset: AssetIndex, amount: Double, terms: DeriveMarketTerms.Collateral
  ) -> DeriveCollateral {
    DeriveCollateral(
      amount: amount, priceUSD: pricesUSD[asset.position],
      confidence: confidences[asset.position], cancelsRisk: terms.cancelsRiskOf != nil,
      haircutFraction: terms.haircutFraction, initialExtraFraction: terms.initialExtraFraction)
  }

  private func add(_ held: HeldChain, to account: inout DeriveAccount) {
    let chain = table.chains[held.chain]
    if chain.expiry == nil {
      account.perpetual = DerivePerpetual(held, in: table)
      return
    }
    var values = ShockedValues(
      base: 0, shocked: [Double](repeating: 0, count: units.scenarioCount))
    for entry in held.contracts {
      units.add(entry.instrument, coins: table.contract(entry).coins(entry.quantity), to: &values)
    }
    let down = values.shocked.removeLast()
    let up = values.shocked.removeLast()
    account.expiries.append(
      DeriveExpiry(
        expiryYears: chain.node.expiryYears, rateContinuous: chain.node.rateContinuous,
        confidence: min(chain.forwardConfidence, chain.volatilityConfidence), values: values,
        basisUpUSD: up, basisDownUSD: down, legs: table.legs(held.contracts)))
  }
}

// MARK: - For people

extension DerivePortfolioRule {
  /// What the expiries, the perpetual and the collateral of the underlying with the largest scan lose
  /// in the worst scenario, after weights and static factors.
  func explanation(_ holdings: AccountHoldings, _ row: MarginRow) -> [ExplainedSum] {
    guard let scenario = row.worstScenario?.position else { return [] }
    let scanned = accounts(holdings).map { (account: $0, margin: margin($0)) }
    let largest = scanned.map(\.margin.maintenance.scanUSD).max()
    guard
      let worst = scanned.first(where: {
        $0.margin.worstScenario == scenario && $0.margin.maintenance.scanUSD == largest
      })
    else { return [] }
    func lossUSD(_ part: DeriveAccount) -> Double {
      0 - margin(part).scenarioProfitsUSD[scenario]
    }
    var nothing = worst.account
    (nothing.perpetual.coins, nothing.collaterals, nothing.expiries) = (0, [], [])
    var rows: [ExplainedSum.Row] = []
    for expiry in worst.account.expiries {
      var part = nothing
      part.expiries = [expiry]
      let days = Int((expiry.expiryYears / UTCTime.years(ofDays: 1)).rounded())
      rows.append(
        ExplainedSum.Row(label: "options of \(days) days", amountUSD: lossUSD(part)))
    }
    if worst.account.perpetual.coins != 0 {
      var part = nothing
      part.perpetual = worst.account.perpetual
      rows.append(
        ExplainedSum.Row(
          label: "perpetual", quantity: part.perpetual.coins, amountUSD: lossUSD(part)))
    }
    if worst.account.collaterals.contains(where: \.cancelsRisk) {
      var part = nothing
      part.collaterals = worst.account.collaterals
      rows.append(ExplainedSum.Row(label: "collateral", amountUSD: lossUSD(part)))
    }
    return [
      ExplainedSum(
        title: "scan loss in scenario \(scenario) (\(scenarios[scenario].label))", rows: rows,
        totalUSD: lossUSD(worst.account))
    ]
  }
}
