// The rows of a batch as a table that SQLite can select from: `INSERT … SELECT` takes in many rows for
// the price that a prepared insertion asks for a few.

import GRDB
import GRDBSQLite

/// A table-valued function of SQLite (sqlite.org/vtab.html) whose argument is a batch and whose rows
/// are the batch's.
enum RowSource {
  /// The name of the function, and the type of its argument.
  fileprivate static let name: StaticString = "row_batch"
  /// The number of columns of its table; a batch may have fewer.
  fileprivate static let columnCount: Int32 = 32

  /// The SQL that selects the fields of all rows of the batch that is its first argument.
  static func selectionSQL(columnCount: Int) -> String {
    precondition(columnCount <= Int(Self.columnCount), "there are not so many columns")
    return "SELECT \(columns(columnCount)) FROM \(name)(?1)"
  }

  /// Makes the function known to a connection.
  /// - Throws: `DatabaseError`.
  static func register(_ database: Database) throws {
    let code = unsafe sqlite3_create_module_v2(
      database.sqliteConnection, "\(name)", RowSourceModule.shared.pointer, nil, nil)
    guard code == SQLITE_OK else { throw failure(code, database) }
  }

  /// Executes a statement that inserts what `selectionSQL` selects: all rows or, when this throws,
  /// none.
  ///
  /// Precondition: all rows have all their fields.
  /// - Throws: `DatabaseError`.
  static func insert(_ batch: RowBatch, by sql: String, _ database: Database) throws {
    precondition(batch.isWhole, "rows have all their fields")
    let statement = try database.cachedStatement(sql: sql)
    let failure = unsafe withRows(of: batch) { rows -> DatabaseError? in
      var code = unsafe sqlite3_bind_pointer(statement.sqliteStatement, 1, rows, cName, nil)
      if code == SQLITE_OK { code = unsafe sqlite3_step(statement.sqliteStatement) }
      // The connection forgets its message with the next call that succeeds.
      let failure = code == SQLITE_DONE ? nil : Self.failure(code, database)
      unsafe sqlite3_reset(statement.sqliteStatement)
      unsafe sqlite3_bind_null(statement.sqliteStatement, 1)
      return failure
    }
    if let failure { throw failure }
    precondition(database.changesCount == batch.rowCount, "all rows were inserted")
  }

  fileprivate static var declarationSQL: String {
    "CREATE TABLE t (\(columns(Int(columnCount))), batch HIDDEN)"
  }

  fileprivate static var cName: UnsafePointer<CChar> {
    unsafe UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
  }

  private static func columns(_ count: Int) -> String {
    (0..<count).map { "c\($0)" }.joined(separator: ", ")
  }

  private static func failure(_ code: Int32, _ database: Database) -> DatabaseError {
    DatabaseError(resultCode: ResultCode(rawValue: code), message: database.lastErrorMessage)
  }

  @unsafe private static func withRows<Result>(
    of batch: RowBatch, _ body: (UnsafeMutablePointer<BatchRows>) -> Result
  ) -> Result {
    unsafe batch.words.withUnsafeBufferPointer { words in
      unsafe batch.kinds.withUnsafeBufferPointer { kinds in
        unsafe batch.textBytes.withUnsafeBufferPointer { bytes in
          unsafe batch.textStarts.withUnsafeBufferPointer { starts in
            var rows = unsafe BatchRows(
              rowCount: batch.rowCount, words: words, kinds: kinds, textBytes: bytes,
              textStarts: starts)
            return unsafe withUnsafeMutablePointer(to: &rows) { unsafe body($0) }
          }
        }
      }
    }
  }
}

/// A batch as SQLite's callbacks see it while a statement is executed.
@safe private struct BatchRows {
  let rowCount: Int
  private let words: UnsafeBufferPointer<UInt64>
  private let kinds: UnsafeBufferPointer<RowBatch.FieldKind>
  private let textBytes: UnsafeBufferPointer<UInt8>
  private let textStarts: UnsafeBufferPointer<Int>

  @unsafe init(
    rowCount: Int, words: UnsafeBufferPointer<UInt64>,
    kinds: UnsafeBufferPointer<RowBatch.FieldKind>, textBytes: UnsafeBufferPointer<UInt8>,
    textStarts: UnsafeBufferPointer<Int>
  ) {
    self.rowCount = rowCount
    unsafe self.words = words
    unsafe self.kinds = kinds
    unsafe self.textBytes = textBytes
    unsafe self.textStarts = textStarts
  }

  /// Hands a field to SQLite.
  func hand(row: Int, column: Int, to context: OpaquePointer?) {
    guard unsafe column < kinds.count else { return unsafe sqlite3_result_null(context) }
    let word = unsafe words[row * kinds.count + column]
    switch unsafe kinds[column] {
    case .integer where word != RowBatch.noInteger:
      unsafe sqlite3_result_int64(context, Int64(bitPattern: word))
    case .real where word != RowBatch.nothing:
      unsafe sqlite3_result_double(context, Double(bitPattern: word))
    case .text where word != RowBatch.nothing:
      let start = unsafe textStarts[Int(word)]
      let count = unsafe textStarts[Int(word) + 1] - start
      // A text without bytes needs a place too, or it would be taken for nothing.
      let text = unsafe textBytes.baseAddress.map { unsafe UnsafeRawPointer($0 + start) }
      let place = unsafe text?.assumingMemoryBound(to: CChar.self) ?? RowSource.cName
      // The bytes outlive the statement, so that SQLite needs no copy of its own.
      unsafe sqlite3_result_text(context, place, Int32(count), nil)
    case .integer, .real, .text: unsafe sqlite3_result_null(context)
    }
  }
}

