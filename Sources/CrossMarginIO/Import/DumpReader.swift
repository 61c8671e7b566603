// Reading of one dump: columns by name, fields as numbers and times in the forms that dumps use,
// faults collected with file, line and field.

import PortfolioModel

/// How a dump writes times.
enum DumpTime {
  /// `2026-02-06T09:35:16.484631+00:00`.
  case iso
  /// `2026-07-05 04:31:54`, meant in UTC.
  case spacedUTC
  /// `2026-07-05`, meant as an hour of that day in UTC.
  case date(hour: Int)
  /// Milliseconds since 1970-01-01T00:00Z.
  case milliseconds

  var expected: String {
    switch self {
    case .iso: TimeText.expected
    case .spacedUTC: "a time such as 2026-07-05 04:31:54"
    case .date: "a date such as 2026-07-05"
    case .milliseconds: "milliseconds since 1970"
    }
  }
}

/// A dump while it is read.
///
/// A column that was not asked for must still be known to the shape: a dump with other columns is
/// one of another shape, whose numbers may mean other things.
struct DumpReader: ~Copyable {
  private var table: CSVScanner
  private var issues = FieldIssues()
  private let columns: [Int]
  private let usedNames: [String]

  /// Opens a dump.
  ///
  /// - Parameters:
  ///   - used: columns that are read; the file must have them.
  ///   - known: columns that the shape has too.
  init(path: String, used: [String], known: [String] = []) throws(ImportError) {
    let opened = try Self.open(path)
    let indices = opened.columns(
      required: used, optional: known, ignoredPrefix: "x_", issues: &issues)
    if !issues.isEmpty { throw .malformed(issues) }
    columns = indices.map { $0 ?? -1 }
    usedNames = used
    table = opened
  }

  /// Goes to the next row; false at the end of the file.
  mutating func next() throws(ImportError) -> Bool {
    do { return try table.next(&issues) } catch { throw .malformed(FieldIssues(error)) }
  }

  /// Throws when anything was wrong with the file.
  func finish() throws(ImportError) {
    if !issues.isEmpty { throw .malformed(issues) }
  }

  /// The text of a field.
  func text(_ name: String) -> String { table.text(at: index(name)) }

  /// One of some words.
  mutating func word<Value>(_ name: String, _ words: KeyValuePairs<String, Value>) -> Value? {
    let found = text(name)
    if let match = words.first(where: { $0.key == found }) { return match.value }
    report(name, expected: words.map(\.key).joined(separator: " or "))
    return nil
  }

  /// A finite number.
  mutating func number(_ name: String) -> Double? {
    if let value = table.double(at: index(name)) { return value }
    report(name, expected: DecimalText.doubleExpected)
    return nil
  }

  /// A number above zero.
  mutating func positiveNumber(_ name: String) -> Double? {
    if let value = table.double(at: index(name)), value > 0 { return value }
    report(name, expected: "a positive number")
    return nil
  }

  /// A finite number, or nil where the field is empty.
  mutating func optionalNumber(_ name: String) -> Double? {
    table.isEmpty(at: index(name)) ? nil : number(name)
  }

  /// A time.
  mutating func time(_ name: String, _ form: DumpTime) -> UTCTime? {
    let column = index(name)
    let microseconds: Int64? =
      switch form {
      case .iso: table.time(at: column)
      case .spacedUTC: Self.spacedTime(table.text(at: column))
      case .date(let hour): Self.date(table.text(at: column), hour: hour)
      case .milliseconds:
        table.integer(at: column).flatMap { milliseconds in
          let (product, overflows) = milliseconds.multipliedReportingOverflow(by: 1_000)
          return overflows || !TimeText.microsecondsRange.contains(product) ? nil : product
        }
      }
    if let microseconds { return UTCTime(microseconds: microseconds) }
    report(name, expected: form.expected)
    return nil
  }

  /// Notes that a field does not hold what the shape says.
  mutating func report(_ name: String, expected: String) {
    issues.append(table.issue(at: index(name), expected: expected))
  }

  private static func open(_ path: String) throws(ImportError) -> CSVScanner {
    do { return try CSVScanner(ByteSource(path: path, file: path)) } catch {
      throw .malformed(FieldIssues(error))
    }
  }

  private func index(_ name: String) -> Int {
    guard let position = usedNames.firstIndex(of: name) else {
      preconditionFailure("column \(name) is not among those used")
    }
    return columns[position]
  }

  private static func spacedTime(_ text: String) -> Int64? {
    let parts = text.split(separator: " ", omittingEmptySubsequences: false)
    return parts.count == 2 ? TimeText.microseconds(parts[0] + "T" + parts[1] + "Z") : nil
  }

  private static func date(_ text: String, hour: Int) -> Int64? {
    TimeText.microseconds(text + (hour < 10 ? "T0" : "T") + "\(hour):00Z")
  }
}
