// Everything that the report shows, as plain values. The page is a pure function of this struct:
// it reads no file and no clock, so that the same results always give the same bytes.

import CrossMargin
import PortfolioModel

/// What `ReportPage` draws. Money is in USD, fractions are fractions, losses are positive.
///
/// Rows keep the types in which the engine made them. Their indices refer to lists of this struct:
/// `MeasureRow.setPosition` to `sets`, `AccountRow.modelPosition` to `models`, asset indices to
/// `assets`. An index without an entry is shown as its number and stops nothing.
public struct ReportData: Sendable, Equatable {
  /// What was run, where and with what.
  public var run: RunFacts
  /// Sums and counts of the whole book.
  public var totals: BookContribution
  /// Levels of VaR and expected shortfall.
  public var confidence = ConfidenceLevels()
  /// Breached limits, the most important first.
  public var alerts: [Alert] = []
  /// Assets with their prices, in the order of `AssetIndex`.
  public var assets: [PlannedAsset] = []
  /// Rule sets, in the order of `AccountRow.modelPosition`.
  public var models: [PlannedModel] = []
  /// Distribution of the margin ratios of all margined accounts.
  public var marginRatios = MarginRatioHistogram()
  /// The book in each scenario set, in the order of `MeasureRow.setPosition`.
  public var sets: [BookSetResult] = []
  /// Exposure of the book; rows of one underlying follow each other.
  public var exposures: [BookExposure] = []
  /// The riskiest accounts, riskiest first.
  public var accounts: [StoredAccount] = []
  /// The most plausible moves that cost accounts their maintenance surplus, the nearest accounts
  /// first; nil where the run searched none.
  public var breaches: NearestBreaches?
  /// Figures beside those that the venue reports; nil where the book brings none.
  public var reconciliation: ReconciliationSummary?
  /// Sections of a liquidation study, as HTML; nil where the run has none.
  public var liquidationMarkup: String?
  /// Why accounts have no margin.
  public var gaps: [StoredGap] = []
  /// What was noticed and did not stop the run.
  public var warnings: [RunWarning] = []

  /// A report of a run, with nothing in it yet.
  public init(run: RunFacts, totals: BookContribution) {
    self.run = run
    self.totals = totals
  }
}

/// What was run, where and with what.
public struct RunFacts: Sendable, Equatable {
  /// Name of the book.
  public var book: String
  /// Valuation time, ISO 8601.
  public var valuationTime: String
  /// Seed of the random numbers.
  public var seed = ""
  /// Further facts in display order: versions, kernel target, BLAS core, threads.
  public var facts: [NamedText] = []
  /// Stand-ins for missing factor history, as declared in the run: the factor and its stand-in.
  public var proxies: [NamedText] = []
  /// Input files and their SHA-256, hexadecimal.
  public var inputs: [NamedText] = []
  /// Stages in the order they ran, with their wall time.
  public var stages: [StageTime] = []

  /// A run of a book.
  public init(book: String, valuationTime: String) {
    self.book = book
    self.valuationTime = valuationTime
  }
}

/// A name and a text.
public struct NamedText: Sendable, Equatable {
  /// The name.
  public var name: String
  /// The text.
  public var text: String

  /// A pair.
  public init(name: String, text: String) {
    self.name = name
    self.text = text
  }
}

/// Wall time of one stage.
public struct StageTime: Sendable, Equatable {
  /// The stage.
  public var name: String
  /// Its duration, seconds.
  public var elapsedSeconds: Double

  /// A stage.
  public init(name: String, elapsedSeconds: Double) {
    self.name = name
    self.elapsedSeconds = elapsedSeconds
  }
}

extension StoredAccount {
  /// What counts towards the last level over what it asks; nil where nothing is required.
  var marginRatio: Double? {
    guard let level = margin?.maintenance, level.requirementUSD > 0 else { return nil }
    return level.valueUSD / level.requirementUSD
  }

  /// Largest expected shortfall of all scenario sets, USD; nil where none has probabilities.
  var largestShortfallUSD: Double? {
    measures.compactMap { $0.tail?.expectedShortfallUSD }.max()
  }
}
