// The one place where text becomes HTML or SVG. Elements are closed by construction, and every
// text and attribute value that comes from outside passes the escape below.

/// A growing piece of HTML or SVG.
struct Markup {
  private(set) var source = ""

  /// Appends an element.
  ///
  /// Names are `StaticString`, so that no data can become a tag or an attribute; values are escaped.
  mutating func element(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:],
    _ content: (inout Markup) -> Void = { _ in }
  ) {
    open(name, attributes)
    source += ">"
    content(&self)
    source += "</\(name)>"
  }

  /// Appends an element that holds one text.
  mutating func element(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:], text: String
  ) {
    element(name, attributes) { $0.text(text) }
  }

  /// Appends an element that HTML defines as empty, such as `meta`.
  mutating func void(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String>
  ) {
    open(name, attributes)
    source += ">"
  }

  /// Appends text, escaped.
  mutating func text(_ text: String) { Self.escape(text, into: &source) }

  /// Appends a name that came from a file: escaped, and isolated so that right-to-left letters and
  /// direction marks in it cannot rearrange what stands beside it.
  mutating func name(_ name: String) {
    element("bdi", text: ShownName.shortened(name))
  }

  /// Appends a text of this program as it is: the style, the script, the document type, and JSON
  /// that `EmbeddedJSON` has made safe.
  mutating func verbatim(_ text: String) { source += text }

  private mutating func open(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String>
  ) {
    source += "<\(name)"
    for (key, value) in attributes {
      source += " \(key)=\""
      Self.escape(value, into: &source)
      source += "\""
    }
  }

  private static func escape(_ text: String, into result: inout String) {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\t", "\n": result.unicodeScalars.append(scalar)
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
  }
}

/// Names as they are shown.
enum ShownName {
  /// Characters of a name that are shown; longer ones lose their middle.
  static let characterCountMax = 120

  /// The name, or its beginning and end.
  static func shortened(_ name: String) -> String {
    guard name.unicodeScalars.count > characterCountMax else { return name }
    let half = characterCountMax / 2
    let scalars = name.unicodeScalars
    return String(scalars.prefix(half)) + "…" + String(scalars.suffix(half - 1))
  }
}
