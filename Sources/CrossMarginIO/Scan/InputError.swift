// Why a file could not be read to its end. Faults of single fields are `FieldIssue`s; these errors
// end the reading of their file.

/// A file that cannot be read, or whose text is not a table.
public enum InputError: Error, Equatable, Sendable, CustomStringConvertible {
  /// There is no file of this name.
  case notFound(file: String)
  /// The name belongs to a directory, a pipe or a device.
  case notAFile(file: String)
  /// The system refused to open or read the file; `reason` is its own text.
  case unreadable(file: String, reason: String)
  /// The file was changed while it was being read.
  case changedWhileRead(file: String)
  /// The compressed file ends before its data does.
  case gzipTruncated(file: String)
  /// The compressed file is damaged, is no gzip file, or is followed by other bytes.
  case gzipCorrupt(file: String, reason: String)
  /// The file, decompressed if need be, is larger than may be held in memory.
  case tooLarge(file: String, bytesMax: Int)
  /// The text is not a table; `line` counts from 1.
  case malformed(file: String, line: Int, problem: TableProblem)

  /// The error as an issue, so that one list can show all that is wrong with a book.
  public var issue: FieldIssue {
    switch self {
    case .notFound(let file): return InputError.issue(file, "no such file", "a file")
    case .notAFile(let file):
      return InputError.issue(file, "a directory, pipe or device", "a plain file")
    case .unreadable(let file, let reason):
      return InputError.issue(file, "a file that cannot be read (\(reason))", "a readable file")
    case .changedWhileRead(let file):
      return InputError.issue(file, "a file that changed while it was read", "a file at rest")
    case .gzipTruncated(let file):
      return InputError.issue(file, "the end in the middle of the data", "a whole gzip file")
    case .gzipCorrupt(let file, let reason):
      return InputError.issue(file, "damaged data (\(reason))", "a whole gzip file")
    case .tooLarge(let file, let bytesMax):
      return InputError.issue(file, "more data than that", "at most \(bytesMax) bytes")
    case .malformed(let file, let line, let problem):
      return FieldIssue(
        file: file, line: line, field: nil, found: problem.found, expected: problem.expected)
    }
  }

  /// The error as one line of text.
  public var description: String { issue.description }

  private static func issue(_ file: String, _ found: String, _ expected: String) -> FieldIssue {
    FieldIssue(file: file, line: nil, field: nil, found: found, expected: expected)
  }
}

/// What keeps a text from being a table.
public enum TableProblem: Equatable, Sendable {
  /// The file holds no header.
  case noHeader
  /// A column of the header has no name; columns count from 1.
  case unnamedColumn(number: Int)
  /// Two columns have the same name.
  case duplicateColumn(name: String)
  /// A quoted field is never closed.
  case unclosedQuote
  /// A quote stands inside an unquoted field, or text follows a closing quote.
  case misplacedQuote
  /// A control character other than tab and line ends; a carriage return without a line feed.
  case controlCharacter(code: UInt8)
  /// Bytes that are not UTF-8.
  case invalidUTF8

  var found: String {
    switch self {
    case .noHeader: "an empty file"
    case .unnamedColumn(let number): "column \(number) without a name"
    case .duplicateColumn(let name): "column \"\(FieldIssue.excerpt(name))\" twice"
    case .unclosedQuote: "an opening quote that is never closed"
    case .misplacedQuote: "a quote inside a field"
    case .controlCharacter(let code): "a control character (byte \(code))"
    case .invalidUTF8: "bytes that are not UTF-8"
    }
  }

  var expected: String {
    switch self {
    case .noHeader: "a header with the names of the columns"
    case .unnamedColumn: "a name for every column"
    case .duplicateColumn: "every column once"
    case .unclosedQuote: "a closing quote before the end of the file"
    case .misplacedQuote: "fields with quotes to be quoted whole, their quotes doubled"
    case .controlCharacter: "text whose lines end in LF or CR LF"
    case .invalidUTF8: "UTF-8 text"
    }
  }
}
