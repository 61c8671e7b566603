// Decimal text to numbers: one strict grammar, correctly rounded results, no allocation on the
// paths that real files take.

/// Reads decimal numbers from bytes.
package enum DecimalText {
  /// What a caller should say it expected when `double` returns nil.
  package static let doubleExpected = "a finite number"
  /// What a caller should say it expected when `integer` returns nil.
  package static let integerExpected = "a whole number"

  /// The number that the text stands for, rounded to nearest, ties to even.
  ///
  /// Grammar: an optional sign, digits with at most one point and at least one digit, an optional
  /// exponent `e` or `E` with optional sign. Nothing else: no spaces, no hexadecimal, no `nan`, no
  /// `inf`, no separators of thousands.
  /// - Returns: nil when the text is not of that form or the number is too large for a `Double`.
  ///   A number too small for one is zero.
  package static func double(_ text: Span<UInt8>) -> Double? {
    if let value = plainDouble(text) { return value }
    guard let decimal = Decimal(text) else { return nil }
    guard let value = decimal.magnitude ?? magnitudeByLibrary(text) else { return nil }
    return decimal.isNegative ? -value : value
  }

  /// The form that nearly all fields have, without exponent and with few digits; nil for any other
  /// text.
  private static func plainDouble(_ text: Span<UInt8>) -> Double? {
    // So many digits fit 64 bits.
    guard text.count <= Decimal.digitCountMax else { return nil }
    var index = 0
    let isNegative = readSign(text, &index)
    var mantissa: UInt64 = 0
    let first = index
    var point = text.count
    while index < text.count {
      if let digit = digit(text[index]) {
        mantissa = mantissa &* 10 &+ UInt64(digit)
      } else {
        guard text[index] == UInt8(ascii: "."), point == text.count else { return nil }
        point = index
      }
      index += 1
    }
    let fractionCount = max(0, text.count - point - 1)
    let digitCount = text.count - first - (point < text.count ? 1 : 0)
    guard digitCount > 0, mantissa <= 1 << 53 else { return nil }
    // Rounded once; see `Decimal.magnitude`.
    let magnitude = Double(mantissa) / Decimal.doublePowers[fractionCount]
    return isNegative ? -magnitude : magnitude
  }

  /// The whole number that the text stands for: an optional sign and digits.
  ///
  /// - Returns: nil when the text is not of that form or does not fit 64 bits.
  package static func integer(_ text: Span<UInt8>) -> Int64? {
    var index = 0
    let isNegative = readSign(text, &index)
    guard index < text.count else { return nil }
    var value: Int64 = 0
    while index < text.count {
      guard let digit = digit(text[index]) else { return nil }
      let (product, overflows) = value.multipliedReportingOverflow(by: 10)
      let step = Int64(digit)
      let (sum, sumOverflows) =
        isNegative
        ? product.subtractingReportingOverflow(step) : product.addingReportingOverflow(step)
      if overflows || sumOverflows { return nil }
      value = sum
      index += 1
    }
    return value
  }

  /// The general case, by the standard library, which rounds correctly; the grammar is checked.
  private static func magnitudeByLibrary(_ text: Span<UInt8>) -> Double? {
    let characters = unsafe text.withUnsafeBufferPointer {
      unsafe String(decoding: $0, as: UTF8.self)
    }
    guard let value = Double(characters), value.isFinite else { return nil }
    return value.magnitude
  }

  fileprivate static func readSign(_ text: Span<UInt8>, _ index: inout Int) -> Bool {
    guard index < text.count else { return false }
    let isNegative = text[index] == UInt8(ascii: "-")
    if isNegative || text[index] == UInt8(ascii: "+") { index += 1 }
    return isNegative
  }

  @inline(__always)
  fileprivate static func digit(_ byte: UInt8) -> UInt8? {
    let digit = byte &- UInt8(ascii: "0")
    return digit < 10 ? digit : nil
  }
}

/// A decimal number taken apart: `mantissa * 10^exponent`, of which the first 19 digits are kept.
private struct Decimal {
  /// 19 decimal digits always fit 64 bits.
  static let digitCountMax = 19

