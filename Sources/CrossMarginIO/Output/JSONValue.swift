// JSON as text with keys in a given order, so that equal results give equal files.

/// A JSON value that can be written.
enum JSONValue {
  case null
  case string(String)
  case number(Double)
  case list([JSONValue])
  case object([(key: String, value: JSONValue)])

  static func optional(_ number: Double?) -> JSONValue { number.map(JSONValue.number) ?? .null }

  /// The value on one line.
  var line: String {
    switch self {
    case .null: "null"
    case .string(let text): Self.quoted(text)
    case .number(let number): StoredCell.shortest(number)
    case .list(let values): "[" + values.map(\.line).joined(separator: ", ") + "]"
    case .object(let fields):
      "{" + fields.map { Self.quoted($0.key) + ": " + $0.value.line }.joined(separator: ", ") + "}"
    }
  }

  /// The value for people: an object has a line for each field, and a list in it a line for each
  /// value.
  var page: String {
    guard case .object(let fields) = self else { return line + "\n" }
    let lines = fields.map { "  " + Self.quoted($0.key) + ": " + Self.block($0.value) }
    return "{\n" + lines.joined(separator: ",\n") + "\n}\n"
  }

  private static func block(_ value: JSONValue) -> String {
    switch value {
    case .object(let fields) where !fields.isEmpty:
      let lines = fields.map { "    " + quoted($0.key) + ": " + $0.value.line }
      return "{\n" + lines.joined(separator: ",\n") + "\n  }"
    case .list(let values) where !values.isEmpty:
      return "[\n" + values.map { "    " + $0.line }.joined(separator: ",\n") + "\n  ]"
    default: return value.line
    }
  }

  /// A string with its quotes. What a page around it could mistake for markup is escaped too.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\u{0}"..."\u{1f}", "<", ">", "&", "\u{7f}", "\u{2028}", "\u{2029}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
