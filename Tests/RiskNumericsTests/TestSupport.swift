// Seeded numbers, files and comparisons that the tests of this folder share.

import Foundation
import Testing

/// SplitMix64 [Steele, Lea, Flood 2014]: every test prints its seed by taking it as an argument.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }

  mutating func uniform(_ low: Double, _ high: Double) -> Double {
    Double.random(in: low..<high, using: &self)
  }
}

enum TestFiles {
  static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Vectors")

  static func json(_ name: String, in directory: URL = folder) throws -> JSONValue {
    let data = try Data(contentsOf: directory.appending(path: name))
    return try JSONDecoder().decode(JSONValue.self, from: data)
  }
}

/// Any JSON value. `JSONSerialization` on Linux rounds some numbers to a neighbouring double; the
/// decoder does not.
enum JSONValue: Decodable {
  case number(Double), text(String), flag(Bool), list([JSONValue]), object([String: JSONValue]),
    null

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .flag(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .list(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  subscript(key: String) -> JSONValue? {
    if case .object(let members) = self { members[key] } else { nil }
  }

  var members: [String: JSONValue]? { if case .object(let members) = self { members } else { nil } }
  var number: Double? { if case .number(let value) = self { value } else { nil } }
  var text: String? { if case .text(let value) = self { value } else { nil } }
  var list: [JSONValue]? { if case .list(let values) = self { values } else { nil } }
  var numbers: [Double]? { list?.compactMap(\.number) }
  var rows: [[Double]]? { list?.compactMap(\.numbers) }
}

func bits(_ values: [Double]) -> [UInt64] { values.map(\.bitPattern) }

/// Distance in units of the last place of the expected value.
func unitsInLastPlace(_ value: Double, _ expected: Double) -> Double {
  if value == expected { return 0 }
  return abs(value - expected) / max(expected.ulp, Double.leastNonzeroMagnitude)
}

/// Relative distance, or absolute where the expected value is zero.
func relativeDistance(_ value: Double, _ expected: Double) -> Double {
  if value == expected { return 0 }
  return expected == 0 ? abs(value) : abs(value - expected) / abs(expected)
}

func allFinite(_ values: [Double]...) -> Bool {
  values.allSatisfy { $0.allSatisfy { $0.isFinite } }
}
