// `market/history.csv`: past levels of factors, one column for each.

import PortfolioModel

enum HistoryReader {
  static let path = "market/history.csv"
  static let schema = TableSchema(required: ["time"], optional: [], hasFactorColumns: true)
  /// A price or volatility that does not change for so many days is noticed.
  static let equalDaysMin = 7.0

  private struct Column {
    let factor: FactorName
    let position: TableColumn
    let rule: NumberRule
    var levels: [Double?] = []
  }

  /// Reads the history; factors are sorted by the bytes of their names.
  static func read(_ input: BookInput, valuationTime: UTCTime?) -> FactorHistory? {
    var columns: [Column] = []
    var times: [UTCTime] = []
    var isHeaderRead = false
    guard var table = input.open(path, schema, isRequired: true) else { return nil }
    columns = readHeader(&table)
    isHeaderRead = table.issues.isEmpty
    while table.nextRow() {
      let timeColumn = table.column("time")
      let time = table.time(timeColumn)
      if let time, let last = times.last, time <= last {
        table.refuse(timeColumn, expected: "a time after that of the row before, \(last)")
      }
      if let time, let valuationTime, time > valuationTime {
        table.refuse(
          timeColumn, expected: "a time not after the valuation time, \(valuationTime)")
      }
      for position in columns.indices {
        let column = columns[position]
        columns[position].levels.append(table.optionalNumber(column.position, column.rule))
      }
      // A row without a readable time keeps the columns as long as the times.
      times.append(time ?? times.last ?? UTCTime(microseconds: 0))
    }
    let isClean = isHeaderRead && table.issues.isEmpty
    input.close(table)
    guard isClean else { return nil }
    columns.sort { precedesByBytes($0.factor.description, $1.factor.description) }
    for column in columns where column.factor.kind.isLogarithmic {
      noticeEqualLevels(column, times, input)
    }
    return FactorHistory(
      times: times, factors: columns.map(\.factor), levels: columns.map(\.levels))
  }

  private static func readHeader(_ table: inout BookTable) -> [Column] {
    var columns: [Column] = []
    for name in table.header where name != "time" && !name.hasPrefix(TableSchema.userPrefix) {
      guard let factor = FactorText.parse(name) else {
        table.report(
          field: FieldIssue.excerpt(name), found: "an unknown column",
          expected: FactorText.expected)
        continue
      }
      if columns.contains(where: { $0.factor == factor }) {
        table.report(field: name, found: "the same factor twice", expected: "every factor once")
      } else if FactorText.isUSDPrice(factor) {
        table.report(field: name, found: "a factor", expected: FactorText.expectedOtherThanUSD)
      } else {
        let rule = factor.kind.isLogarithmic ? NumberRule.positive : .finite
        columns.append(Column(factor: factor, position: table.column(name), rule: rule))
      }
    }
    return columns
  }

  /// Counts stretches of equal levels, which a source that has stopped looks like.
  private static func noticeEqualLevels(_ column: Column, _ times: [UTCTime], _ input: BookInput) {
    var start: Int?
    for row in 0...times.count {
      let level = row < times.count ? column.levels[row] : nil
      if let first = start, level == nil || level != column.levels[first] {
        let days = times[first].days(to: times[row - 1])
        if days >= equalDaysMin {
          input.warnings.count(
            "equal_price_for_long",
            example: "\(column.factor) from \(times[first]) to \(times[row - 1])")
        }
        start = level == nil ? nil : row
      } else if start == nil, level != nil {
        start = row
      }
    }
  }
}
