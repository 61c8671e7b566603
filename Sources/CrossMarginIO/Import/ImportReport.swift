// What an import took, left out, cut and inferred: every number that is not in the dump as it is in
// the book has a count here.

import PortfolioModel

/// The account of an import.
public struct ImportReport: Sendable, Equatable {
  /// One file, or one factor taken from it.
  public struct Source: Sendable, Equatable {
    /// The file.
    public var path: String
    /// What was taken from it.
    public var subject: String
    /// Rows of the file, or observations made of them.
    public var rowCount: Int
    /// Rows later than the valuation time, which were cut.
    public var cutCount: Int
  }

  /// One column of the history.
  public struct Column: Sendable, Equatable {
    /// The factor.
    public var factor: String
    /// Grid times with a level.
    public var levelCount: Int
    /// Grid times between the first and the last level, or to the end, without one.
    public var missingCount: Int
    /// First and last grid time with a level.
    public var span: ClosedRange<UTCTime>?
    /// Mean age of the levels at their grid times, hours.
    public var ageHoursMean: Double
    /// Largest age of a level at its grid time, hours.
    public var ageHoursMax: Double
  }

  /// The snapshot's file and time, one line each.
  public var sources: [Source] = []
  /// Snapshot times that the book was made of, sorted.
  public var snapshotTimes: [UTCTime] = []
  /// Chain rows at or before the valuation time that a later row of the same instrument, the window
  /// or the choice of coins left out.
  public var unusedRowCount = 0
  /// Rows of contracts that are not inverse options of their coin.
  public var otherContractCount = 0
  /// Options that had expired by the valuation time.
  public var expiredCount = 0
  /// Options in the book.
  public var optionCount = 0
  /// Options without a positive mark: they have no volatility of their own.
  public var unmarkedCount = 0
  /// Options left out since no forward of their expiry could be inferred.
  public var withoutForwardCount = 0
  /// Forwards in the book.
  public var forwardCount = 0
  /// Largest relative distance of a row's forward from the median of its expiry.
  public var forwardSpreadMax = 0.0
  /// Forwards inferred from put-call parity.
  public var inferredForwards: [InferredForward] = []
  /// Dated futures marked at a price of their own.
  public var pricedFutureCount = 0
  /// Dated futures marked at the forward, since the chain gives no price of theirs.
  public var futureAtForwardCount = 0
  /// Expiries without a dated future, since the chain names none.
  public var withoutFutureCount = 0
  /// Coins whose price is the forward of their nearest expiry, since the chain has no index.
  public var spotAtForward: [String] = []
  /// Perpetuals, marked at the index since no chain quotes them.
  public var perpetualCount = 0
  /// Columns of the history.
  public var columns: [Column] = []
  /// Snapshots of the volatility panels whose expiries do not enclose 30 days.
  public var unbracketedCount = 0
  /// Stand-ins declared in `run.yaml`.
  public var proxies: [String] = []

  init() {}

  /// The report as lines of text; what did not happen has no line.
  public var lines: [String] {
    sources.map { source in
      "\(source.path): \(source.subject), \(source.rowCount) rows"
        + (source.cutCount > 0 ? ", \(source.cutCount) later ones cut" : "")
    } + marketLines + historyLines
  }

  private var marketLines: [String] {
    var lines = ["snapshot: " + snapshotTimes.map(\.description).joined(separator: " ")]
    func add(_ count: Int, _ text: String) { if count > 0 { lines.append("\(count) \(text)") } }
    add(optionCount, "options")
    add(unmarkedCount, "of them without a positive mark, so without a volatility of their own")
    add(withoutForwardCount, "options left out: no forward could be inferred")
    add(expiredCount, "options left out: expired")
    add(unusedRowCount, "chain rows unused: older, of other coins or replaced by a later row")
    add(otherContractCount, "rows of other contracts left out")
    add(forwardCount, "forwards, rows within \(Self.percent(forwardSpreadMax)) of their median")
    if let fewest = inferredForwards.map(\.pairCount).min() {
      let deviation = inferredForwards.map(\.deviationMax).max() ?? 0
      add(
        inferredForwards.count,
        "forwards inferred from put-call parity, from \(fewest) or more strikes within "
          + Self.percent(deviation))
    }
    add(pricedFutureCount, "dated futures at prices of their own")
    add(futureAtForwardCount, "dated futures marked at the forward")
    add(withoutFutureCount, "expiries without a dated future")
    add(perpetualCount, "perpetuals marked at the index")
    for asset in spotAtForward { lines.append("\(asset): priced at its nearest forward") }
    return lines
  }

  private var historyLines: [String] {
    var lines = columns.map { column -> String in
      guard let span = column.span else { return "history \(column.factor): no level" }
      let days = "history \(column.factor): \(column.levelCount) days"
      let range = ", \(span.lowerBound) to \(span.upperBound), \(column.missingCount) missing"
      let ages = ", \(Self.tenths(column.ageHoursMean)) h old on average"
      return days + range + ages + ", at most \(Self.tenths(column.ageHoursMax)) h"
    }
    if unbracketedCount > 0 {
      lines.append("\(unbracketedCount) panel snapshots without expiries around 30 days")
    }
    return lines + proxies.map { "stand-in declared: " + $0 }
  }

  private static func percent(_ fraction: Double) -> String {
    CSVTable.shortest((fraction * 1e6).rounded() / 1e4) + " %"
  }

  private static func tenths(_ value: Double) -> Substring {
    CSVTable.shortest((value * 10).rounded() / 10)
  }
}
