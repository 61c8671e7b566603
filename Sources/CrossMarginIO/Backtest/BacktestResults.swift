// What a backtest found, account by account, and summed up by kind of account.

import CrossMargin
import PortfolioModel

/// One account with its forecasts, margins and scores.
public struct TestedAccount: Sendable {
  /// Name of the account.
  public var name: String
  /// Losses and forecasts.
  public var backtest: AccountBacktest
  /// Margins by model, USD. [models][dates]
  public var marginsUSD: [[Double]]
  /// Scores over all dates, by model.
  public var scores: [BacktestScore]
  /// Scores of each year, by model. [years][models]
  public var yearScores: [(year: Int, scores: [BacktestScore])]
  /// Z2 of a right model falls below this with 5 %, where losses have t tails of 4 degrees.
  public var criticalShortfallStatistic = 0.0

  /// Whether the losses speak against a model's frequency of exceedances, with 5 %.
  public func rejectsCoverage(_ model: ForecastModel) -> Bool {
    scores[model.position].coverage.pValue < 0.05
  }

  /// Whether they speak against exceedances that come by themselves, with 5 %.
  public func rejectsIndependence(_ model: ForecastModel) -> Bool {
    scores[model.position].independence.pValue < 0.05
  }

  /// Whether they speak against a model's expected shortfall, with 5 %.
  public func rejectsShortfall(_ model: ForecastModel) -> Bool {
    scores[model.position].secondShortfallStatistic < criticalShortfallStatistic
  }
}

/// The results of a backtest.
public struct BacktestResults: Sendable {
  /// Path of the book as given.
  public var book: String
  /// Valuation time of the book, at which holdings and market are held fixed.
  public var valuationTime: UTCTime
  /// What was replayed.
  public var settings: BacktestSettings
  /// Confidence levels of VaR and ES.
  public var confidence: ConfidenceLevels
  /// Accounts by kind, then name.
  public var accounts: [TestedAccount]
  /// Accounts that could not be tested, with the reason.
  public var gaps: [(name: String, reason: String)]
  /// Requirements that follow the market, by asset, for assets with enough daily prices.
  public var adaptive: [AdaptiveResult] = []

  /// Kinds that there are accounts of.
  public var kinds: [PortfolioKind] {
    PortfolioKind.allCases.filter { kind in accounts.contains { $0.backtest.kind == kind } }
  }

  /// Accounts of a kind.
  public func accounts(of kind: PortfolioKind) -> [TestedAccount] {
    accounts.filter { $0.backtest.kind == kind }
  }
}

extension BacktestRun.Gap {
  /// Why an account is not tested, as people read it.
  var words: String {
    switch self {
    case .unmargined(let missing): "\(missing.subject): \(missing.reason.words)"
    case .noExposure: "no factor of the history moves it"
    case .fewDates(let found): "only \(found) dates have all of its factors"
    }
  }
}

extension ForecastModel {
  /// The model as people read it.
  var words: String {
    switch self {
    case .normal: "EWMA, normal"
    case .student: "EWMA, t"
    case .historical: "historical"
    case .filtered: "filtered, EWMA"
    case .filteredGarch: "filtered, GARCH"
    }
  }
}

extension PortfolioKind {
  /// The kind as people read it.
  var words: String { rawValue.replacing("_", with: " ") }
}

/// Policies of requirements over the past of one asset.
public struct AdaptiveResult: Sendable, Equatable {
  /// Name of the asset.
  public var asset: String
  /// Its scores, by policy.
  public var scores: [AdaptiveScore]

  /// Underlyings whose prices the history has for at least a year of days, in their order; prices are
  /// those of the dates that have one. The last policy is fixed at the mean requirement of the one with
  /// floor and bounded steps.
  static func all(_ book: Book) -> [AdaptiveResult] {
    guard let history = book.market.history, abs(history.medianDays - 1) < 0.01 else { return [] }
    let underlyings = Set(book.instruments.map { book.market[$0.underlying].name })
    return zip(history.factors, history.levels).compactMap { factor, levels in
      let prices = levels.compactMap(\.self)
      guard factor.kind == .spot, underlyings.contains(factor.asset), prices.count >= 365
      else { return nil }
      let replay = AdaptiveReplay()
      var scores = replay.scores(AdaptivePolicy.standard, pricesUSD: prices)
      if let fixed = AdaptivePolicy.sameMean(as: scores) {
        scores += replay.scores([fixed], pricesUSD: prices)
      }
      return AdaptiveResult(asset: factor.asset, scores: scores)
    }
  }
}

extension FactorHistory {
  /// Median distance of neighbouring dates, days; 0 where there are fewer than two.
  fileprivate var medianDays: Double {
    let steps = zip(times, times.dropFirst()).map { $0.days(to: $1) }.sorted()
    return steps.isEmpty ? 0 : steps[steps.count / 2]
  }
}
