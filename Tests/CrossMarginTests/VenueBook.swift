// Books of a venue's accounts built in memory from short rows, for tests of rule sets.

import CrossMargin
import Foundation
import PortfolioModel

/// Builds a book contract by contract.
struct VenueBook {
  var assets: [Asset]
  var state: [StateValue] = []
  /// Unsettled gains of positions, by account and instrument.
  var unsettled: [String: Double] = [:]
  /// Fields of accounts beside their names.
  var accountFields: [String: (leverage: Double?, mode: String?)] = [:]
  private var contracts: [Contract] = []
  private var forwards: [Forward] = []
  private var positions: [(account: String, instrument: String, quantity: Double)] = []
  private var balances: [(account: String, asset: String, amount: Double)] = []
  private var orders: [(account: String, instrument: String, quantity: Double, price: Double)] = []

  private struct Contract {
    var name: String
    var kind: InstrumentKind
    var underlying: String
    var settlement: String
    var multiplier: Double
    var mark: Double
    var volatility: Double?
    var confidence: Double?
    var fundingRate: Double?
    var openInterest: Double?
  }

  private struct Forward {
    var underlying: String
    var expiry: UTCTime
    var price: Double
    var rate: Double?
    var confidence: Double?
  }

  init(_ assets: [Asset]) { self.assets = assets }

  static func asset(
    _ name: String, _ price: Double, peg: String? = nil, confidence: Double? = nil
  ) -> Asset {
    var asset = Asset(name: name, priceUSD: price, peg: peg)
    asset.confidence = confidence
    return asset
  }

  /// An instant a number of seconds after the valuation time.
  static func expiry(seconds: Double) -> UTCTime {
    TestBook.valuationTime.adding(days: seconds / 86_400)
  }

  mutating func addFuture(
    _ name: String, on underlying: String, expiry: UTCTime? = nil, settlement: String = "USDC",
    mark: Double, multiplier: Double = 1, confidence: Double? = nil, fundingRate: Double? = nil,
    openInterest: Double? = nil
  ) {
    contracts.append(
      Contract(
        name: name, kind: expiry.map { .future(expiry: $0) } ?? .perpetual,
        underlying: underlying, settlement: settlement, multiplier: multiplier, mark: mark,
        volatility: nil, confidence: confidence, fundingRate: fundingRate,
        openInterest: openInterest))
  }

  mutating func addForward(
    _ underlying: String, expiry: UTCTime, _ price: Double, rate: Double? = nil,
    confidence: Double? = nil
  ) {
    forwards.append(
      Forward(
        underlying: underlying, expiry: expiry, price: price, rate: rate, confidence: confidence))
  }

  mutating func addOption(
    _ name: String, on underlying: String, expiry: UTCTime, strike: Double, _ type: OptionType,
    volatility: Double, settlement: String = "USDC", mark: Double = 0
  ) {
    contracts.append(
      Contract(
        name: name, kind: .option(expiry: expiry, strike: strike, type: type),
        underlying: underlying, settlement: settlement, multiplier: 1, mark: mark,
        volatility: volatility))
  }

  mutating func hold(_ account: String, _ instrument: String, _ quantity: Double) {
    positions.append((account, instrument, quantity))
  }

  mutating func own(_ account: String, _ asset: String, _ amount: Double) {
    balances.append((account, asset, amount))
  }

  mutating func order(_ account: String, _ instrument: String, _ quantity: Double, at price: Double)
  {
    orders.append((account, instrument, quantity, price))
  }

  func book() -> Book {
    var market = MarketSnapshot(valuationTime: TestBook.valuationTime, assets: assets)
    let usd = market.assetIndex(named: "USD") ?? AssetIndex(0)
    func index(_ name: String) -> AssetIndex { market.assetIndex(named: name) ?? AssetIndex(0) }
    let sorted = contracts.sorted { precedesByBytes($0.name, $1.name) }
    let instruments = sorted.map { contract in
      Instrument(
        name: contract.name, kind: contract.kind,
        pair: AssetPair(underlying: index(contract.underlying), quote: usd),
        settlement: index(contract.settlement), multiplier: contract.multiplier,
        payout: contract.settlement == contract.underlying ? .inverse : .linear)
    }
    market.state = state.sorted {
      $0.subject == $1.subject
        ? precedesByBytes($0.key, $1.key) : precedesByBytes($0.subject, $1.subject)
    }
    market.forwards = forwards.map { row in
      var forward = ForwardQuote(
        pair: AssetPair(underlying: index(row.underlying), quote: usd), expiry: row.expiry,
        forward: row.price, rateContinuous: row.rate)
      forward.confidence = row.confidence
      return forward
    }.sorted { ($0.pair, $0.expiry) < ($1.pair, $1.expiry) }
    market.marks = sorted.enumerated().map { position, contract in
      var mark = Mark(instrument: InstrumentIndex(position), price: contract.mark)
      mark.impliedVolatilityAnnual = contract.volatility
      mark.confidence = contract.confidence
      mark.fundingRate = contract.fundingRate
      mark.openInterest = contract.openInterest
      return mark
    }
    return Book(
      market: market, instruments: instruments, portfolio: portfolio(market, instruments))
  }

