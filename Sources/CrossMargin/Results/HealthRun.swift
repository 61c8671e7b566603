// How near accounts are to liquidation: margins judged again on markets that moved.

import PortfolioModel
import RiskNumerics

/// A way in which the market may move: `x` is the log move of the leading asset.
public struct HealthDirection: Sendable, Equatable {
  /// Its name: an asset that moves alone, or `together`.
  public var name: String
  /// The asset whose price `x` moves, and in whose prices distances are stated.
  public var lead: AssetIndex
  /// Log move of each asset per unit of `x`. [assets]
  public var spotLoadings: [Double]
  /// Log move of 30-day volatility of each asset per unit of `x`. [assets]
  public var volatilityLoadings: [Double]
}

/// One account on a moved market, USD.
public struct AccountHealth: Sendable, Equatable {
  /// Equity before haircuts.
  public var equityUSD: Double
  /// Surplus at the last level; negative = liquidated.
  public var surplusUSD: Double
}

/// Accounts of a book on markets that moved, each under its own rule set, whose requirements are
/// scanned again there.
public struct HealthRun: Sendable {
  /// The run on today's market.
  let run: PreparedRun
  /// Gross notional of each account today, USD. [accounts]
  private let notionalsUSD: [Double]
  /// Directions: each underlying alone, then all together.
  public let directions: [HealthDirection]

  /// Prepares a book. Accounts that cannot be valued or that their rule set does not cover have no
  /// health and are nowhere counted.
  public init(book: Book, settings: RunSettings) throws(RunError) {
    var settings = settings
    settings.scenarioSets = []
    settings.analytic = nil
    let run = try PreparedRun(book: book, settings: settings, threadCount: 1) { _ in }
    self.run = run
    notionalsUSD = book.portfolio.accounts.indices.map {
      run.holdings.holdings(of: AccountIndex($0)).grossNotionalUSD
    }
    directions = try Self.directions(book: book, settings: settings, market: run.market)
  }

  var book: Book { run.book }
  var settings: RunSettings { run.settings }
  var today: PricedMarket { run.market }
  var base: UnitValue { run.base }

  /// Number of accounts.
  public var accountCount: Int { book.portfolio.accounts.count }

  /// What an account holds today.
  func holdings(of account: AccountIndex) -> AccountHoldings {
    run.holdings.holdings(of: account)
  }

  /// Price of a direction's leading asset after a move, USD.
  public func priceUSD(_ direction: HealthDirection, _ x: Double) -> Double {
    today.priceUSD(direction.lead) * ScalarMath.exp(x)
  }

  /// Gross notional of an account today, USD.
  public func grossNotionalUSD(_ account: AccountIndex) -> Double {
    notionalsUSD[account.position]
  }

  /// Health of all accounts at a move; nil for accounts without any. [accounts]
  public func health(
    _ direction: HealthDirection, _ x: Double, threadCount: Int
  ) throws -> [AccountHealth?] {
    try health(of: allAccounts, at: move(direction, x), threadCount: threadCount)
  }

  /// Health of some accounts at a move, in their order.
  func health(
    of accounts: [AccountIndex], _ direction: HealthDirection, _ x: Double, threadCount: Int
  ) throws -> [AccountHealth?] {
    try health(of: accounts, at: move(direction, x), threadCount: threadCount)
  }

  /// Health of all accounts today; nil for accounts without any. [accounts]
  public func today(threadCount: Int) throws -> [AccountHealth?] {
    let zeros = today.assets.map { _ in 0.0 }
    return try health(
      of: allAccounts,
      at: MarketMove(
        spotRatios: zeros.map { $0 + 1 }, volatilityMoves: zeros,
        volatilityTerm: settings.volatilityTerm), threadCount: threadCount)
  }

  private var allAccounts: [AccountIndex] {
    book.portfolio.accounts.indices.map(AccountIndex.init)
  }

  private func health(
    of accounts: [AccountIndex], at move: MarketMove, threadCount: Int
  ) throws -> [AccountHealth?] {
    let moved = try run.moved(move)
    return try AccountBlocks(accountCount: accounts.count).joined(threadCount: threadCount) {
      try moved.health($0.map { holdings(of: accounts[$0]) }, from: today)
    }
  }

