// Inputs of a vector that say what is missing when something is.

import RiskNumerics
import VectorReading

extension JSONValue {
  /// A matrix as a list of rows.
  static func rows(_ matrix: Matrix) -> JSONValue {
    .list(
      (0..<matrix.rowCount).map { row in
        .list((0..<matrix.columnCount).map { .number(matrix[row, $0]) })
      })
  }

  static func texts(_ values: [String]) -> JSONValue { .list(values.map { .text($0) }) }

  /// As in the file, keys in order.
  var description: String {
    switch self {
    case .number(let value): "\(value)"
    case .text(let value): "\"\(value)\""
    case .flag(let value): "\(value)"
    case .null: "null"
    case .list(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
    case .object(let members):
      "{"
        + members.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.description)" }
        .joined(separator: ", ") + "}"
    }
  }
}

/// Why an evaluator could not answer.
struct InputError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// Inputs of one vector.
struct Inputs {
  private let members: [String: JSONValue]

  init(_ value: JSONValue) throws {
    guard let members = value.members else { throw InputError("inputs are no object") }
    self.members = members
  }

  func has(_ name: String) -> Bool { members[name] != nil }

  /// All names, in order.
  var names: [String] { members.keys.sorted() }

  /// Any value.
  func value(_ name: String) -> JSONValue? { members[name] }

  func number(_ name: String) throws -> Double {
    guard let value = members[name]?.number else { throw InputError("no number \(name)") }
    return value
  }

  func number(_ name: String, absent: Double) throws -> Double {
    has(name) ? try number(name) : absent
  }

  func text(_ name: String) throws -> String {
    guard let value = members[name]?.text else { throw InputError("no text \(name)") }
    return value
  }

  func flag(_ name: String) throws -> Bool {
    guard let value = members[name]?.flag else { throw InputError("no flag \(name)") }
    return value
  }

  func numbers(_ name: String) throws -> [Double] {
    let values = members[name]?.list
    guard let values, values.allSatisfy({ $0.number != nil }) else {
      throw InputError("no list of numbers \(name)")
    }
    return values.compactMap(\.number)
  }

  /// Inputs within inputs.
  func object(_ name: String) throws -> Inputs {
    guard let value = members[name] else { throw InputError("no object \(name)") }
    return try Inputs(value)
  }

  /// A list of inputs within inputs.
  func objects(_ name: String) throws -> [Inputs] {
    guard let values = members[name]?.list else { throw InputError("no list of objects \(name)") }
    return try values.map { try Inputs($0) }
  }

  /// A list of rows of equal length.
  func matrix(_ name: String) throws -> Matrix {
    let rows = (members[name]?.list ?? []).map { ($0.list ?? []).compactMap(\.number) }
    guard let first = rows.first, rows.allSatisfy({ $0.count == first.count }) else {
      throw InputError("no matrix \(name)")
    }
    var matrix = Matrix(rowCount: rows.count, columnCount: first.count)
    for (row, values) in rows.enumerated() {
      for (column, value) in values.enumerated() { matrix[row, column] = value }
    }
    return matrix
  }

  func texts(_ name: String) throws -> [String] {
    let values = members[name]?.list
    guard let values, values.allSatisfy({ $0.text != nil }) else {
      throw InputError("no list of texts \(name)")
    }
    return values.compactMap(\.text)
  }
}
