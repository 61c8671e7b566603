// The known answers of Tests/Vectors/margin, for tests that rebuild them as books.

import Foundation

/// Any JSON value.
@dynamicMemberLookup
enum VectorValue: Decodable, Sendable {
  case number(Double), text(String), flag(Bool), list([VectorValue]), object([String: VectorValue])
  case null

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
    } else if let value = try? container.decode([VectorValue].self) {
      self = .list(value)
    } else {
      self = .object(try container.decode([String: VectorValue].self))
    }
  }

  subscript(dynamicMember key: String) -> VectorValue { self[key] }
  subscript(key: String) -> VectorValue {
    if case .object(let members) = self { members[key] ?? .null } else { .null }
  }
  /// Number, or one written as text; NaN where there is none.
  var number: Double {
    switch self {
    case .number(let value): value
    case .text(let text): Double(text) ?? .nan
    default: .nan
    }
  }
  /// Number; a substitute where there is none.
  func number(or substitute: Double) -> Double { number.isNaN ? substitute : number }
  var text: String { if case .text(let value) = self { value } else { "" } }
  var flag: Bool { if case .flag(let value) = self { value } else { false } }
  var list: [VectorValue] { if case .list(let values) = self { values } else { [] } }
  var keys: [String] { if case .object(let members) = self { members.keys.sorted() } else { [] } }
}

/// Vectors of one file; an input that names a parameter set stands for it.
struct VenueVectors {
  let vectors: [VectorValue]
  private let sets: VectorValue

  init(_ name: String) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Vectors/margin/\(name).json")
    let root = try JSONDecoder().decode(VectorValue.self, from: Data(contentsOf: file))
    vectors = root.vectors.list
    sets = root.parameterSets
  }

  /// An input of a vector, a parameter set where it is the name of one.
  func input(_ vector: VectorValue, _ key: String) -> VectorValue {
    let value = vector.inputs[key]
    return value.text.isEmpty ? value : sets[value.text]
  }
}
