// Any JSON value, as files of known answers hold it, and where they are.

import Foundation

/// Any JSON value. `JSONSerialization` on Linux rounds some numbers to a neighbouring double; the
/// decoder does not.
public enum JSONValue: Decodable, Equatable, Sendable {
  case number(Double), text(String), flag(Bool), list([JSONValue]), object([String: JSONValue]),
    null

  /// Any value.
  public init(from decoder: any Decoder) throws {
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

  /// The value of a text.
  public static func parsed(_ text: String) throws -> JSONValue {
    try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
  }

  /// The value of a file.
  public static func read(_ file: URL) throws -> JSONValue {
    try JSONDecoder().decode(JSONValue.self, from: Data(contentsOf: file))
  }

  /// A member of an object.
  public subscript(key: String) -> JSONValue? { members?[key] }

  /// The members of an object; nil for what is none, as below.
  public var members: [String: JSONValue]? {
    if case .object(let members) = self { members } else { nil }
  }
  /// A number.
  public var number: Double? { if case .number(let value) = self { value } else { nil } }
  /// A text.
  public var text: String? { if case .text(let value) = self { value } else { nil } }
  /// A flag.
  public var flag: Bool? { if case .flag(let value) = self { value } else { nil } }
  /// The values of a list.
  public var list: [JSONValue]? { if case .list(let values) = self { values } else { nil } }
  /// The numbers of a list.
  public var numbers: [Double]? { list?.compactMap(\.number) }
  /// The numbers of a list of lists.
  public var rows: [[Double]]? { list?.compactMap(\.numbers) }
}

/// The folder `Tests/Vectors`.
public enum KnownAnswers {
  /// Where it is.
  public static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Vectors")
}
