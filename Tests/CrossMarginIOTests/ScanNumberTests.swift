// Numbers from decimal text: the grammar, correct rounding, and names to numbers.

import CrossMarginIO
import Testing

@Suite struct ScanNumberTests {
  private func double(_ text: String) -> Double? { DecimalText.double(Array(text.utf8).span) }
  private func integer(_ text: String) -> Int64? { DecimalText.integer(Array(text.utf8).span) }

  @Test(arguments: [
    "", "+", "-", ".", "e5", "1e", "1e+", "1.2.3", "--1", "+-1", " 1", "1 ", "1_000", "1,000",
    "0x10", "nan",
    "NaN", "inf", "-Infinity", "1e5.0", "1f", "1d", "١", "1e309", "-1e309",
    "1e999999999999999999999",
    "1.7976931348623159e308", "1\0"
  ])
  func refusesOtherText(text: String) {
    #expect(double(text) == nil)
  }

  /// Values whose rounding is known: halves, the ends of the range [IEEE 754, binary64].
  @Test(arguments: [
    ("0", 0.0), ("5.", 5), (".5", 0.5), ("+1.25", 1.25), ("007", 7), ("1E3", 1_000),
    ("1e-3", 0.001),
    ("9007199254740993", 9_007_199_254_740_992), ("9007199254740995", 9_007_199_254_740_996),
    ("9007199254740993.0000000000000000001", 9_007_199_254_740_994),
    ("0.1", 0.1), ("123456.789012345678", 123_456.789012345678),
    ("2.2250738585072011e-308", 0x0.fffffffffffffp-1022), ("2.2250738585072014e-308", 0x1p-1022),
    ("4.9406564584124654e-324", 0x1p-1074), ("2.4703282292062327e-324", 0),
    ("2.4703282292062328e-324", 0x1p-1074), ("1e-999999999999999999999", 0),
    ("1.7976931348623157e308", .greatestFiniteMagnitude),
    ("1.7976931348623158e308", .greatestFiniteMagnitude), ("0e99999999999", 0),
    ("18446744073709551615", 18_446_744_073_709_551_615), ("99999999999999999999", 1e20),
    ("0.000000000000000000000000000000000000000000001e45", 1)
  ])
  func roundsCorrectly(text: String, value: Double) {
    #expect(double(text)?.bitPattern == value.bitPattern)
    #expect(double("-" + text.drop { $0 == "+" })?.bitPattern == (-value).bitPattern)
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func everyDoubleIsReadBack(seed: UInt64) {
    var random = ScanRandom(seed: seed)
    for _ in 0..<50_000 {
      let value = Double(bitPattern: random.next())
      guard value.isFinite else { continue }
      #expect(double("\(value)")?.bitPattern == value.bitPattern)
    }
  }

  /// The standard library is the twin: random digits, points and exponents give the same bits.
  @Test(arguments: [4, 5, 6] as [UInt64]) func agreesWithTheLibrary(seed: UInt64) throws {
    var random = ScanRandom(seed: seed)
    for _ in 0..<50_000 {
      let digitCount = Int.random(in: 1...24, using: &random)
      var text = String(
        (0..<digitCount).map { _ in "0123456789".randomElement(using: &random) ?? "0" })
      let point = Int.random(in: 0...digitCount, using: &random)
      text.insert(".", at: text.index(text.startIndex, offsetBy: point))
      if Bool.random(using: &random) { text += "e\(Int.random(in: -40...40, using: &random))" }
      let digits = point == 0 ? "0" + text : text
      let expected = try #require(
        Double(point == digitCount ? digits.replacing(".", with: "") : digits))
      #expect(double(text)?.bitPattern == expected.bitPattern, "\(text)")
    }
  }

  /// Halves between two doubles, written out: the tie goes to the even one, a later digit upwards.
  @Test func tiesGoToEven() {
    var random = ScanRandom(seed: 7)
    for _ in 0..<20_000 {
      // Odd multiples of 1/2 at 2^52 and above lie halfway, as do odd numbers above 2^53.
      let whole = UInt64.random(in: 1 << 52..<1 << 53, using: &random)
      let even = Double(whole % 2 == 0 ? whole : whole + 1)
      #expect(double("\(whole).5") == even)
      #expect(double("\(whole).500") == even)
      #expect(double("\(whole).4999999999999999999999") == Double(whole))
      #expect(double("\(whole).5000000000000000000001") == Double(whole + 1))
    }
  }

  @Test func wholeNumbersAreStrict() {
    #expect(integer("-9223372036854775808") == .min)
    #expect(integer("+9223372036854775807") == .max)
    #expect(integer("9223372036854775808") == nil)
    #expect(integer("-9223372036854775809") == nil)
    for text in ["", "-", "1.0", "1e3", " 1", "0x1"] { #expect(integer(text) == nil) }
    #expect(integer("000") == 0)
  }

  @Test func longTextIsReadInTime() {
    #expect(double(String(repeating: "0", count: 1_000_000) + "7") == 7)
    #expect(double("0." + String(repeating: "3", count: 1_000_000)) == 1.0 / 3.0)
    #expect(double(String(repeating: "9", count: 1_000_000)) == nil)
  }
}

@Suite struct ScanNameTableTests {
  @Test func numbersGoByFirstAppearance() {
    var table = NameTable()
    #expect(["b", "a", "", "b", "a\0", "a"].map { table.intern($0) } == [0, 1, 2, 0, 3, 1])
    #expect(table.names() == ["b", "a", "", "a\0"])
    #expect(table.find("a") == 1)
    #expect(table.find("c") == nil)
    #expect(table.indicesByName() == [2, 1, 3, 0])
    #expect(NameTable().count == 0)
  }

  @Test(arguments: [1, 2] as [UInt64]) func agreesWithADictionary(seed: UInt64) {
    var random = ScanRandom(seed: seed)
    var table = NameTable(expectedCount: 10)
    var twin: [String: Int32] = [:]
    var order: [String] = []
    for _ in 0..<50_000 {
      let length = Int.random(in: 0...20, using: &random)
      let number = Int.random(in: 0..<20_000, using: &random)
      let name = String(repeating: "ab", count: length) + "\(number % (length * length + 1))"
      if twin[name] == nil {
        #expect(table.find(name) == nil)
        twin[name] = Int32(order.count)
        order.append(name)
      }
      #expect(table.intern(name) == twin[name])
      #expect(table.find(name) == twin[name])
    }
    #expect(table.names() == order)
    let sorted = order.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
    #expect(table.indicesByName().map { table.name(at: $0) } == sorted)
  }
}
