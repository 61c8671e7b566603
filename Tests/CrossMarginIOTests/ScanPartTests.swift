// A table read in parts says what the same table says when it is read whole: rows, issues, lines and
// the error that ends it.

import CrossMarginIO
import Foundation
import Testing

@Suite struct ScanPartTests {
  /// Reads a table in parts of about a size; what stands behind the first error is not read.
  private static func inParts(
    _ path: String, byteCount: Int, threadCount: Int
  ) throws(InputError) -> (table: ScannedTable, partCount: Int) {
    var table = ScannedTable()
    let source = try ByteSource(path: path, file: "t.csv")
    let whole = try CSVScanner(source)
    table.header = whole.header
    let parts = whole.parts(byteCount: byteCount, threadCount: threadCount)
    var issues = FieldIssues()
    for part in parts {
      var scanner = CSVScanner(source, header: whole.header, part: part)
      var ofPart = FieldIssues()
      do throws(InputError) {
        while try scanner.next(&ofPart) {
          let fields = table.header.indices.map { scanner.text(at: $0) }
          table.rows.append(ScannedTable.Row(line: scanner.line, fields: fields))
        }
      } catch {
        table.error = error
      }
      issues.append(contentsOf: ofPart)
      if table.error != nil { break }
    }
    table.issues = issues.first.map(\.description)
    return (table, parts.count)
  }

  private static func expectSame(_ bytes: [UInt8], sizes: [Int]) throws {
    let scratch = try ScanScratch()
    let path = try scratch.write("t.csv", bytes)
    let whole = ScannedTable(path: path)
    for size in sizes {
      for threadCount in [1, 3] {
        do throws(InputError) {
          let (table, _) = try inParts(path, byteCount: size, threadCount: threadCount)
          #expect(table == whole, "parts of \(size) bytes, \(threadCount) threads")
        } catch {
          #expect(whole.error == error && whole.header.isEmpty)
        }
      }
    }
  }

  @Test(arguments: [
    "a,b\n1,2\n3,4\n5,6\n", "a,b\r\n1,2\r\n3,4\r\n5,6", "a,b\n1,2\n3,4",
    "a,b\n\"1\n1\",2\n\"\"\"\n\",\"x,\n\"\n5,6\n", "a,b\n1,2\n\n\n3,4\n\r\n\r\n\n5,6\n\n\n",
    "a,b\n1\n1,2,3\n4,5\n6\n7,8\n", "a,b\né,ü\n\"ß\n\",\"漢字\"\n", "a,b", "a,b\n", "a,b\n\n\n",
    "a\n\"\"\n\"\"\n1\n"
  ])
  func everyCutGivesTheSame(text: String) throws {
    try Self.expectSame(Array(text.utf8), sizes: Array(1...text.utf8.count))
  }

  @Test(arguments: [
    "a,b\n1,2\n3,x\"y\n5,6\n7,8\n", "a,b\n1,2\n\"3,4\n5,6\n7,8\n", "a,b\n1,2\n\"3\"x,4\n\"5\",6\n",
    "a,b\n1,2\n3,\u{1}\n5,6\n", "a,b\n1,2\n3\r,4\n5,6\n", "a,b\n1\n\"\"\"\n2,3\n", "a,\"b\n1,2\n"
  ])
  func theFirstErrorEndsTheReading(text: String) throws {
    try Self.expectSame(Array(text.utf8), sizes: Array(1...text.utf8.count))
  }

  @Test func bytesThatAreNoTextEndTheReadingOnTheirLine() throws {
    let bytes = Array("a,b\n1,2\n\"x\ny".utf8) + [0xc3] + Array("\",4\n5,6\n7,8\n".utf8)
    try Self.expectSame(bytes, sizes: Array(1...bytes.count))
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func randomTablesAreTheSameInParts(seed: UInt64) throws {
    let pieces = [
      "a", "17", "-0.5", ",", ",", "\n", "\n", "\r\n", "\"\"", "\"x\"", "\"1,2\"", "\"y\nz\"",
      "\"q\"\"\"", "é", "\t", "\n\n", "\""
    ]
    var random = ScanRandom(seed: seed)
    var errorCount = 0
    for _ in 0..<200 {
      var text = "a,b\n"
      for _ in 0..<Int.random(in: 0...60, using: &random) {
        // The last piece alone is an error, and rare.
        let last = Int.random(in: 0..<40, using: &random) == 0 ? pieces.count : pieces.count - 1
        text += pieces[Int.random(in: 0..<last, using: &random)]
      }
      if try ScannedTable(text).error != nil { errorCount += 1 }
      try Self.expectSame(Array(text.utf8), sizes: [1, 5, 16, 40])
    }
    // Both kinds are met, or the tables say little.
    #expect(errorCount > 20 && errorCount < 190)
  }

  @Test func partsAreCutBetweenRowsAndHoldEverything() throws {
    let rows = (0..<5_000).map { "row \($0),\"two\nlines \($0)\"\n" }
    let scratch = try ScanScratch()
    let text = "a,b\n" + rows.joined()
    let path = try scratch.write("t.csv", text)
    let source = try ByteSource(path: path, file: "t.csv")
    let parts = try CSVScanner(source).parts(byteCount: 4_096, threadCount: 8)
    #expect(parts.count > 20)
    #expect(parts.first?.start == 4 && parts.first?.firstLine == 2)
    #expect(parts.last?.end == text.utf8.count)
    let bytes = Array(text.utf8)
    for (part, next) in zip(parts, parts.dropFirst()) {
      #expect(part.end == next.start && bytes[part.end - 1] == UInt8(ascii: "\n"))
      #expect(next.firstLine == 1 + bytes[..<next.start].count { $0 == UInt8(ascii: "\n") })
      #expect(bytes[next.start...].starts(with: Array("row ".utf8)))
    }
    #expect(try CSVScanner(source).parts(byteCount: 4_096, threadCount: 1) == parts)
  }

  @Test func aFieldMayReachOverManyParts() throws {
    let long = String(repeating: "line\n", count: 2_000)
    let text = "a,b\n1,2\n\"" + long + "\",4\n5,6\n"
    try Self.expectSame(Array(text.utf8), sizes: [10, 1_000])
  }
}
