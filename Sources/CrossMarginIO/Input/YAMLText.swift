// YAML text to a mapping. Yams builds the tree; here stand the bounds that keep a hostile text from
// taking more time than its length deserves, and the words for what is not YAML.

import Yams

enum YAMLText {
  /// The largest YAML file, bytes.
  static let byteCountMax = 1 << 20
  /// The most aliases in one file. Together with `byteCountMax` it bounds the work of expanding them.
  static let aliasCountMax = 1_000

  /// The top-level mapping of a text; nil, with issues, where there is none.
  static func parse(_ text: String, file: String) -> (root: YAMLMap?, log: YAMLLog) {
    let log = YAMLLog(file: file)
    let text = text.hasPrefix("\u{feff}") ? String(text.dropFirst()) : text
    guard text.utf8.count <= byteCountMax else {
      log.report(line: nil, found: "\(text.utf8.count) bytes", expected: "at most \(byteCountMax)")
      return (nil, log)
    }
    guard log.acceptsAliases(of: text) else { return (nil, log) }
    do {
      // The encoding is named, since Yams otherwise lets an environment variable choose it.
      guard let node = try Parser(yaml: text, encoding: .utf8).singleRoot() else {
        log.report(line: nil, found: "an empty file", expected: "a mapping of names to values")
        return (nil, log)
      }
      return (YAMLValue(node: node, path: "", line: 1, log: log).map(), log)
    } catch {
      log.report(error)
      return (nil, log)
    }
  }
}

/// The issues of one YAML file.
final class YAMLLog {
  let file: String
  private(set) var issues = FieldIssues()

  init(file: String) { self.file = file }

  func report(_ issue: FieldIssue) { issues.append(issue) }

  func report(line: Int?, key: String? = nil, found: String, expected: String) {
    report(FieldIssue(file: file, line: line, field: key, found: found, expected: expected))
  }

  /// An error of the YAML parser.
  fileprivate func report(_ error: any Error) {
    var line: Int?
    var problem = "unreadable text"
    switch error as? YamlError {
    case .scanner(_, let text, let mark, _), .parser(_, let text, let mark, _),
      .composer(_, let text, let mark, _):
      (line, problem) = (mark.line, text)
    case .reader(let text, let offset, _, let yaml):
      let newLine = UInt8(ascii: "\n")
      line = offset.map { yaml.utf8.prefix($0).count { $0 == newLine } + 1 }
      problem = text
    case .duplicatedKeysInMapping(let keys, let context):
      let key = keys.first.map(FieldIssue.excerpt)
      return report(
        line: context.mark.line, key: key, found: "the same key twice", expected: "every key once")
    default: break
    }
    report(line: line, found: "text that is not YAML (\(problem))", expected: "YAML")
  }

  /// Whether the aliases of a text are few and stand for single values.
  ///
  /// An alias of a list or mapping could stand for another that holds it many times over, and so on:
  /// a text of a kilobyte that takes years to read. The text alone is looked at, so quoted words that
  /// look like an anchor and its alias are refused as well.
  fileprivate func acceptsAliases(of text: String) -> Bool {
    var scan = AliasScan()
    scan.read(Array(text.utf8))
    if let alias = scan.aliases.first(where: { scan.collectionAnchors.contains($0.name) }) {
      report(
        line: alias.line,
        found: "an alias (*\(FieldIssue.excerpt(alias.name))) of a list or mapping",
        expected: "the values written out")
      return false
    }
    if scan.aliases.count > YAMLText.aliasCountMax {
      report(
        line: nil, found: "\(scan.aliases.count) aliases",
        expected: "at most \(YAMLText.aliasCountMax)")
      return false
    }
    return true
  }
}

/// What looks like an anchor (`&name`) or an alias (`*name`) in a YAML text.
private struct AliasScan {
  var aliases: [(name: String, line: Int)] = []
  var collectionAnchors: Set<String> = []

  mutating func read(_ bytes: [UInt8]) {
    var line = 1
    for index in bytes.indices {
      switch bytes[index] {
      case UInt8(ascii: "\n"): line += 1
      case UInt8(ascii: "*"):
        let end = Self.nameEnd(bytes, from: index + 1)
        if end > index + 1 {
          aliases.append((String(decoding: bytes[(index + 1)..<end], as: UTF8.self), line))
        }
      case UInt8(ascii: "&"):
        let end = Self.nameEnd(bytes, from: index + 1)
        if end > index + 1, !Self.beginsScalar(bytes, after: end) {
          collectionAnchors.insert(String(decoding: bytes[(index + 1)..<end], as: UTF8.self))
        }
      default: break
      }
    }
  }

  private static func nameEnd(_ bytes: [UInt8], from start: Int) -> Int {
    var end = start
    while end < bytes.count, isNameByte(bytes[end]) { end += 1 }
    return end
  }

  /// Whether a quoted or plain value begins on the line of its anchor.
  private static func beginsScalar(_ bytes: [UInt8], after end: Int) -> Bool {
    var index = end
    while index < bytes.count, bytes[index] == UInt8(ascii: " ") { index += 1 }
    guard index > end, index < bytes.count else { return false }
    switch bytes[index] {
    case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "."): return true
    case UInt8(ascii: "-"):
      return index + 1 < bytes.count && isDigit(bytes[index + 1])
    default: return isNameByte(bytes[index])
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    let lower = byte | 0x20
    return isDigit(byte) || (lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z"))
      || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
  }
}
