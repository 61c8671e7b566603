// From the settings of a scenario set to its scenarios.

import PortfolioModel

/// Makes scenario sets of one run; the factor model is estimated once, where a set needs it.
struct ScenarioFactory {
  let book: Book
  let settings: RunSettings
  let market: PricedMarket
  private var model: FactorModel?

  init(book: Book, settings: RunSettings, market: PricedMarket) {
    self.book = book
    self.settings = settings
    self.market = market
  }

  /// The scenarios of a set: one or more.
  mutating func set(_ request: ScenarioSetSettings) throws(RunError) -> ScenarioSet {
    var set = try unrolled(request)
    if set.scenarioCount == 0 { throw .noScenario(set: request.name) }
    if case .days(let days) = request.roll { set.rollDays = days }
    set.volatilityRule = request.volatilityRule
    return set
  }

  private mutating func unrolled(_ request: ScenarioSetSettings) throws(RunError) -> ScenarioSet {
    let name = request.name
    switch request.source {
    case .grid(let grid):
      return .grid(grid, name: name, market: market)
    case .forwardShift(let basis):
      return .forwardShift(basis, name: name, market: market)
    case .monteCarlo(let draws):
      return try .monteCarlo(draws, name: name, model: factorModel(for: name), seed: settings.seed)
    case .history(let past):
      return try .history(
        past, name: name, history: history(for: name), model: factorModel(for: name),
        run: settings, now: book.market.valuationTime)
    case .bootstrap(let past):
      return try .bootstrap(
        past, name: name, history: history(for: name), model: factorModel(for: name),
        run: settings, now: book.market.valuationTime)
    case .user(let fileName, let completion):
      guard let user = book.scenarios.first(where: { $0.name == fileName }) else {
        throw .unknownScenarioFile(set: name, file: fileName)
      }
      let model = completion == .conditionalMean ? try factorModel(for: name) : nil
      return try .user(user, name: name, market: market, completedBy: model)
    }
  }

  /// The joint distribution of daily moves that all sets share; `set` is who asks, for messages.
  mutating func factorModel(for set: String) throws(RunError) -> FactorModel {
    if let model { return model }
    let estimated = try FactorModel(
      history: history(for: set), proxies: settings.historyProxies, settings: settings.covariance,
      set: set)
    model = estimated
    return estimated
  }

  private func history(for set: String) throws(RunError) -> FactorHistory {
    guard let history = book.market.history else {
      throw .historyTooShort(set: set, found: 0, needed: 2)
    }
    return history
  }
}
