// Past levels of one factor, each stamped with the instant from which it was known.

import PortfolioModel

/// Levels in time.
struct LevelSeries {
  /// Strictly increasing.
  var times: [UTCTime] = []
  var levels: [Double] = []
  /// Age, in days, up to which a level still counts at a grid time, exclusive.
  let ageDaysMax: Double

  /// Hourly sources are given half a day, so that an outage of hours leaves no hole.
  static let hourlyAgeDaysMax = 0.5
  /// Daily ones a day, so that each level counts at exactly one time of a daily grid, at whatever
  /// hour of the day it was observed.
  static let dailyAgeDaysMax = 1.0

  init(ageDaysMax: Double) { self.ageDaysMax = ageDaysMax }

  /// The last level at or before a time, with its age in days; nil where it is too old.
  func level(at time: UTCTime) -> (level: Double, ageDays: Double)? {
    var low = 0
    var high = times.count
    while low < high {
      let middle = (low + high) / 2
      if times[middle] <= time { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return nil }
    let ageDays = times[low - 1].days(to: time)
    return ageDays < ageDaysMax ? (levels[low - 1], ageDays) : nil
  }

  /// Cuts what is later than a time; returns how many levels that were.
  mutating func cut(after time: UTCTime) -> Int {
    let kept = times.firstIndex { $0 > time } ?? times.count
    let cutCount = times.count - kept
    times.removeLast(cutCount)
    levels.removeLast(cutCount)
    return cutCount
  }
}

extension SeriesFile {
  /// How a shape writes levels.
  private struct Layout {
    let timeColumn: String
    let timeForm: DumpTime
    let levelColumn: String
    let otherColumns: [String]
    /// Length of a row's interval: its level, the close, is known at the end.
    let intervalDays: Double
    let kind: FactorKind
  }

  /// Reads the file. A level is stamped with the end of its row's interval.
  func load() throws(ImportError) -> LevelSeries {
    let layout = layout
    guard factor.kind == layout.kind, factor.expiry == nil else {
      throw .wrongFactor(factor: factor.description, path: path)
    }
    var used = [layout.timeColumn, layout.levelColumn]
    var wantedSymbol: String?
    if case .yahooDailyPrices(let symbol) = shape {
      wantedSymbol = symbol
      used.append("asset")
    }
    var reader = try DumpReader(path: path, used: used, known: layout.otherColumns)
    let isHourly = layout.intervalDays < 1
    var series = LevelSeries(
      ageDaysMax: isHourly ? LevelSeries.hourlyAgeDaysMax : LevelSeries.dailyAgeDaysMax)
    let unitsPerLevel = shape == .volatilityIndex ? 100.0 : 1
    while try reader.next() {
      if let wantedSymbol, reader.text("asset") != wantedSymbol { continue }
      let begin = reader.time(layout.timeColumn, layout.timeForm)
      let level = reader.positiveNumber(layout.levelColumn)
      guard let begin, let level else { continue }
      let time = begin.adding(days: layout.intervalDays)
      if let last = series.times.last, last >= time {
        reader.report(layout.timeColumn, expected: "a time after that of the row before")
        continue
      }
      series.times.append(time)
      series.levels.append(level / unitsPerLevel)
    }
    try reader.finish()
    guard !series.times.isEmpty else {
      throw .wrongFactor(factor: factor.description, path: path)
    }
    return series
  }

  private var layout: Layout {
    switch shape {
    case .hourlyPrices:
      Layout(
        timeColumn: "ts_utc", timeForm: .iso, levelColumn: "close",
        otherColumns: ["open", "high", "low", "volume"], intervalDays: 1.0 / 24, kind: .spot)
    case .binanceDailyPrices:
      Layout(
        timeColumn: "open_time", timeForm: .milliseconds, levelColumn: "close",
        otherColumns: [
          "open", "high", "low", "volume", "close_time", "quote_volume", "trades",
          "taker_buy_base", "taker_buy_quote", "ignore"
        ], intervalDays: 1, kind: .spot)
    case .yahooDailyPrices:
      Layout(
        timeColumn: "date", timeForm: .date(hour: 0), levelColumn: "close",
        otherColumns: ["open", "high", "low", "volume"], intervalDays: 1, kind: .spot)
    case .volatilityIndex:
      Layout(
        timeColumn: "timestamp", timeForm: .milliseconds, levelColumn: "dvol_close",
        otherColumns: ["datetime_utc", "date", "hour", "dvol_open", "dvol_high", "dvol_low"],
        intervalDays: 1.0 / 24, kind: .volatility)
    }
  }
}
