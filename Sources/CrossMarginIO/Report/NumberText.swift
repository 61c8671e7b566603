// Numbers as people read them: rounded, grouped, with a proper minus sign, the same in every locale.

import Foundation

/// Text forms of numbers.
enum NumberText {
  /// The minus sign, as wide as a digit.
  static let minus = "\u{2212}"
  /// What stands where there is no number.
  static let absent = "–"

  /// Fixed decimals with thousands separators: `−1,234.50`. A result of zeros has no sign.
  static func grouped(_ value: Double, decimals: Int = 2) -> String {
    let digits = fixed(value.magnitude, decimals: decimals)
    let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
    var text = groupedDigits(String(parts[0]))
    if parts.count > 1 { text += "." + parts[1] }
    return signed(text, of: value, digits: digits)
  }

  /// A whole number with thousands separators.
  static func count(_ value: Int) -> String {
    let digits = groupedDigits(String(value.magnitude))
    return value < 0 ? minus + digits : digits
  }

  /// Three significant digits with `k`, `M`, `B` or `T`: `−1.23M`, `45.6`, `789`.
  static func compact(_ value: Double) -> String {
    var scaled = value.magnitude
    var unit = ""
    for larger in ["k", "M", "B", "T"] where scaled >= 999.5 {
      scaled /= 1_000
      unit = larger
    }
    let decimals = scaled >= 99.95 || scaled == 0 ? 0 : scaled >= 9.995 ? 1 : 2
    let digits = fixed(scaled, decimals: decimals)
    return signed(groupedIfLong(digits) + unit, of: value, digits: digits)
  }

  /// A compact amount of money: `−$1.23M`.
  static func compactUSD(_ value: Double) -> String {
    let text = compact(value)
    return text.hasPrefix(minus) ? minus + "$" + text.dropFirst(minus.count) : "$" + text
  }

  /// The whole amount in words for a tooltip: `−1,234,567.89 USD`; small ones with six decimals.
  static func fullUSD(_ value: Double) -> String {
    let isSmall = value != 0 && value.magnitude < 1
    return grouped(value, decimals: isSmall ? 6 : 2) + " USD"
  }

  /// A fraction as percent: `12.5 %`.
  static func percent(_ fraction: Double, decimals: Int = 1) -> String {
    grouped(fraction * 100, decimals: decimals) + "\u{202F}%"
  }

  /// A relative move with its sign: `+12 %`, `−7.5 %`, `0 %`.
  static func move(_ fraction: Double) -> String {
    let tenths = (fraction * 1_000).rounded()
    let isWhole = tenths.remainder(dividingBy: 10) == 0
    let text = percent(fraction, decimals: isWhole ? 0 : 1)
    return tenths > 0 ? "+" + text : text
  }

  /// A level such as 0.99 as percent without needless digits: `99 %`, `97.5 %`.
  static func level(_ fraction: Double) -> String {
    let text = move(fraction)
    return text.hasPrefix("+") ? String(text.dropFirst()) : text
  }

  /// A ratio: two decimals below ten, one below a hundred.
  static func ratio(_ value: Double) -> String {
    if value.magnitude >= 999.5 { return compact(value) }
    let size = value.magnitude
    return grouped(value, decimals: size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2)
  }

  /// A ratio without needless digits: `0.1`, `1.26`, `100`.
  static func short(_ value: Double) -> String {
    "\(rounded(value, significantDigits: 3))".replacing(/\.0$/, with: "")
  }

  /// A price: six significant digits, more where they stand before the point.
  static func price(_ value: Double) -> String {
    guard value != 0, value.isFinite else { return "0" }
    let leading = Int(log10(value.magnitude).rounded(.down))
    return grouped(value, decimals: max(0, min(12, 5 - leading)))
  }

  /// A duration in days, in the unit that suits it: `30 s`, `12 min`, `3.4 h`, `2.1 days`.
  static func age(days: Double) -> String {
    let hours = days * 24
    if hours.magnitude * 60 < 2 { return grouped(hours * 3_600, decimals: 0) + " s" }
    if hours.magnitude < 1 { return grouped(hours * 60, decimals: 0) + " min" }
    if hours.magnitude < 48 { return grouped(hours, decimals: 1) + " h" }
    return grouped(days, decimals: 1) + " days"
  }

  /// A duration in seconds: `12.3 ms`, `1.24 s`, `3 min 20 s`.
  static func duration(seconds: Double) -> String {
    if seconds < 1 { return grouped(seconds * 1_000, decimals: 1) + " ms" }
    if seconds < 120 { return grouped(seconds, decimals: 2) + " s" }
    let whole = seconds.rounded()
    let minutes = (whole / 60).rounded(.down)
    return grouped(minutes, decimals: 0) + " min " + grouped(whole - minutes * 60, decimals: 0)
      + " s"
  }

  /// An instant for people: `2026-02-06 08:00 UTC`. Other texts pass unchanged.
  static func instant(_ text: String) -> String {
    guard text.hasSuffix("Z"), let cut = text.firstIndex(of: "T") else { return text }
    let clock = text[text.index(after: cut)...].dropLast()
    let short = clock.hasSuffix(":00") && clock.count == 8 ? clock.dropLast(3) : clock
    return text[..<cut] + " " + short + " UTC"
  }

  /// The nearest number with a count of significant decimal digits.
  static func rounded(_ value: Double, significantDigits: Int) -> Double {
    guard value != 0, value.isFinite else { return value }
    let text = String(
      format: "%.*e", locale: nil, arguments: [significantDigits - 1, value] as [any CVarArg])
    return Double(text) ?? value
  }

  private static func fixed(_ value: Double, decimals: Int) -> String {
    String(format: "%.*f", locale: nil, arguments: [decimals, value] as [any CVarArg])
  }

  private static func signed(_ text: String, of value: Double, digits: String) -> String {
    let isZero = digits.allSatisfy { $0 == "0" || $0 == "." }
    return value < 0 && !isZero ? minus + text : text
  }

  private static func groupedIfLong(_ digits: String) -> String {
    digits.contains(".") ? digits : groupedDigits(digits)
  }

  private static func groupedDigits(_ digits: String) -> String {
    var text = ""
    for (position, digit) in digits.enumerated() {
      if position > 0, (digits.count - position).isMultiple(of: 3) { text += "," }
      text.append(digit)
    }
    return text
  }
}
