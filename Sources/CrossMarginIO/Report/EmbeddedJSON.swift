// JSON that stands inside a script element. Strings cannot end the element: every `<`, `>` and `&`
// is written as a Unicode escape, which JSON reads back as the same character.

/// A growing piece of JSON.
struct EmbeddedJSON {
  private(set) var source = ""

  /// Appends an array, one element for each item.
  mutating func array<Item>(
    _ items: some Sequence<Item>, _ write: (inout EmbeddedJSON, Item) -> Void
  ) {
    source += "["
    for (position, item) in items.enumerated() {
      if position > 0 { source += "," }
      write(&self, item)
    }
    source += "]"
  }

  /// Appends an object. Keys are of this program, never data.
  mutating func object(_ fields: KeyValuePairs<StaticString, (inout EmbeddedJSON) -> Void>) {
    source += "{"
    for (position, field) in fields.enumerated() {
      source += position > 0 ? ",\"\(field.key)\":" : "\"\(field.key)\":"
      field.value(&self)
    }
    source += "}"
  }

  /// Appends a string.
  mutating func string(_ text: String) {
    source += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\", "<", ">", "&", "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}",
        "\u{2029}":
        let digits = String(scalar.value, radix: 16)
        source += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: source.unicodeScalars.append(scalar)
      }
    }
    source += "\""
  }

  /// Appends a number in its shortest form that reads back as the same bits; null where absent.
  mutating func number(_ value: Double?) {
    guard let value, value.isFinite else {
      source += "null"
      return
    }
    let text = "\(value)"
    source += text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// Appends a number with six significant digits, for figures that are only looked at.
  mutating func roundedNumber(_ value: Double?) {
    number(value.map { NumberText.rounded($0, significantDigits: 6) })
  }

  /// Appends `null`.
  mutating func null() { source += "null" }
}
