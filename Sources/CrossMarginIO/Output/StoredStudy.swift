// A study within the results of a run: its tables and its sections of the report.

import GRDB

/// Tables and sections of a liquidation study, to be stored.
struct StoredStudy {
  /// Tables by the names that they have in results.
  let tables: [(table: StoredTable, content: CSVTable)]
  /// Sections of the page.
  let markup: String

  /// A study of some parts.
  init(_ parts: [any LiquidatePart]) throws {
    tables = try parts.flatMap { try $0.tables() }.map { file, content in
      (table: Self.table(file, content), content: content)
    }
    var page = Markup()
    for part in parts { part.write(into: &page) }
    markup = page.source
  }

  /// What the names of tables of a study begin with.
  static let prefix = "liquidation_"
  /// The key of its sections.
  static let reportPart = "liquidation"

  /// Rows that are stored by one statement.
  private static let batchRowCount = 4_096

  private static func table(_ file: String, _ content: CSVTable) -> StoredTable {
    let stem = file.split(separator: ".")[0]
    let columns = zip(content.columnNames, content.isNumeric).map { name, isNumeric in
      isNumeric ? StoredColumn.optionalReal(name) : .optionalText(name)
    }
    return StoredTable(prefix + stem, [.integer("row")] + columns)
  }

  /// Removes what an earlier attempt stored.
  static func clear(_ connection: Database) throws {
    for table in try tables(of: connection) {
      try connection.execute(sql: "DROP TABLE \(SQLText.identifier(table.name))")
    }
  }

  func insert(_ connection: Database) throws {
    for (table, content) in tables {
      try connection.execute(sql: table.creationSQL)
      var rows = TableRows(table, expectedCount: Self.batchRowCount)
      var position = 0
      try content.forEachRow { fields in
        rows.add(position)
        for (field, isNumeric) in zip(fields, content.isNumeric) {
          switch field {
          case nil: isNumeric ? try rows.add(Double?.none) : rows.add(String?.none)
          case .text(let text): rows.add(text)
          case .number(let number):
            if isNumeric {
              try rows.add(number)
            } else {
              rows.add(String(CSVTable.shortest(number)))
            }
          }
        }
        rows.endRow()
        position += 1
        if position.isMultiple(of: Self.batchRowCount) {
          try rows.insert(connection)
          rows = TableRows(table, expectedCount: Self.batchRowCount)
        }
      }
      try rows.insert(connection)
    }
    var parts = TableRows(ResultExtras.reportPart)
    parts.add(Self.reportPart)
    parts.add(markup)
    parts.endRow()
    try parts.insert(connection)
  }

  /// The tables of studies that a database holds.
  static func tables(of connection: Database) throws -> [StoredTable] {
    let names = try String.fetchAll(
      connection,
      sql: """
        SELECT name FROM sqlite_master
        WHERE type = 'table' AND substr(name, 1, \(prefix.utf8.count)) = ? ORDER BY name
        """, arguments: [prefix])
    return try names.map { name in
      let columns = try Row.fetchAll(
        connection, sql: "SELECT name, type FROM pragma_table_info(?) ORDER BY cid",
        arguments: [name])
      return StoredTable(
        name,
        columns.map { row in
          switch row[1] as String {
          case StoredColumn.Kind.integer.rawValue: .integer(row[0])
          case StoredColumn.Kind.real.rawValue: .optionalReal(row[0])
          default: .optionalText(row[0])
          }
        })
    }
  }
}
