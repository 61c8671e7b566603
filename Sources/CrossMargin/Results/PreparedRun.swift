// Everything that all accounts share, made once: the priced market, unit values, valued scenario
// sets, the rule sets.

import PortfolioModel
import RiskNumerics

/// A run up to the point where accounts come in.
struct PreparedRun: Sendable {
  let book: Book
  let settings: RunSettings
  let market: PricedMarket
  let base: UnitValue
  let holdings: HoldingsReader
  let exposure: ExposureReading
  /// Reported sets, in the order of the settings.
  let readings: [MeasureReading]
  /// One per rule set, in the order of the settings.
  let rules: [any MarginRule]
  /// What the analytic section asks for; nil without one.
  let analytic: AnalyticPlan?
  /// What the venue reports.
  var reconciliation: Reconciliation
  /// Position of each account's rule set.
  let modelOfAccount: [Int]
  /// Scenarios of every request.
  private let sets: [ScenarioSet]

  init(
    book: Book, settings: RunSettings, threadCount: Int, progress: (RunStage) -> Void
  ) throws(RunError) {
    try self.init(
      book: book, settings: settings, threadCount: threadCount, like: nil, progress: progress)
  }

  /// The same accounts and rule sets on a moved market.
  func moved(_ move: MarketMove) throws(RunError) -> PreparedRun {
    try PreparedRun(
      book: book.moved(move), settings: settings, threadCount: 1, like: self, progress: { _ in })
  }

  /// `earlier` is a run of the same settings on a book that differs in prices only.
  private init(
    book: Book, settings: RunSettings, threadCount: Int, like earlier: PreparedRun?,
    progress: (RunStage) -> Void
  ) throws(RunError) {
    self.book = book
    self.settings = settings
    if let earlier {
      modelOfAccount = earlier.modelOfAccount
    } else {
      modelOfAccount = try Self.models(of: book.portfolio.accounts, settings)
    }
    reconciliation = earlier?.reconciliation ?? Reconciliation(book.portfolio)
    progress(.market)
    let market = PricedMarket(book: book, ageDaysMax: settings.marketAgeDaysMax)
    let base = UnitValue(market: market)
    self.market = market
    self.base = base
    holdings = HoldingsReader(book: book, market: market)
    exposure = ExposureReading(
      greeks: UnitGreeks(market: market, base: base, instruments: book.instruments),
      market: market, instruments: book.instruments)

    progress(.scenarios)
    let requests = ValuationRequests(
      settings.scenarioSets + settings.models.flatMap(\.requests)
        + [settings.analytic?.draws].compactMap(\.self))
    var factory = ScenarioFactory(book: book, settings: settings, market: market)
    var sets: [ScenarioSet] = []
    for (place, request) in requests.distinct.enumerated() {
      if let earlier, !request.source.readsPrices {
        sets.append(earlier.sets[place])
      } else {
        sets.append(try factory.set(request))
      }
    }
    self.sets = sets
    for request in settings.scenarioSets {
      let place = requests.position(of: request)
      sets[place].warnings += SurfaceTest.warnings(
        sets[place], market: market, slices: book.market.surfaces, term: settings.volatilityTerm)
    }

    progress(.valuation)
    let valued = sets.map { set in
      ValuedScenarios(
        set: set, market: market, base: base, term: settings.volatilityTerm,
        threadCount: threadCount)
    }
    readings = settings.scenarioSets.enumerated().map { position, request in
      MeasureReading(
        valued: valued[requests.position(of: request)], setPosition: position,
        confidence: settings.confidence)
    }
    let context = RuleContext(
      book: book, market: market, columns: base.columns, base: base,
      valued: { valued[requests.position(of: $0)] })
    rules = settings.models.map { $0.rule(context) }
    analytic = try settings.analytic.map { analytic throws(RunError) in
      try AnalyticPlan(
        analytic, confidence: settings.confidence,
        model: factory.factorModel(for: AnalyticSettings.name),
        draws: valued[requests.position(of: analytic.draws)], market: market, base: base,
        term: settings.volatilityTerm)
    }
  }

  /// Model value less mark of one option contract, USD.
  func gapToMarkUSD(_ index: InstrumentIndex) -> Double? {
    guard case .priced(let instrument) = market.pricings[index.position],
      instrument.isOption, let mark = instrument.markOfOption
    else { return nil }
    let markUSD = instrument.multiplier * mark * market.priceUSD(instrument.settlement)
    return base.baseUSD[base.columns.column(of: index)] - markUSD
  }

  private static func models(
    of accounts: [Account], _ settings: RunSettings
  ) throws(RunError) -> [Int] {
    guard let standard = settings.models.firstIndex(where: { $0.name == settings.defaultModel })
    else { throw .unknownModel(name: settings.defaultModel, account: nil) }
    var positions: [Int] = []
    positions.reserveCapacity(accounts.count)
    for account in accounts {
      guard let name = account.model else {
        positions.append(standard)
        continue
      }
      guard let position = settings.models.firstIndex(where: { $0.name == name }) else {
        throw .unknownModel(name: name, account: account.name)
      }
      positions.append(position)
    }
    return positions
  }
}

/// Requests for valued scenario sets without duplicates: what several consumers ask for under
/// whatever name is valued once.
struct ValuationRequests {
  /// Requests that differ in more than their names.
  private(set) var distinct: [ScenarioSetSettings] = []

  init(_ requests: [ScenarioSetSettings]) {
    for request in requests where !distinct.contains(where: { Self.isSame($0, request) }) {
      distinct.append(request)
    }
  }

  /// Position in `distinct` of an equal request, which must be there.
  func position(of request: ScenarioSetSettings) -> Int {
    guard let position = distinct.firstIndex(where: { Self.isSame($0, request) }) else {
      preconditionFailure("\(request.name) was not requested")
    }
    return position
  }

  private static func isSame(_ left: ScenarioSetSettings, _ right: ScenarioSetSettings) -> Bool {
    left.source == right.source && left.roll == right.roll
      && left.volatilityRule == right.volatilityRule
  }
}

/// The stages of a run that take time.
public enum RunStage: String, Sendable, CaseIterable {
  /// Resolving instruments.
  case market
  /// Making scenarios.
  case scenarios
  /// Revaluing one unit of everything in every scenario.
  case valuation
  /// Reading accounts.
  case accounts
}
