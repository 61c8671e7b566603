// Series and panels to the factor history of a book, on one daily grid.

import CrossMargin
import PortfolioModel

/// Makes the history of a book.
///
/// The grid has one time a day and ends at or before the valuation time. A level at a grid
/// time is the last one known by then, if not older than its source allows; else it is missing.
struct HistoryAssembly {
  private struct Column {
    let factor: FactorName
    var series: [LevelSeries] = []
  }

  private let plan: ImportPlan
  private var columns: [Column] = []

  /// Reads the series and panels of a plan; levels later than the valuation time are cut.
  init(_ plan: ImportPlan, report: inout ImportReport) throws(ImportError) {
    self.plan = plan
    for file in plan.series {
      var series = try file.load()
      let count = series.times.count
      let cutCount = series.cut(after: plan.valuationTime)
      add(series, to: file.factor)
      report.sources.append(
        ImportReport.Source(
          path: file.path, subject: file.factor.description, rowCount: count, cutCount: cutCount))
    }
    try readPanels(&report)
    columns.sort { precedesByBytes($0.factor.description, $1.factor.description) }
  }

  private mutating func add(_ series: LevelSeries, to factor: FactorName) {
    if let position = columns.firstIndex(where: { $0.factor == factor }) {
      columns[position].series.append(series)
    } else {
      columns.append(Column(factor: factor, series: [series]))
    }
  }

  // MARK: - Volatility of panels

  private mutating func readPanels(_ report: inout ImportReport) throws(ImportError) {
    struct Observation {
      let time: UTCTime
      let volatilityAnnual: Double
    }
    var observations: [String: [Observation]] = [:]
    for file in plan.volatilityPanels {
      let chain = try file.load()
      let groups = Dictionary(grouping: chain.rows, by: \.time)
      var source = ImportReport.Source(
        path: file.path, subject: "30-day volatility", rowCount: chain.rows.count, cutCount: 0)
      for time in groups.keys.sorted() {
        let rows = groups[time] ?? []
        if time > plan.valuationTime {
          source.cutCount += rows.count
          continue
        }
        for currency in plan.currencies {
          let slices = ExpirySlice.slices(of: rows.filter { $0.underlying == currency })
          guard !slices.isEmpty else { continue }
          guard let volatility = AtTheMoneyVolatility.annual(slices: slices, at: time) else {
            report.unbracketedCount += 1
            continue
          }
          observations[currency, default: []].append(
            Observation(time: time, volatilityAnnual: volatility))
        }
      }
      report.sources.append(source)
    }
    for currency in plan.currencies {
      var series = LevelSeries(ageDaysMax: LevelSeries.dailyAgeDaysMax)
      // Files may overlap; of two observations of one time the first stands.
      for observation in (observations[currency] ?? []).sorted(by: { $0.time < $1.time })
      where series.times.last != observation.time {
        series.times.append(observation.time)
        series.levels.append(observation.volatilityAnnual)
      }
      if !series.times.isEmpty { add(series, to: FactorName(.volatility, currency)) }
    }
  }

  // MARK: - The grid

  /// The history and the stand-ins that apply to it; nil without any level.
  func history(
    report: inout ImportReport
  ) -> (history: FactorHistory, proxies: [FactorProxy])? {
    let times = gridTimes
    guard !times.isEmpty else { return nil }
    var filled: [(factor: FactorName, levels: [Double?])] = []
    for column in columns {
      let found = times.map { time in
        column.series.lazy.compactMap { $0.level(at: time) }.first
      }
      report.columns.append(Self.reportColumn(column.factor, found, times))
      filled.append((column.factor, found.map { $0?.level }))
    }
    var proxies: [FactorProxy] = []
    for proxy in plan.proxies {
      let levels = filled.first { $0.factor == proxy.factor }?.levels
      guard let stand = filled.first(where: { $0.factor == proxy.proxy })?.levels,
        zip(stand, levels ?? stand.map { _ in nil }).contains(where: { $0 != nil && $1 == nil })
      else { continue }
      proxies.append(proxy)
      report.proxies.append("\(proxy.factor) by \(proxy.proxy) where it is missing")
      if levels == nil {
        filled.append((proxy.factor, times.map { _ in nil }))
        report.columns.append(
          Self.reportColumn(proxy.factor, times.map { _ in nil }, times))
      }
    }
    filled.sort { precedesByBytes($0.factor.description, $1.factor.description) }
    proxies.sort { precedesByBytes($0.factor.description, $1.factor.description) }
    let history = FactorHistory(
      times: times, factors: filled.map(\.factor), levels: filled.map(\.levels))
    return (history, proxies)
  }

  /// The end of the grid minus whole days, from the first time at which a level is known.
  private var gridTimes: [UTCTime] {
    let end = gridEnd
    let earliest = columns.flatMap(\.series).compactMap(\.times.first).min()
    guard let earliest, earliest <= end else { return [] }
    let allDays = Int(earliest.days(to: end).rounded(.down))
    let days = min(allDays, plan.historyDaysMax ?? allDays)
    return (0...max(0, days)).map { end.adding(days: Double($0 - days)) }
  }

  /// The last instant of the grid's hour that is not after the valuation time.
  private var gridEnd: UTCTime {
    guard let hour = plan.historyHour else { return plan.valuationTime }
    let start = UTCTime(microseconds: 0).adding(days: Double(hour) / 24)
    return start.adding(days: start.days(to: plan.valuationTime).rounded(.down))
  }

  private static func reportColumn(
    _ factor: FactorName, _ found: [(level: Double, ageDays: Double)?], _ times: [UTCTime]
  ) -> ImportReport.Column {
    let known = found.indices.filter { found[$0] != nil }
    let ages = found.compactMap { $0?.ageDays }
    var column = ImportReport.Column(
      factor: factor.description, levelCount: known.count, missingCount: 0, span: nil,
      ageHoursMean: 0, ageHoursMax: 0)
    guard let first = known.first, let last = known.last else { return column }
    column.span = times[first]...times[last]
    column.missingCount = times.count - first - known.count
    column.ageHoursMean = ages.reduce(0, +) / Double(ages.count) * 24
    column.ageHoursMax = (ages.max() ?? 0) * 24
    return column
  }
}
