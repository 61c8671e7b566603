// The folder of a book while it is read: finds each file plain or compressed, remembers what was read
// and gathers everything that is wrong or odd.

import CrossMargin
import PortfolioModel

/// State that the readers of one book share.
final class BookInput {
  /// The folder, without a slash at its end.
  let folder: String
  /// Everything that is wrong so far.
  var issues = FieldIssues()
  /// Everything that is odd so far.
  var warnings = WarningLog()
  private(set) var files: [InputFile] = []

  init(folder: String) { self.folder = folder }

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

/// Conditions that are counted by kind, with the first few cases.
struct WarningLog {
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

  /// The warnings, sorted by kind.
  var byKind: [RunWarning] { warnings.sorted { precedesByBytes($0.kind, $1.kind) } }
}