  private func portfolio(_ market: MarketSnapshot, _ instruments: [Instrument]) -> Portfolio {
    let names = Set(positions.map(\.account) + balances.map(\.account) + orders.map(\.account))
      .sorted(by: precedesByBytes)
    func place(_ instrument: String) -> InstrumentIndex {
      InstrumentIndex(instruments.firstIndex { $0.name == instrument } ?? 0)
    }
    let records = names.map { name in
      var account = Account(name: name)
      account.leverage = accountFields[name]?.leverage
      account.efficiencyMode = accountFields[name]?.mode
      return AccountRecord(
        account,
        positions: positions.filter { $0.account == name }.map {
          HeldPosition(place($0.instrument), quantity: $0.quantity)
        },
        balances: balances.filter { $0.account == name }.compactMap { row in
          market.assetIndex(named: row.asset).map { HeldBalance($0, amount: row.amount) }
        })
    }
    var portfolio = Portfolio(records)
    var amounts = [Double?](repeating: nil, count: portfolio.positions.quantities.count)
    for (rank, name) in names.enumerated() {
      for row in portfolio.positions.rows(of: AccountIndex(rank)) {
        let instrument = instruments[portfolio.positions.instruments[row].position].name
        amounts[row] = unsettled[name + " " + instrument]
      }
    }
    portfolio.positions.unsettledAmounts = OptionalColumn(amounts)
    portfolio.orders = names.enumerated().flatMap { rank, name in
      orders.filter { $0.account == name }.map {
        OpenOrder(
          account: AccountIndex(rank), instrument: place($0.instrument), quantity: $0.quantity,
          price: $0.price, isReduceOnly: false)
      }
    }
    return portfolio
  }

  /// The accounts of the book under a rule set, by name.
  func run(_ family: RuleFamily) throws -> VenueRun { try VenueRun(book(), family) }
}

/// Results of a book under one rule set.
struct VenueRun {
  let whole: WholeRun
  let names: [String]

  init(_ book: Book, _ family: RuleFamily) throws {
    let rules = RuleSetTerms(
      name: "venue", effectiveFrom: TestBook.valuationTime.adding(days: -30), family: family)
    whole = try WholeRun(book, RunSettings(models: [rules], defaultModel: "venue"))
    names = book.portfolio.accounts.map(\.name)
  }

  var schema: MarginSchema { whole.run.marginSchemas[0] }

  /// Margin of an account; nil where it is not covered.
  func margin(_ account: String) -> MarginRow? {
    whole.margins.first { names[$0.account.position] == account }
  }

  /// What is missing of an account.
  func missing(_ account: String) -> MissingData? {
    whole.accounts.first { names[$0.account.position] == account }?.missing
  }

  /// One component of a level.
  func component(_ account: String, _ level: String, _ name: String) -> Double? {
    guard let row = margin(account), let place = schema.levels.firstIndex(of: level),
      let component = schema.components.firstIndex(where: { $0.name == name })
    else { return nil }
    return row.levels[place].componentsUSD[component]
  }

  /// Whether every component of every level adds up and no charge is -0.
  var addsUp: Bool {
    whole.margins.allSatisfy { row in
      row.levels.allSatisfy { level in
        level.componentsUSD.reduce(0, +) == level.surplusUSD
          && level.componentsUSD.allSatisfy { $0 != 0 || $0.sign == .plus }
      }
    }
  }
}

/// Whether two numbers agree to a relative tolerance of the larger one, or of 1.
func agrees(_ value: Double?, _ expected: Double, _ tolerance: Double = 1e-12) -> Bool {
  guard let value else { return false }
  return abs(value - expected) <= tolerance * max(abs(expected), 1)
}

/// Whether a number cut towards zero is a whole one, give or take a millionth.
func isTruncated(_ value: Double, to whole: Double) -> Bool {
  [value - 1e-6, value, value + 1e-6].contains { $0.rounded(.towardZero) == whole }
}
