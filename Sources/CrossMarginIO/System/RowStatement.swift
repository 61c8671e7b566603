// A prepared statement whose arguments are bound one by one, without a value of their own for each:
// results are some ten million fields a night.

import GRDB
import GRDBSQLite

/// A statement that is executed many times with other arguments. Arguments stay bound until they are
/// bound again; their places count from 1.
struct RowStatement {
  private let statement: Statement
  private let database: Database

  /// Prepares a statement, or takes it from the statements of the connection.
  init(_ sql: String, _ database: Database) throws {
    statement = try database.cachedStatement(sql: sql)
    self.database = database
  }

  /// Binds a number.
  func bind(_ number: Double, at place: Int) {
    unsafe sqlite3_bind_double(statement.sqliteStatement, Int32(place), number)
  }

  /// Binds a whole number.
  func bind(_ number: Int64, at place: Int) {
    unsafe sqlite3_bind_int64(statement.sqliteStatement, Int32(place), number)
  }

  /// Binds a text, which is copied.
  func bind(_ text: String, at place: Int) {
    let copied = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    unsafe sqlite3_bind_text(
      statement.sqliteStatement, Int32(place), text, Int32(text.utf8.count), copied)
  }

  /// Binds nothing.
  func bindNull(at place: Int) {
    unsafe sqlite3_bind_null(statement.sqliteStatement, Int32(place))
  }

  /// Executes the statement, which returns no rows.
  /// - Throws: `DatabaseError`.
  func execute() throws {
    let code = unsafe sqlite3_step(statement.sqliteStatement)
    unsafe sqlite3_reset(statement.sqliteStatement)
    guard code == SQLITE_DONE else {
      throw DatabaseError(
        resultCode: ResultCode(rawValue: code), message: database.lastErrorMessage)
    }
  }
}
