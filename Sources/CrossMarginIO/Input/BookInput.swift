// The folder of a book while it is read: finds each file plain or compressed, remembers what was read
// and gathers everything that is wrong or odd.

import CrossMargin
import PortfolioModel
import RiskNumerics

/// State that the readers of one book share.
final class BookInput {
  /// The folder, without a slash at its end.
  let folder: String
  /// Threads that read large files.
  let threadCount: Int
  /// Everything that is wrong so far.
  var issues = FieldIssues()
  /// Everything that is odd so far.
  var warnings = WarningLog()
  private(set) var files: [InputFile] = []

  init(folder: String, threadCount: Int = 1) {
    self.folder = folder
    self.threadCount = threadCount
  }

  /// The text of a file that must exist; nil, with an issue, where it cannot be read.
  func text(of path: String) -> String? {
    do throws(InputError) {
      let source = try ByteSource(path: "\(folder)/\(path)", file: path)
      record(source)
      guard source.count <= YAMLText.byteCountMax else {
        throw .tooLarge(file: path, bytesMax: YAMLText.byteCountMax)
      }
      let text = source.withBytes { bytes in
        let copy = bytes.indices.map { bytes[$0] }
        return String(validating: copy, as: UTF8.self)
      }
      try source.requireUnchanged()
      if text == nil {
        report(path, found: "bytes that are not UTF-8", expected: "UTF-8 text")
      }
      return text
    } catch {
      issues.append(error.issue)
      return nil
    }
  }

  /// Opens the table of a path without ending `.gz`, which may lie there plain or compressed.
  ///
  /// - Returns: nil where the file is absent, which is an issue if it `isRequired`, where it cannot be
  ///   read, or where a required column is missing.
  func open(_ path: String, _ schema: TableSchema, isRequired: Bool) -> BookTable? {
    guard let name = present(path, isRequired: isRequired) else { return nil }
    do throws(InputError) {
      let source = try ByteSource(path: "\(folder)/\(name)", file: name)
      record(source)
      var table = BookTable(try CSVScanner(source), source: source)
      if table.bind(schema) { return table }
      close(table)
      return nil
    } catch {
      issues.append(error.issue)
      return nil
    }
  }

  /// Takes over what was found wrong with a table, and whether its file changed meanwhile.
  func close(_ table: consuming BookTable) {
    issues.append(contentsOf: table.issues)
    do throws(InputError) { try table.source.requireUnchanged() } catch {
      issues.append(error.issue)
    }
  }

  /// Reads every row of a table, if it is there.
  ///
  /// - Returns: whether the file was there and could be read as a table.
  @discardableResult
  func readRows(
    _ path: String, _ schema: TableSchema, isRequired: Bool = true,
    _ body: (inout BookTable) -> Void
  ) -> Bool {
    guard var table = open(path, schema, isRequired: isRequired) else { return false }
    while table.nextRow() { body(&table) }
    let isWhole = table.isWhole
    close(table)
    return isWhole
  }

  /// Reads every row of a large table, if it is there, in parts that several threads take in turn.
  ///
  /// What the parts hold together, and their first issues, do not depend on the number of threads.
  ///
  /// - Parameter read: reads all rows of the table it is given, which is one part.
  /// - Returns: the parts in the order of the file, up to the first that could not be read to its end;
  ///   none where the file is absent, which is an issue, or is no table.
  func readParts<Rows: Sendable>(
    _ path: String, _ schema: TableSchema, _ read: @Sendable (inout BookTable) -> Rows
  ) -> ReadParts<Rows> {
    guard let name = present(path, isRequired: true) else { return ReadParts(file: path) }
    do throws(InputError) {
      let source = try ByteSource(path: "\(folder)/\(name)", file: name)
      var whole = BookTable(try CSVScanner(source), source: source)
      let isBound = whole.bind(schema)
      issues.append(contentsOf: whole.issues)
      guard isBound else { return ReadParts(file: name) }
      let header = whole.header
      let cuts = whole.scanner.parts(byteCount: Self.partByteCount, threadCount: threadCount)
      let hash = Guarded("")
      // The hash is the longest piece of work that cannot be cut, so it is begun first.
      let parts = Parallel.map(count: cuts.count + 1, threadCount: threadCount) { index in
        guard index > 0 else {
          let sha256 = source.sha256()
          hash.withLock { $0 = sha256 }
          return nil as ReadPart<Rows>?
        }
        var table = BookTable(source, header: header, part: cuts[index - 1])
        let rows = read(&table)
        return ReadPart(rows: rows, issues: table.issues, isWhole: table.isWhole)
      }.compactMap(\.self)
      files.append(
        InputFile(
          path: name, sha256: hash.withLock { $0 }, byteCount: source.fileByteCount))
      try source.requireUnchanged()
      let readCount = parts.firstIndex { !$0.isWhole }.map { $0 + 1 } ?? parts.count
      return ReadParts(file: name, parts: Array(parts.prefix(readCount)))
    } catch {
      issues.append(error.issue)
      return ReadParts(file: name)
    }
  }

