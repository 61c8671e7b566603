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
    var hasPerpetual: [String] = []
    return RuleCoverage(book: book, table: table) { asset in
      if asset.name == market.cashAsset { return .ownedOrOwed }
      return collaterals.contains { $0.asset == asset.name } ? .owned : .unknown
    } contract: { instrument, listed in
      let underlying = book.market[instrument.underlying].name
      guard market.underlyings.contains(underlying), !listed.isInverse,
        book.market[instrument.settlement].name == market.cashAsset,
        book.market.isDollar(instrument.quote), listed.isOption || listed.isPerpetual
      else { return false }
      if listed.isPerpetual {
        if hasPerpetual.contains(underlying) { return false }
        hasPerpetual.append(underlying)
      }
      return true
    }
  }

  func judge(_ holdings: AccountHoldings) -> MarginRow {
    var (initial, maintenance) = (Sums(), Sums())
    var worst: (scanUSD: Double, scenario: Int?) = (0, nil)
    for account in accounts(holdings) {
      let margin: DeriveMargin
      switch version {
      case .first(let terms): margin = terms.margin(account)
      case .second(let terms): margin = terms.margin(account)
      }
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
        perpetual: DerivePerpetual(coins: 0, priceUSD: 0, confidence: 1, unsettledUSD: 0),
        collaterals: [])
    }
    // Cash and collateral without a contract stand in an account of nothing.
    if accounts.isEmpty {
      accounts = [
        DeriveAccount(
          cashUSD: 0, spotUSD: 0, spotConfidence: 1, stablePriceUSD: stableUSD,
          perpetual: DerivePerpetual(coins: 0, priceUSD: 0, confidence: 1, unsettledUSD: 0),
          collaterals: [])
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
      for entry in held.contracts {
        let contract = table.contract(entry)
        account.perpetual = DerivePerpetual(
          coins: contract.coins(entry.quantity), priceUSD: contract.pricing.basePrice,
          confidence: contract.confidence, unsettledUSD: 0)
      }
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
