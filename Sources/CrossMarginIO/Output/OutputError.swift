// What can go wrong between a run and its results, by the cases that a user can do something about.
// A result code of SQLite is judged once, here.

import GRDB

/// A failure to write or read results; `path` is the file concerned.
public enum OutputError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The disk or a quota is exhausted.
  case noSpace(path: String)
  /// The file or its file system may not be written.
  case readOnly(path: String)
  /// There is no such file, it is a folder, or its permissions forbid opening it.
  case cannotOpen(path: String)
  /// Another process uses the database.
  case inUse(path: String)
  /// The file is no database, or its contents contradict each other.
  case damaged(path: String, detail: String)
  /// A database of another version of the format.
  case otherVersion(path: String, found: Int, expected: Int)
  /// A database that holds something else: a table is missing or has other columns.
  case notResults(path: String, detail: String)
  /// Results of a run that has not ended.
  case unfinished(path: String)
  /// An unfinished or finished database of other inputs.
  case otherInputs(path: String)
  /// A value that is not a number, or infinite, was to be stored.
  case notFinite(table: String, column: String)
  /// Two accounts would have the same pseudonym.
  case pseudonymCollision(first: String, second: String)
  /// Any other refusal of the database, with the code and the text of SQLite.
  case database(path: String, code: Int, message: String)
  /// The file system refused.
  case fileSystem(FileSystemError)

  /// The error as one line of text.
  public var description: String {
    switch self {
    case .noSpace(let path): "\(path): no space is left on the disk"
    case .readOnly(let path): "\(path): may not be written"
    case .cannotOpen(let path): "\(path): cannot be opened"
    case .inUse(let path): "\(path): another process uses it"
    case .damaged(let path, let detail): "\(path): damaged: \(detail)"
    case .otherVersion(let path, let found, let expected):
      "\(path): results of format \(found), expected format \(expected)"
    case .notResults(let path, let detail): "\(path): holds no results: \(detail)"
    case .unfinished(let path): "\(path): the run has not ended; repeat it to complete the results"
    case .otherInputs(let path): "\(path): belongs to a run with other inputs"
    case .notFinite(let table, let column): "\(table).\(column): not a finite number"
    case .pseudonymCollision(let first, let second):
      "accounts \(first.debugDescription) and \(second.debugDescription) have the same pseudonym; "
        + "choose another key"
    case .database(let path, let code, let message): "\(path): SQLite error \(code): \(message)"
    case .fileSystem(let error): error.description
    }
  }

  /// Judges an error of the database.
  init(_ error: DatabaseError, path: String) {
    let message = error.message ?? ""
    switch error.resultCode {
    case .SQLITE_FULL: self = .noSpace(path: path)
    case .SQLITE_READONLY: self = .readOnly(path: path)
    case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH: self = .cannotOpen(path: path)
    case .SQLITE_BUSY, .SQLITE_LOCKED: self = .inUse(path: path)
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged(path: path, detail: message)
    default:
      self = .database(
        path: path, code: Int(error.extendedResultCode.rawValue), message: message)
    }
  }

  /// Runs calls of the database and carries their errors into this type.
  static func wrap<Result>(
    _ path: String, _ body: () throws -> Result
  ) throws(OutputError) -> Result {
    do { return try body() } catch let error as OutputError {
      throw error
    } catch let error as DatabaseError {
      throw OutputError(error, path: path)
    } catch let error as FileSystemError {
      throw .fileSystem(error)
    } catch {
      throw .database(path: path, code: 0, message: "\(error)")
    }
  }
}
