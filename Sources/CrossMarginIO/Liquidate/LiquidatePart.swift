// What a liquidation study is made of: parts that each bring tables and a section of the page.

/// One part of a liquidation study.
protocol LiquidatePart {
  /// Its tables, by the names of their files, which end in `.csv`.
  func tables() throws(NonFiniteField) -> [(name: String, table: CSVTable)]

  /// Writes its section of the page.
  func write(into page: inout Markup)
}
