// Compares what an evaluator computed with what a vector expects, field by field.

import VectorReading

/// How far a number may lie from the expected one: within any of the bounds, which are independent.
struct Tolerance {
  /// Bounds for every field.
  private var absolute = 0.0
  private var relative: Double?
  /// Bounds for the fields of one name, absolute.
  private var byField: [String: Double] = [:]
  /// Bounds for the fields whose name begins with the key, relative.
  private var byPrefix: [String: Double] = [:]
  /// Bounds for the fields whose name ends with the key, absolute.
  private var bySuffix: [String: Double] = [:]
  /// Whether fields named `...Truncated` or `...Trunc3` (to three decimals) are printed without what
  /// follows the last digit.
  private var isTruncated = false

  /// A tolerance as the files write it: one number for both bounds, or an object with `abs`, `rel`,
  /// `exact`, `rel_PREFIX`, `abs_SUFFIX`, names of `fields`, or a `rule` about truncation. Anything else is refused,
  /// since a rule that is not understood cannot be kept.
  init(_ value: JSONValue?, fields: Set<String>) throws {
    if let bound = value?.number {
      (absolute, relative) = (bound, bound)
      return
    }
    guard let members = value?.members else { throw InputError("no tolerance") }
    for (key, value) in members.sorted(by: { $0.key < $1.key }) where key != "note" {
      switch (key, value) {
      case ("exact", .flag(true)): break
      case ("abs", .number(let bound)): absolute = bound
      case ("rel", .number(let bound)), ("rel_exact", .number(let bound)): relative = bound
      case ("rule", .text(let rule)) where rule.contains("truncat"):
        // The rule is about what is printed; whole numbers beside it hold to a rounding error.
        (isTruncated, relative) = (true, 1e-12)
      case (_, .number(let bound)) where key.hasPrefix("rel_"):
        byPrefix[String(key.dropFirst(4))] = bound
      case (_, .number(let bound)) where key.hasPrefix("abs_"):
        bySuffix[String(key.dropFirst(4))] = bound
      case (_, .number(let bound)) where fields.contains(key): byField[key] = bound
      default: throw InputError("the tolerance \(key): \(value.description) is not understood")
      }
    }
  }

  func allows(_ value: Double, expected: Double, field: String) -> Bool {
    if value == expected { return true }
    if isTruncated, let digits = Self.truncatedDigits(field) {
      return Self.isTruncation(of: value, digits: digits, printed: expected)
    }
    let distance = abs(value - expected)
    if let bound = absoluteBound(field) { return distance <= bound }
    // Of several prefixes the longest decides, whatever their order.
    let prefix = byPrefix.keys.filter { field.hasPrefix($0) }.max { $0.count < $1.count }
    let relative = prefix.flatMap { byPrefix[$0] } ?? relative ?? 0
    return distance <= absolute || distance <= relative * abs(expected)
  }

  /// The bound of one field by its name, or by the longest end of it that has one.
  private func absoluteBound(_ field: String) -> Double? {
    if let bound = byField[field] { return bound }
    return bySuffix.keys.filter { field.hasSuffix($0) }.max { $0.count < $1.count }
      .flatMap { bySuffix[$0] }
  }

  /// Decimals that the name of a field says it is cut to.
  private static func truncatedDigits(_ field: String) -> Int? {
    if field.hasSuffix("Truncated") { return 0 }
    guard let match = field.firstMatch(of: /Trunc(\d)$/) else { return nil }
    return Int(match.1)
  }

  /// Whether a number cut toward zero is what was printed; one that lies within 1e-6 of a step may
  /// fall on either side.
  private static func isTruncation(of value: Double, digits: Int, printed: Double) -> Bool {
    let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
    let wanted = (printed * scale).rounded()
    return [-1e-6, 0, 1e-6].contains { (value * scale + $0).rounded(.towardZero) == wanted }
  }

  func text(field: String) -> String {
    if isTruncated, let digits = Self.truncatedDigits(field) {
      return "cut to \(digits) decimals"
    }
    if let bound = absoluteBound(field) { return "abs \(bound)" }
    let prefix = byPrefix.keys.filter { field.hasPrefix($0) }.max { $0.count < $1.count }
    let relative = prefix.flatMap { byPrefix[$0] } ?? relative ?? 0
    return absolute == 0 && relative == 0 ? "exact" : "abs \(absolute), rel \(relative)"
  }
}

/// What differs in one vector; empty where everything agrees.
struct Comparison {
  private(set) var differences: [String] = []

  init(_ vector: Vector, computed: [String: JSONValue]) throws {
    // An answer without names is one value.
    let expected = vector.expected.members ?? ["value": vector.expected]
    if expected.isEmpty || vector.expected == .null { throw InputError("nothing is expected") }
    let tolerance = try Tolerance(vector.tolerance, fields: Set(expected.keys))
    compare(computed, expected, tolerance)
    guard let published = vector.published else { return }
    guard let members = published.members else { throw InputError("published is no object") }
    // The bound of the source stands among its numbers.
    let bounds = members.filter { $0.key == "abs" || $0.key == "rel" }
    let numbers = members.filter { $0.key != "abs" && $0.key != "rel" && $0.key != "note" }
    compare(computed, numbers, try Tolerance(.object(bounds), fields: []), label: "published ")
  }

  private mutating func compare(
    _ computed: [String: JSONValue], _ expected: [String: JSONValue], _ tolerance: Tolerance,
    label: String = ""
  ) {
    for (field, wanted) in expected.sorted(by: { $0.key < $1.key }) {
      guard let value = computed[field] else {
        differences.append("\(label)\(field) is not computed")
        continue
      }
      compare(value, wanted, tolerance, field: field, place: label + field)
    }
  }

  /// `field` is the innermost name, which tolerances go by; `place` the way to it.
  private mutating func compare(
    _ value: JSONValue, _ wanted: JSONValue, _ tolerance: Tolerance, field: String, place: String
  ) {
    switch (value, wanted) {
    case (.number(let number), .number(let expected)):
      if tolerance.allows(number, expected: expected, field: field) { return }
    case (.list(let values), .list(let expected)) where values.count == expected.count:
      for (index, pair) in zip(values, expected).enumerated() {
        compare(pair.0, pair.1, tolerance, field: field, place: "\(place)[\(index)]")
      }
      return
    case (.object(let members), .object(let expected)):
      for (name, wanted) in expected.sorted(by: { $0.key < $1.key }) {
        compare(
          members[name] ?? .null, wanted, tolerance, field: name, place: "\(place).\(name)")
      }
      return
    default:
      if value == wanted { return }
    }
    differences.append(
      "\(place): expected \(wanted.description), got \(value.description), "
        + "tolerance \(tolerance.text(field: field))")
  }
}
