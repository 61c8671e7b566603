// Cuts a table into parts that can be read at the same time: at line ends outside quotes, which are
// known once the quotes before them are counted.

import RiskNumerics

/// Rows of a table that can be read by themselves.
package struct RowPart: Sendable, Equatable {
  /// Where the first row begins, in bytes of the table.
  package let start: Int
  /// Where the last row ends.
  package let end: Int
  /// The line of the first row, counted from 1.
  package let firstLine: Int
}

/// Finds the places between rows.
///
/// In a table every quote begins or ends a quoted field or is doubled, so that a byte lies inside
/// quotes when an odd number of quotes stands before it. Where a text breaks this rule, reading ends.
struct RowCutter: Sendable {
  let bytes: TableBytes
  /// Where the first row begins.
  let start: Int
  /// The line of the first row.
  let firstLine: Int

  /// What stands in a stretch of bytes.
  private struct Counts: Sendable {
    var quotes = 0
    var lineEnds = 0
  }

  /// Parts of about `byteCount` bytes; at least one, which may be empty.
  func parts(byteCount: Int, threadCount: Int) -> [RowPart] {
    precondition(byteCount > 0, "a part has a size")
    let stretchCount = max(1, (bytes.count - start) / byteCount)
    // Nobody asks what the last stretch holds.
    let ofStretch = Parallel.map(count: stretchCount - 1, threadCount: threadCount) { stretch in
      let first = start + stretch * byteCount
      return counts(in: first..<first + byteCount)
    }
    var parts: [RowPart] = []
    var (partStart, partLine) = (start, firstLine)
    var before = Counts(lineEnds: firstLine)
    for stretch in 1..<stretchCount {
      before.quotes += ofStretch[stretch - 1].quotes
      before.lineEnds += ofStretch[stretch - 1].lineEnds
      let boundary = start + stretch * byteCount
      // A field or a run of blank lines may reach over whole stretches.
      if boundary < partStart { continue }
      guard
        let cut = cut(
          from: boundary, line: before.lineEnds, isQuoted: !before.quotes.isMultiple(of: 2))
      else { break }
      parts.append(RowPart(start: partStart, end: cut.place, firstLine: partLine))
      (partStart, partLine) = cut
    }
    parts.append(RowPart(start: partStart, end: bytes.count, firstLine: partLine))
    return parts
  }

  /// The first place from `boundary` on where a row begins that is not blank, and its line; nil where
  /// there is none.
  private func cut(from boundary: Int, line: Int, isQuoted: Bool) -> (place: Int, line: Int)? {
    var (place, line, isQuoted) = (boundary, line, isQuoted)
    while place < bytes.count {
      let byte = bytes[place]
      place += 1
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      guard byte == UInt8(ascii: "\n") else { continue }
      line += 1
      if isQuoted { continue }
      while let next = RowCutter.endOfBlankLine(bytes, at: place) {
        place = next
        line += 1
      }
      return place < bytes.count ? (place, line) : nil
    }
    return nil
  }

  /// Where the line at a place ends if nothing stands on it; nil if something does.
  static func endOfBlankLine(_ bytes: TableBytes, at place: Int) -> Int? {
    guard place < bytes.count else { return nil }
    let end = bytes[place] == UInt8(ascii: "\r") ? place + 1 : place
    return bytes.has(UInt8(ascii: "\n"), at: end) ? end + 1 : nil
  }

  /// Counts in each of eight bytes, which are added up before one can overflow.
  private func counts(in range: Range<Int>) -> Counts {
    var total = Counts()
    var place = range.lowerBound
    while place + 8 <= range.upperBound {
      var quotes: UInt64 = 0
      var lineEnds: UInt64 = 0
      let end = place + 8 * min(255, (range.upperBound - place) / 8)
      while place < end {
        let word = bytes.word(at: place)
        quotes &+= Self.ones(in: word, where: UInt8(ascii: "\""))
        lineEnds &+= Self.ones(in: word, where: UInt8(ascii: "\n"))
        place += 8
      }
      total.quotes += Self.sumOfBytes(quotes)
      total.lineEnds += Self.sumOfBytes(lineEnds)
    }
    while place < range.upperBound {
      if bytes[place] == UInt8(ascii: "\"") { total.quotes += 1 }
      if bytes[place] == UInt8(ascii: "\n") { total.lineEnds += 1 }
      place += 1
    }
    return total
  }

  private static let everyByte: UInt64 = 0x0101_0101_0101_0101

  /// One in each byte that equals `byte`, zero in the others.
  @inline(__always)
  private static func ones(in word: UInt64, where byte: UInt8) -> UInt64 {
    let difference = word ^ everyByte &* UInt64(byte)
    let lowBits = everyByte &* 0x7f
    return ~((difference & lowBits) &+ lowBits | difference) >> 7 & everyByte
  }

  private static func sumOfBytes(_ word: UInt64) -> Int {
    let pairs = (word & 0x00ff_00ff_00ff_00ff) + (word >> 8 & 0x00ff_00ff_00ff_00ff)
    return Int((pairs &* 0x0001_0001_0001_0001) >> 48)
  }
}