/// SQLite's part of a cursor, which must come first, and ours.
@safe private struct BatchCursor {
  var base = unsafe sqlite3_vtab_cursor()
  var row = 0
  var rows: UnsafeMutablePointer<BatchRows>?

  @unsafe static func at(
    _ base: UnsafeMutablePointer<sqlite3_vtab_cursor>?
  ) -> UnsafeMutablePointer<Self>? {
    unsafe base.map { unsafe UnsafeMutableRawPointer($0).assumingMemoryBound(to: Self.self) }
  }
}

/// The callbacks, at an address that every connection may keep.
@safe private final class RowSourceModule: @unchecked Sendable {
  static let shared = RowSourceModule()

  let pointer: UnsafeMutablePointer<sqlite3_module>

  private init() {
    var module = sqlite3_module()
    unsafe RowSourceModule.setTable(&module)
    unsafe RowSourceModule.setCursor(&module)
    unsafe pointer = .allocate(capacity: 1)
    unsafe pointer.initialize(to: module)
  }

  @unsafe private static func setTable(_ module: inout sqlite3_module) {
    unsafe module.xConnect = { connection, _, _, _, table, _ in
      let code = unsafe sqlite3_declare_vtab(connection, RowSource.declarationSQL)
      guard code == SQLITE_OK else { return code }
      let made = UnsafeMutablePointer<sqlite3_vtab>.allocate(capacity: 1)
      unsafe made.initialize(to: sqlite3_vtab())
      unsafe table?.pointee = made
      return SQLITE_OK
    }
    unsafe module.xDisconnect = { table in
      unsafe table?.deallocate()
      return SQLITE_OK
    }
    unsafe module.xBestIndex = { _, plan in unsafe RowSourceModule.choose(plan) }
  }

  @unsafe private static func setCursor(_ module: inout sqlite3_module) {
    unsafe module.xOpen = { _, cursor in
      let made = UnsafeMutablePointer<BatchCursor>.allocate(capacity: 1)
      unsafe made.initialize(to: BatchCursor())
      unsafe cursor?.pointee = UnsafeMutableRawPointer(made)
        .assumingMemoryBound(to: sqlite3_vtab_cursor.self)
      return SQLITE_OK
    }
    unsafe module.xClose = { cursor in
      unsafe BatchCursor.at(cursor)?.deallocate()
      return SQLITE_OK
    }
    unsafe module.xFilter = { cursor, _, _, argumentCount, arguments in
      guard let cursor = unsafe BatchCursor.at(cursor), argumentCount == 1,
        let batch = unsafe sqlite3_value_pointer(arguments?[0], RowSource.cName)
      else { return SQLITE_MISUSE }
      unsafe cursor.pointee.row = 0
      unsafe cursor.pointee.rows = batch.assumingMemoryBound(to: BatchRows.self)
      return SQLITE_OK
    }
    unsafe module.xNext = { cursor in
      unsafe BatchCursor.at(cursor)?.pointee.row += 1
      return SQLITE_OK
    }
    unsafe module.xEof = { cursor in
      guard let cursor = unsafe BatchCursor.at(cursor), let rows = unsafe cursor.pointee.rows
      else { return 1 }
      return unsafe cursor.pointee.row < rows.pointee.rowCount ? 0 : 1
    }
    unsafe module.xColumn = { cursor, context, column in
      guard let cursor = unsafe BatchCursor.at(cursor), let rows = unsafe cursor.pointee.rows
      else { return SQLITE_MISUSE }
      unsafe rows.pointee.hand(row: cursor.pointee.row, column: Int(column), to: context)
      return SQLITE_OK
    }
    unsafe module.xRowid = { cursor, row in
      unsafe row?.pointee = Int64(BatchCursor.at(cursor)?.pointee.row ?? 0)
      return SQLITE_OK
    }
  }

  /// There is one plan: to be given the batch.
  @unsafe private static func choose(_ plan: UnsafeMutablePointer<sqlite3_index_info>?) -> Int32 {
    guard let plan = unsafe plan else { return SQLITE_MISUSE }
    for index in unsafe 0..<Int(plan.pointee.nConstraint) {
      let constraint = unsafe plan.pointee.aConstraint[index]
      guard constraint.iColumn == RowSource.columnCount,
        constraint.op == UInt8(SQLITE_INDEX_CONSTRAINT_EQ), constraint.usable != 0
      else { continue }
      unsafe plan.pointee.aConstraintUsage[index].argvIndex = 1
      unsafe plan.pointee.aConstraintUsage[index].omit = 1
      unsafe plan.pointee.estimatedCost = 1
      return SQLITE_OK
    }
    return SQLITE_CONSTRAINT
  }
}