  var isNegative: Bool
  var mantissa: UInt64 = 0
  var exponent = 0
  /// True when a digit other than zero did not fit the mantissa.
  var isCut = false
  private var digitCount = 0
  private var significantCount = 0

  /// Parses a text by the grammar of `DecimalText.double`; nil when it does not fit.
  init?(_ text: Span<UInt8>) {
    var index = 0
    isNegative = DecimalText.readSign(text, &index)
    while index < text.count, let digit = DecimalText.digit(text[index]) {
      if !push(digit) { exponent += 1 }
      index += 1
    }
    if index < text.count, text[index] == UInt8(ascii: ".") {
      index += 1
      while index < text.count, let digit = DecimalText.digit(text[index]) {
        if push(digit) { exponent -= 1 }
        index += 1
      }
    }
    guard digitCount > 0 else { return nil }
    if index < text.count {
      guard readExponent(text, &index) else { return nil }
    }
  }

  /// Appends a digit to the mantissa; false when it is full.
  @inline(__always)
  private mutating func push(_ digit: UInt8) -> Bool {
    digitCount += 1
    guard significantCount < Decimal.digitCountMax else {
      isCut = isCut || digit != 0
      return false
    }
    mantissa = mantissa &* 10 &+ UInt64(digit)
    if mantissa != 0 { significantCount += 1 }
    return true
  }

  private mutating func readExponent(_ text: Span<UInt8>, _ index: inout Int) -> Bool {
    guard text[index] == UInt8(ascii: "e") || text[index] == UInt8(ascii: "E") else { return false }
    index += 1
    let isNegativeExponent = DecimalText.readSign(text, &index)
    guard index < text.count else { return false }
    var written = 0
    while index < text.count {
      guard let digit = DecimalText.digit(text[index]) else { return false }
      // Any exponent of this size decides the result alone; the bound only prevents overflow.
      written = min(written * 10 + Int(digit), 1_000_000_000)
      index += 1
    }
    exponent += isNegativeExponent ? -written : written
    return true
  }

  /// The absolute value where it can be had exactly rounded from the mantissa, else nil.
  var magnitude: Double? {
    if isCut { return nil }
    if mantissa == 0 { return 0 }
    if exponent == 0 { return Double(mantissa) }
    // Both operands are exact below 2^53 and 10^22, so that the one operation rounds once [Clinger
    // 1990, How to read floating point numbers accurately].
    if mantissa <= 1 << 53, exponent.magnitude <= 22 {
      let power = Decimal.doublePowers[Int(exponent.magnitude)]
      return exponent < 0 ? Double(mantissa) / power : Double(mantissa) * power
    }
    if exponent < 0, exponent >= -Decimal.digitCountMax { return quotient }
    return nil
  }

  /// `mantissa / 10^-exponent` by whole numbers: 64 bits of the quotient, and whether more follow.
  private var quotient: Double {
    let divisor = Decimal.wholePowers[-exponent]
    var shift = divisor.leadingZeroBitCount - mantissa.leadingZeroBitCount
    let scaledDivisor = divisor << UInt64(divisor.leadingZeroBitCount)
    var high = mantissa << UInt64(mantissa.leadingZeroBitCount)
    var low: UInt64 = 0
    if high >= scaledDivisor {
      low = high << 63
      high >>= 1
      shift += 1
    }
    // high < scaledDivisor <= 2 high + 1, so the quotient has its top bit set and needs no scaling.
    let (bits, rest) = scaledDivisor.dividingFullWidth((high, low))
    let dropped = bits & 0x7ff
    var significand = bits >> 11
    let isOdd = significand & 1 == 1
    if dropped > 0x400 || (dropped == 0x400 && (rest != 0 || isOdd)) { significand += 1 }
    return Double(sign: .plus, exponent: shift - 53, significand: Double(significand))
  }

  fileprivate static let doublePowers: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22
  ]

  private static let wholePowers: [UInt64] = {
    var powers: [UInt64] = [1]
    for _ in 0..<digitCountMax { powers.append(powers[powers.count - 1] * 10) }
    return powers
  }()
}
