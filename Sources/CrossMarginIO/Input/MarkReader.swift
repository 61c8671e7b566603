// `market/marks.csv` and `market/state.csv`.

import PortfolioModel

enum MarkReader {
  static let markPath = "market/marks.csv"
  static let statePath = "market/state.csv"

  static let markSchema = TableSchema(
    required: ["instrument", "mark"],
    optional: [
      "bid", "ask", "iv", "open_interest", "funding_rate", "twap", "confidence", "time"
    ])
  static let stateSchema = TableSchema(required: ["subject", "key", "value"], optional: [])

  /// Marks, sorted by instrument.
  static func readMarks(
    _ input: BookInput, _ instruments: InstrumentList, valuationTime: UTCTime?
  ) -> [Mark] {
    var rows = KeyedRows<Mark>()
    var file = markPath
    input.readRows(markPath, markSchema, isRequired: false) { table in
      file = table.file
      let index = instruments.index(&table, table.column("instrument"))
      let isOption = index.map { instruments.kinds[$0.position] == .option } ?? true
      guard let mark = readRow(&table, index, isOption: isOption) else { return }
      if let time = mark.time, let valuationTime, time > valuationTime {
        let name = instruments.instruments[mark.instrument.position].name
        input.warnings.count("price_after_valuation_time", example: name)
      }
      rows.append(mark, line: table.line)
    }
    return rows.sorted(file: file, key: "instrument", issues: &input.issues) {
      $0.instrument < $1.instrument
    }
  }

  /// An option may be worth nothing; nothing else may.
  private static func readRow(
    _ table: inout BookTable, _ instrument: InstrumentIndex?, isOption: Bool
  ) -> Mark? {
    let price = table.number(table.column("mark"), isOption ? .notNegative : .positive)
    var mark = Mark(instrument: instrument ?? InstrumentIndex(0), price: price ?? 0)
    mark.bid = table.optionalNumber(table.column("bid"), .notNegative)
    mark.ask = table.optionalNumber(table.column("ask"), .notNegative)
    let volatility = table.column("iv")
    mark.impliedVolatilityAnnual = table.optionalNumber(volatility, .notNegative)
    mark.openInterest = table.optionalNumber(table.column("open_interest"), .notNegative)
    mark.fundingRate = table.optionalNumber(table.column("funding_rate"), .finite)
    mark.timeWeightedAveragePrice = table.optionalNumber(table.column("twap"), .notNegative)
    mark.confidence = table.optionalNumber(table.column("confidence"), .fraction)
    mark.time = table.optionalTime(table.column("time"))
    if !isOption && !table.isEmpty(volatility) {
      table.refuse(volatility, expected: "nothing, since the instrument is not an option")
    }
    return instrument != nil && table.isRowClean ? mark : nil
  }

  /// State of the venue, sorted by subject and key.
  static func readState(_ input: BookInput) -> [StateValue] {
    var rows = KeyedRows<StateValue>()
    var file = statePath
    input.readRows(statePath, stateSchema, isRequired: false) { table in
      file = table.file
      let subject = table.name(table.column("subject"))
      let key = table.name(table.column("key"))
      let value = table.number(table.column("value"), .finite)
      guard let subject, let key, let value else { return }
      rows.append(StateValue(subject: subject, key: key, value: value), line: table.line)
    }
    return rows.sorted(file: file, key: "subject, key", issues: &input.issues) { left, right in
      left.subject == right.subject
        ? precedesByBytes(left.key, right.key) : precedesByBytes(left.subject, right.subject)
    }
  }
}