  /// Bytes of a part of a large table: few enough to spread over many threads, enough for the rows
  /// of thousands of accounts.
  private static let partByteCount = 1 << 20

  /// An issue with a whole file, or a place in it.
  func report(
    _ file: String, line: Int? = nil, field: String? = nil, found: String, expected: String
  ) {
    issues.append(
      FieldIssue(file: file, line: line, field: field, found: found, expected: expected))
  }

  /// The names in a folder of the book, sorted; none where there is no such folder.
  func names(in subfolder: String) -> [String] {
    let path = "\(folder)/\(subfolder)"
    do throws(FileSystemError) {
      return try Folders.isFolder(path) ? try Folders.names(in: path) : []
    } catch {
      report(subfolder, found: "a folder that cannot be listed", expected: "a readable folder")
      return []
    }
  }

  /// Whether something lies at a path of the book.
  func exists(_ path: String) -> Bool {
    // What cannot be looked at is left to the reader, whose error says why.
    do throws(FileSystemError) { return try FileState.at("\(folder)/\(path)") != nil } catch {
      return true
    }
  }

  /// The files that were read, sorted by path.
  var filesByPath: [InputFile] { files.sorted { precedesByBytes($0.path, $1.path) } }

  private func present(_ path: String, isRequired: Bool) -> String? {
    let isPlain = exists(path)
    let isCompressed = exists(path + ".gz")
    if isPlain && isCompressed {
      report(path, found: "both \(path) and \(path).gz", expected: "one of the two")
      return nil
    }
    if isPlain { return path }
    if isCompressed { return path + ".gz" }
    if isRequired { report(path, found: "no such file", expected: "a file, plain or .gz") }
    return nil
  }

  private func record(_ source: ByteSource) {
    files.append(
      InputFile(path: source.file, sha256: source.sha256(), byteCount: source.fileByteCount))
  }
}

/// What was read of a table part by part.
struct ReadParts<Rows: Sendable>: Sendable {
  /// The file's name for messages.
  let file: String
  var parts: [ReadPart<Rows>] = []
}

/// What was read of a part of a table.
struct ReadPart<Rows: Sendable>: Sendable {
  var rows: Rows
  /// What is wrong with its rows.
  var issues: FieldIssues
  /// Whether it was readable as a table to its end.
  var isWhole: Bool
}

/// Conditions that are counted by kind, with the first few cases.
struct WarningLog: Sendable {
  /// How many cases are kept by name.
  static let exampleCountMax = 5
  private var warnings: [RunWarning] = []

  /// Counts one case.
  mutating func count(_ kind: String, example: String) {
    if let position = warnings.firstIndex(where: { $0.kind == kind }) {
      warnings[position].count += 1
      if warnings[position].examples.count < Self.exampleCountMax {
        warnings[position].examples.append(example)
      }
    } else {
      warnings.append(RunWarning(kind: kind, count: 1, examples: [example]))
    }
  }

  /// Takes over what was counted elsewhere after this.
  mutating func append(contentsOf other: WarningLog) {
    for warning in other.warnings {
      guard let position = warnings.firstIndex(where: { $0.kind == warning.kind }) else {
        warnings.append(warning)
        continue
      }
      warnings[position].count += warning.count
      let room = Self.exampleCountMax - warnings[position].examples.count
      warnings[position].examples += warning.examples.prefix(room)
    }
  }

  /// The warnings, sorted by kind.
  var byKind: [RunWarning] { warnings.sorted { precedesByBytes($0.kind, $1.kind) } }
}