  /// Accounts that have anything, held or ordered, that a direction moves, in their order: the health
  /// of all others stays.
  package func accounts(movedBy direction: HealthDirection) -> [AccountIndex] {
    func isMoved(_ asset: AssetIndex) -> Bool {
      direction.spotLoadings[asset.position] != 0
        || direction.volatilityLoadings[asset.position] != 0
    }
    let isInstrumentMoved = book.instruments.map {
      isMoved($0.underlying) || isMoved($0.quote) || isMoved($0.settlement)
    }
    let portfolio = book.portfolio
    return allAccounts.filter { account in
      portfolio.balances.rows(of: account).contains { isMoved(portfolio.balances.assets[$0]) }
        || portfolio.positions.rows(of: account).contains {
          isInstrumentMoved[portfolio.positions.instruments[$0].position]
        }
        || portfolio.orders(of: account).contains { isInstrumentMoved[$0.instrument.position] }
    }
  }

  /// Health of one account at a move.
  public func health(
    of account: AccountIndex, _ direction: HealthDirection, _ x: Double
  ) throws(RunError) -> AccountHealth? {
    try rescanned(account)?.health(at: move(direction, x))
  }

  /// An account by itself, which is cheaper to judge on many moved markets; nil where it cannot be
  /// valued.
  func rescanned(_ account: AccountIndex) throws(RunError) -> RescannedAccount? {
    try RescannedAccount(
      account, of: book, settings: settings,
      rule: settings.models[run.modelOfAccount[account.position]])
  }

  func move(_ direction: HealthDirection, _ x: Double) -> MarketMove {
    MarketMove(
      spotRatios: direction.spotLoadings.map { ScalarMath.exp($0 * x) },
      volatilityMoves: direction.volatilityLoadings.map { $0 * x },
      volatilityTerm: settings.volatilityTerm)
  }

  // MARK: Directions

  private static func directions(
    book: Book, settings: RunSettings, market: PricedMarket
  ) throws(RunError) -> [HealthDirection] {
    let underlyings = Set(book.instruments.map { market.trackedAsset[$0.underlying.position] })
      .sorted()
    var directions = underlyings.map { lead in
      HealthDirection(
        name: market.assets[lead.position].name, lead: lead,
        spotLoadings: market.trackedAsset.map { $0 == lead ? 1 : 0 },
        volatilityLoadings: market.assets.map { _ in 0 })
    }
    if let history = book.market.history, let lead = leader(book, underlyings, market) {
      let model = try FactorModel(
        history: history, proxies: settings.historyProxies, settings: settings.covariance,
        set: "together")
      directions.append(together(lead, model, market))
    }
    return directions
  }

  /// The underlying with the most notional in positions.
  private static func leader(
    _ book: Book, _ underlyings: [AssetIndex], _ market: PricedMarket
  ) -> AssetIndex? {
    var notionalUSD = [Double](repeating: 0, count: market.assets.count)
    let positions = book.portfolio.positions
    for (instrument, quantity) in zip(positions.instruments, positions.quantities) {
      let listed = book[instrument]
      let isInverse = listed.payout == .inverse && listed.kind.isFuture
      let underlying = market.trackedAsset[listed.underlying.position]
      let unit = isInverse ? 1 : market.assetPricesUSD[underlying.position] ?? 0
      notionalUSD[underlying.position] += abs(quantity) * listed.multiplier * unit
    }
    return underlyings.max {
      (notionalUSD[$0.position], $1) < (notionalUSD[$1.position], $0)
    }
  }

  /// Each factor moves by its regression on the leading asset: the conditional mean of the rest.
  private static func together(
    _ lead: AssetIndex, _ model: FactorModel, _ market: PricedMarket
  ) -> HealthDirection {
    func position(_ kind: FactorKind, _ asset: Int) -> Int? {
      model.factors.firstIndex(of: FactorName(kind, market.assets[asset].name))
    }
    func loading(_ factor: Int?) -> Double {
      guard let factor, let leading = position(.spot, lead.position),
        model.covariance[leading, leading] > 0
      else { return 0 }
      return model.covariance[factor, leading] / model.covariance[leading, leading]
    }
    let spot = market.assets.indices.map { asset -> Double in
      let root = market.trackedAsset[asset].position
      if root == lead.position { return 1 }
      return loading(position(.spot, asset) ?? position(.spot, root))
    }
    return HealthDirection(
      name: "together", lead: lead, spotLoadings: spot,
      volatilityLoadings: market.assets.indices.map { loading(position(.volatility, $0)) })
  }
}

extension InstrumentKind {
  /// Whether it is a future or a perpetual.
  fileprivate var isFuture: Bool {
    switch self {
    case .future, .perpetual: true
    case .spot, .option: false
    }
  }
}
