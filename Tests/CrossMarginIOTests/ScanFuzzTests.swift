// Mutated tables against a plain twin of the scanner: byte by byte, state by state, no cleverness.
// CROSSMARGIN_FUZZ_COUNT sets the number of tables.

import CrossMarginIO
import Foundation
import Testing

@Suite struct ScanFuzzTests {
  private static let count =
    ProcessInfo.processInfo.environment["CROSSMARGIN_FUZZ_COUNT"].flatMap { Int($0) } ?? 20_000

  private static let seeds = [
    "a,b,c\n1,2,3\n4,5,6\n", "a,\"b\"\r\n\"x,y\",\"z\"\"w\"\r\n1,2\r\n", "\u{feff}a\n1\n\n\n",
    "a,b\n\"1\n2\",3\n",
    "näme,wért,€\nä,ö,ü\n😀,b,c\n", "account,quantity\nA-0001,-1.25e-3\nA-0002,17\n"
  ]
  private static let pieces: [[UInt8]] = [
    [44], [10], [13, 10], [13], [34], [34, 34], [34, 44], [34, 10], [10, 34], [0], [9], [27],
    [0x7f], [0xff],
    [0xc3], [0xa9], [0xc3, 0xa9], [0xf0, 0x9f, 0x98, 0x80], [0xef, 0xbb, 0xbf], [97], [98, 99], []
  ]

  @Test func mutatedTablesAreReadAsByTheTwin() throws {
    let scratch = try ScanScratch()
    var random = ScanRandom(seed: 2_026)
    var errorCount = 0
    var rowCount = 0
    for number in 0..<ScanFuzzTests.count {
      let bytes = ScanFuzzTests.mutated(using: &random)
      let table = ScannedTable(path: try scratch.write("t.csv", bytes))
      let twin = PlainTable.read(bytes)
      if table != twin {
        Issue.record("table \(number) differs: \(bytes): \(table) is not \(twin)")
        return
      }
      errorCount += table.error == nil ? 0 : 1
      rowCount += table.rows.count
    }
    // The mutations leave tables of both kinds, or the comparison would say little.
    #expect(errorCount > ScanFuzzTests.count / 20)
    #expect(rowCount > ScanFuzzTests.count / 4)
  }

  @Test func mutatedFieldsAreRefusedOrRead() {
    var random = ScanRandom(seed: 2_027)
    let texts = [
      "-123.456e-7", "2026-03-27T08:00:00.123456+01:00", "P1DT2H3M4.5S", "18446744073709551616"
    ]
    for number in 0..<ScanFuzzTests.count {
      var bytes = Array(texts[number % texts.count].utf8)
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        let alphabet = Array("0123456789+-.eETZPDHMSW: ".utf8) + [0, 0xff]
        let piece = alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
        if place < bytes.count, Bool.random(using: &random) { bytes.remove(at: place) }
        bytes.insert(piece, at: min(place, bytes.count))
      }
      if let value = DecimalText.double(bytes.span) { #expect(value.isFinite) }
      if let time = TimeText.microseconds(bytes.span) {
        #expect(TimeText.microseconds(TimeText.format(time)) == time)
      }
      if let duration = DurationText.microseconds(bytes.span) {
        #expect(DurationText.microseconds(DurationText.format(duration)) == duration)
      }
      if let whole = DecimalText.integer(bytes.span) {
        #expect(DecimalText.double(bytes.span) == Double(whole))
      }
    }
  }

  private static func mutated(using random: inout ScanRandom) -> [UInt8] {
    var bytes = Array(seeds[Int.random(in: 0..<seeds.count, using: &random)].utf8)
    for _ in 0..<Int.random(in: 0...4, using: &random) {
      let start = Int.random(in: 0...bytes.count, using: &random)
      let end = min(bytes.count, start + Int.random(in: 0...3, using: &random))
      bytes.replaceSubrange(
        start..<end, with: pieces[Int.random(in: 0..<pieces.count, using: &random)])
    }
    if Int.random(in: 0..<8, using: &random) == 0 {
      bytes.removeLast(Int.random(in: 0...bytes.count, using: &random))
    }
    return bytes
  }
}

/// The twin: reads one byte after the other.
private struct PlainTable {
  private var bytes: [UInt8]
  private var position = 0
  private var line = 1
  private var rowLine = 1
  private var rowStart = 0

