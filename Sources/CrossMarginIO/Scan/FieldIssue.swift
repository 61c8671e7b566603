// What is wrong with an input, said so that its author can find the place: one issue is one line of
// text with file, line, column, what stood there and what was expected. `FieldIssues` collects the
// first hundred of them and counts the rest.

/// One fault of an input file.
///
/// Prints as `positions.csv:17: quantity: found "abc", expected a finite number`.
public struct FieldIssue: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file, as its user names it: relative to the folder of the book.
  public let file: String
  /// The line, counted from 1, on which the row begins; nil when the whole file is meant.
  public let line: Int?
  /// The name of the column or key; nil when the whole row or file is meant.
  public let field: String?
  /// What stood there: quoted text of at most `FieldIssue.scalarCountMax` characters, or words.
  public let found: String
  /// What should have stood there, as the end of the sentence "expected …".
  public let expected: String

  /// The longest quoted text, in Unicode scalars; more is cut and marked by an ellipsis.
  public static let scalarCountMax = 60

  /// An issue that quotes the input: the text is cut, and what could disturb a terminal is escaped.
  public init(file: String, line: Int?, field: String?, text: String, expected: String) {
    self.init(
      file: file, line: line, field: field,
      found: text.isEmpty ? "nothing" : "\"" + FieldIssue.excerpt(text) + "\"",
      expected: expected)
  }

  /// An issue that describes the input in words of our own, such as "5 fields".
  public init(file: String, line: Int?, field: String?, found: String, expected: String) {
    self.file = file
    self.line = line
    self.field = field
    self.found = found
    self.expected = expected
  }

  /// The issue as one line of text.
  public var description: String {
    var place = FieldIssue.escaped(file.unicodeScalars)
    if let line { place += ":\(line)" }
    place += ": "
    if let field { place += FieldIssue.excerpt(field) + ": " }
    return place + "found \(found), expected \(expected)"
  }

  /// The first characters of a text, with control and format characters and quotes escaped.
  public static func excerpt(_ text: String) -> String {
    let scalars = text.unicodeScalars
    guard
      let cut = scalars.index(
        scalars.startIndex, offsetBy: scalarCountMax, limitedBy: scalars.endIndex),
      cut < scalars.endIndex
    else { return escaped(scalars) }
    return escaped(scalars[..<cut]) + "…"
  }

  private static func escaped(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var result = String.UnicodeScalarView()
    for scalar in scalars {
      switch scalar {
      case "\n": result.append(contentsOf: "\\n".unicodeScalars)
      case "\r": result.append(contentsOf: "\\r".unicodeScalars)
      case "\t": result.append(contentsOf: "\\t".unicodeScalars)
      case "\"": result.append(contentsOf: "\\\"".unicodeScalars)
      case "\\": result.append(contentsOf: "\\\\".unicodeScalars)
      default:
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse:
          let code = String(scalar.value, radix: 16, uppercase: true)
          result.append(contentsOf: "\\u{\(code)}".unicodeScalars)
        default: result.append(scalar)
        }
      }
    }
    return String(result)
  }
}

/// The first `FieldIssues.keptMax` issues of some files, and how many there were in all.
///
/// Order: by file, in the order in which files first had an issue; within a file by line,
/// whole-file issues first; on one line in the order of arrival. So a check made after the reading
/// does not push its findings behind those of later lines.
public struct FieldIssues: Equatable, Sendable {
  /// How many issues are kept.
  public static let keptMax = 100

  /// The kept issues, in order.
  public private(set) var first: [FieldIssue] = []
  /// The number of issues seen, kept or not.
  public private(set) var totalCount = 0
  private var files: [String] = []

  /// No issues.
  public init() {}

  /// True when no issue was seen.
  public var isEmpty: Bool { totalCount == 0 }

  /// Takes an issue in; when more than `keptMax` are held, the last in order is dropped.
  public mutating func append(_ issue: FieldIssue) {
    totalCount += 1
    if files.last != issue.file, !files.contains(issue.file) { files.append(issue.file) }
    let key = rank(issue)
    if first.count == FieldIssues.keptMax, let last = first.last, key >= rank(last) { return }
    let place = first.lastIndex { rank($0) <= key }.map { $0 + 1 } ?? 0
    first.insert(issue, at: place)
    if first.count > FieldIssues.keptMax { first.removeLast() }
  }

  /// Takes in the issues of another list; files new to this one come after those it knows.
  public mutating func append(contentsOf other: FieldIssues) {
    for issue in other.first { append(issue) }
    totalCount += other.totalCount - other.first.count
  }

  private func rank(_ issue: FieldIssue) -> (Int, Int) {
    (files.firstIndex(of: issue.file) ?? files.count, issue.line ?? 0)
  }
}
