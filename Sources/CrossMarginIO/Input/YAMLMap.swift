// Typed access to a YAML mapping: every key is asked for by name, and what was not asked for is an
// issue. Values of the wrong type are reported with file, line and key, and read as missing.

import PortfolioModel
import Yams

/// A mapping of a YAML file.
final class YAMLMap {
  /// The entries in the order of the file, keys unique.
  let entries: [(key: String, value: YAMLValue)]
  /// The keys that lead here, joined by points; empty at the top.
  let path: String
  /// The line of the mapping, from 1.
  let line: Int
  let log: YAMLLog
  private var askedFor: Set<String> = []

  init(entries: [(key: String, value: YAMLValue)], path: String, line: Int, log: YAMLLog) {
    self.entries = entries
    self.path = path
    self.line = line
    self.log = log
  }

  /// The value of a key, if it is there.
  func optional(_ key: String) -> YAMLValue? {
    askedFor.insert(key)
    return entries.first { $0.key == key }?.value
  }

  /// The value of a key; missing is an issue.
  func required(_ key: String) -> YAMLValue? {
    if let value = optional(key) { return value }
    log.report(line: line, key: child(key), found: "no such key", expected: "a value")
    return nil
  }

  /// The number of a key; nil where it is missing, or wrong and reported.
  func number(_ key: String, _ rule: NumberRule) -> Double? { optional(key)?.number(rule) }

  /// The whole number of a key; nil where it is missing, or wrong and reported.
  func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
    optional(key)?.integer(in: range)
  }

  /// The truth of a key; nil where it is missing, or wrong and reported.
  func flag(_ key: String) -> Bool? { optional(key)?.flag() }

  /// The mapping of a key; nil where it is missing, or wrong and reported.
  func map(_ key: String) -> YAMLMap? { optional(key)?.map() }

  /// Reports the keys that were never asked for.
  func refuseOtherKeys() {
    let known = askedFor.sorted().joined(separator: ", ")
    for entry in entries where !askedFor.contains(entry.key) {
      log.report(
        line: entry.value.line, key: child(entry.key), found: "an unknown key",
        expected: "one of \(known)")
    }
  }

  /// Every entry, where the keys are names that the file chooses.
  func allEntries() -> [(key: String, value: YAMLValue)] {
    for entry in entries { askedFor.insert(entry.key) }
    return entries
  }

  private func child(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
}

/// A value of a YAML file and where it stands.
struct YAMLValue {
  let node: Node
  /// The keys that lead here, joined by points.
  let path: String
  /// The line of the key, or of the element of a list.
  let line: Int
  let log: YAMLLog

  /// Reports that the value is not as expected.
  func report(expected: String) {
    switch node {
    case .mapping: log.report(line: line, key: path, found: "a mapping", expected: expected)
    case .sequence: log.report(line: line, key: path, found: "a list", expected: expected)
    case .alias: log.report(line: line, key: path, found: "an alias", expected: expected)
    case .scalar(let scalar):
      log.report(
        FieldIssue(
          file: log.file, line: line, field: path.isEmpty ? nil : path, text: scalar.string,
          expected: expected))
    }
  }

  /// The text of a value without quotes; nil, without an issue, for everything else.
  var plainText: String? {
    if case .scalar(let scalar) = node, scalar.style == .plain { return scalar.string }
    return nil
  }

  /// A text, quoted or not, that is not empty.
  func text(expected: String = "a text") -> String? {
    if case .scalar(let scalar) = node {
      let isNull = scalar.style == .plain && ["~", "null", "Null", "NULL"].contains(scalar.string)
      if !scalar.string.isEmpty && !isNull { return scalar.string }
    }
    report(expected: expected)
    return nil
  }

  /// A number without quotes.
  func number(_ rule: NumberRule) -> Double? {
    if let text = plainText, let value = DecimalText.double(Array(text.utf8).span),
      rule.accepts(value)
    {
      return value
    }
    report(expected: rule.expected)
    return nil
  }

  /// A whole number without quotes.
  func integer(in range: ClosedRange<Int>) -> Int? {
    if let text = plainText, let value = DecimalText.integer(Array(text.utf8).span),
      let number = Int(exactly: value), range.contains(number)
    {
      return number
    }
    report(expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
    return nil
  }

  /// `true` or `false`.
  func flag() -> Bool? {
    switch plainText {
    case "true": return true
    case "false": return false
    default:
      report(expected: "true or false")
      return nil
    }
  }

  /// One of a few words.
  func choice<Choice>(_ choices: [(word: String, meaning: Choice)]) -> Choice? {
    if case .scalar(let scalar) = node,
      let choice = choices.first(where: { $0.word == scalar.string })
    {
      return choice.meaning
    }
    report(expected: choices.map(\.word).joined(separator: " or "))
    return nil
  }

  /// One of the words of a type.
  func choice<Choice: CaseIterable & RawRepresentable<String>>(_ type: Choice.Type) -> Choice? {
    choice(Choice.allCases.map { ($0.rawValue, $0) })
  }

  /// A time with zone.
  func time() -> UTCTime? {
    if case .scalar(let scalar) = node, let value = TimeText.microseconds(scalar.string) {
      return UTCTime(microseconds: value)
    }
    report(expected: TimeText.expected)
    return nil
  }

  /// A factor name.
  func factor() -> FactorName? {
    if case .scalar(let scalar) = node, let factor = FactorText.parse(scalar.string) {
      return factor
    }
    report(expected: FactorText.expected)
    return nil
  }

  /// The elements of a list.
  func list(expected: String = "a list") -> [YAMLValue]? {
    guard case .sequence(let sequence) = node else {
      report(expected: expected)
      return nil
    }
    return sequence.map { element in
      YAMLValue(node: element, path: path, line: element.mark?.line ?? line, log: log)
    }
  }

  /// A list of texts.
  func texts(expected: String) -> [String]? {
    list(expected: "a list: " + expected)?.compactMap { $0.text(expected: expected) }
  }

  /// A mapping whose keys are names, each once.
  func map() -> YAMLMap? {
    guard case .mapping(let mapping) = node else {
      report(expected: "a mapping of names to values")
      return nil
    }
    var entries: [(key: String, value: YAMLValue)] = []
    var seen: Set<String> = []
    for pair in mapping {
      let keyLine = pair.key.mark?.line ?? line
      guard case .scalar(let scalar) = pair.key else {
        log.report(line: keyLine, found: "a list or mapping as a key", expected: "names as keys")
        continue
      }
      let childPath = path.isEmpty ? scalar.string : "\(path).\(scalar.string)"
      guard seen.insert(scalar.string).inserted else {
        log.report(
          line: keyLine, key: childPath, found: "the same key twice", expected: "every key once")
        continue
      }
      let value = YAMLValue(node: pair.value, path: childPath, line: keyLine, log: log)
      entries.append((scalar.string, value))
    }
    let start = mapping.mark?.line ?? line
    return YAMLMap(entries: entries, path: path, line: path.isEmpty ? start : line, log: log)
  }
}