  static func read(_ bytes: [UInt8]) -> ScannedTable {
    var twin = PlainTable(bytes: bytes)
    var result = ScannedTable()
    do throws(InputError) { try twin.read(into: &result) } catch { result.error = error }
    return result
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func read(into result: inout ScannedTable) throws(InputError) {
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
    if position == bytes.count { throw problem(.noHeader) }
    let header = try row()
    if header.isEmpty { throw problem(.noHeader) }
    for (index, name) in header.enumerated() {
      if name.isEmpty { throw problem(.unnamedColumn(number: index + 1)) }
      if header[..<index].contains(name) { throw problem(.duplicateColumn(name: name)) }
    }
    result.header = header
    var blankLine: Int?
    while position < bytes.count {
      let fields: [String]
      do throws(InputError) { fields = try row() } catch {
        // A row with an error is not blank, so the blank line before it stands in the middle.
        noticeBlank(blankLine, header, &result)
        throw error
      }
      if fields.isEmpty {
        blankLine = blankLine ?? rowLine
        continue
      }
      noticeBlank(blankLine, header, &result)
      blankLine = nil
      if fields.count == header.count {
        result.rows.append(ScannedTable.Row(line: rowLine, fields: fields))
      } else {
        let found = "\(fields.count) field\(fields.count == 1 ? "" : "s")"
        result.issues.append("t.csv:\(rowLine): found \(found), \(expected(header))")
      }
    }
  }

  private func expected(_ header: [String]) -> String {
    "expected \(header.count) field\(header.count == 1 ? "" : "s") as in the header"
  }

  private func noticeBlank(_ line: Int?, _ header: [String], _ result: inout ScannedTable) {
    guard let line else { return }
    result.issues.append("t.csv:\(line): found a blank line, \(expected(header))")
  }

  private func problem(_ problem: TableProblem, line: Int? = nil) -> InputError {
    .malformed(file: "t.csv", line: line ?? rowLine, problem: problem)
  }

  /// The fields of the next row; none for a blank line.
  private mutating func row() throws(InputError) -> [String] {
    (rowLine, rowStart) = (line, position)
    var fields: [[UInt8]] = []
    var isBlank = true
    var isOpen = true
    while isOpen {
      var field: [UInt8] = []
      if position < bytes.count, bytes[position] == 34 {
        isBlank = false
        field = try quoted()
        if position < bytes.count, ![44, 10, 13].contains(bytes[position]) {
          throw problem(.misplacedQuote, line: line)
        }
      }
      while position < bytes.count, bytes[position] != 44, !isLineEnd {
        try requireAllowed()
        if bytes[position] == 34 { throw problem(.misplacedQuote, line: line) }
        field.append(bytes[position])
        position += 1
      }
      fields.append(field)
      if !field.isEmpty { isBlank = false }
      isOpen = position < bytes.count && bytes[position] == 44
      if isOpen { position += 1 }
    }
    if position < bytes.count { position += bytes[position] == 13 ? 2 : 1 }
    line += 1
    try requireText()
    return isBlank && fields.count == 1 ? [] : fields.map { String(decoding: $0, as: UTF8.self) }
  }

  private var isLineEnd: Bool {
    bytes[position] == 10
      || bytes[position] == 13 && position + 1 < bytes.count && bytes[position + 1] == 10
  }

  private mutating func quoted() throws(InputError) -> [UInt8] {
    let openingLine = line
    var field: [UInt8] = []
    position += 1
    while position < bytes.count {
      if bytes[position] == 34 {
        guard position + 1 < bytes.count, bytes[position + 1] == 34 else {
          position += 1
          return field
        }
        position += 1
      } else if bytes[position] == 10 {
        line += 1
      } else {
        try requireAllowed()
      }
      field.append(bytes[position])
      position += 1
    }
    throw problem(.unclosedQuote, line: openingLine)
  }

  private func requireAllowed() throws(InputError) {
    let byte = bytes[position]
    if byte >= 32 || byte == 9 || isLineEnd { return }
    throw problem(.controlCharacter(code: byte), line: line)
  }

  private func requireText() throws(InputError) {
    var lineOfByte = rowLine
    var start = rowStart
    for index in rowStart..<position where bytes[index] == 10 || index == position - 1 {
      if String(validating: bytes[start...index], as: UTF8.self) == nil {
        throw problem(.invalidUTF8, line: lineOfByte)
      }
      lineOfByte += 1
      start = index + 1
    }
  }
}
