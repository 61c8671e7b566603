// Tables of comma-separated values: what is read, what is refused, and what is said about it.

import CrossMarginIO
import Foundation
import Testing

@Suite struct ScanCSVTests {
  typealias Row = ScannedTable.Row

  @Test(arguments: ["\n", "\r\n"]) func readsRowsWithEitherLineEnd(end: String) throws {
    let table = try ScannedTable(["a,b", "1,2", "3,"].joined(separator: end) + end)
    #expect(table.header == ["a", "b"])
    #expect(table.rows == [Row(line: 2, fields: ["1", "2"]), Row(line: 3, fields: ["3", ""])])
    #expect(table.error == nil)
    #expect(table.issues.isEmpty)
  }

  @Test func lastLineMayEndWithTheFile() throws {
    #expect(try ScannedTable("a,b\n1,2").rows == [Row(line: 2, fields: ["1", "2"])])
    #expect(try ScannedTable("a,b\n1,").rows == [Row(line: 2, fields: ["1", ""])])
    #expect(try ScannedTable("a,b\n1,\"2\"").rows == [Row(line: 2, fields: ["1", "2"])])
    #expect(try ScannedTable("a,b").header == ["a", "b"])
  }

  @Test func quotesHoldCommasLineEndsAndQuotes() throws {
    let table = try ScannedTable("a,\"b,\"\"x\"\n\"1,1\",\"say \"\"hi\"\"\"\n\"x\r\ny\n\",2\n5,6\n")
    #expect(table.header == ["a", "b,\"x"])
    #expect(
      table.rows == [
        Row(line: 2, fields: ["1,1", "say \"hi\""]), Row(line: 3, fields: ["x\r\ny\n", "2"]),
        Row(line: 6, fields: ["5", "6"])
      ])
  }

  @Test func byteOrderMarkIsSkipped() throws {
    let table = try ScannedTable(bytes: [0xef, 0xbb, 0xbf] + Array("a\n1\n".utf8))
    #expect(table.header == ["a"])
    #expect(table.rows == [Row(line: 2, fields: ["1"])])
    #expect(try ScannedTable(bytes: [0xef, 0xbb, 0xbf]).problem == .noHeader)
  }

  @Test func blankLinesCountOnlyInTheMiddle() throws {
    let table = try ScannedTable("a,b\n1,2\n\n\n3,4\n\r\n\n")
    #expect(table.rows == [Row(line: 2, fields: ["1", "2"]), Row(line: 5, fields: ["3", "4"])])
    #expect(table.issues == ["t.csv:3: found a blank line, expected 2 fields as in the header"])
    #expect(try ScannedTable("a\n\n1\n").issues.count == 1)
    #expect(try ScannedTable("a\n\"\"\n").rows == [Row(line: 2, fields: [""])])
  }

  @Test func raggedRowsAreIssuesAndDoNotHideOthers() throws {
    let table = try ScannedTable("a,b\n1\n1,2\n\"x\ny\",2,3\n1,2,\n7,8\n")
    #expect(table.rows == [Row(line: 3, fields: ["1", "2"]), Row(line: 7, fields: ["7", "8"])])
    #expect(
      table.issues == [
        "t.csv:2: found 1 field, expected 2 fields as in the header",
        "t.csv:4: found 3 fields, expected 2 fields as in the header",
        "t.csv:6: found 3 fields, expected 2 fields as in the header"
      ])
    #expect(table.error == nil)
  }

  @Test(arguments: [
    ("", TableProblem.noHeader, 1), ("\n", .noHeader, 1), ("\na\n", .noHeader, 1),
    ("a,,c\n", .unnamedColumn(number: 2), 1), ("a,b,a\n", .duplicateColumn(name: "a"), 1),
    ("a\n1\n\"2\n3\n", .unclosedQuote, 3), ("a\n\"", .unclosedQuote, 2),
    ("a\n\"\"\"\n", .unclosedQuote, 2), ("a\nx\"y\n", .misplacedQuote, 2),
    ("a\n\"x\"y\n", .misplacedQuote, 2), ("a\n\"x\ny\"z\n", .misplacedQuote, 3),
    ("a\n\"x\" \n", .misplacedQuote, 2), ("a\nx\0y\n", .controlCharacter(code: 0), 2),
    ("a\n\"\n\0\"\n", .controlCharacter(code: 0), 3), ("a\rb\n", .controlCharacter(code: 13), 1),
    ("a\n1\r", .controlCharacter(code: 13), 2), ("a\n\"1\"\r", .controlCharacter(code: 13), 2),
    ("a\n\u{1b}[2J\n", .controlCharacter(code: 27), 2)
  ])
  func refusesWhatIsNoTable(text: String, problem: TableProblem, line: Int) throws {
    let table = try ScannedTable(text)
    #expect(table.problem == problem)
    #expect(table.problemLine == line)
  }

  @Test func tabAndDeleteAreText() throws {
    #expect(try ScannedTable("a\nx\ty\u{7f}\n").rows == [Row(line: 2, fields: ["x\ty\u{7f}"])])
  }

  @Test func encodingIsCheckedEverywhere() throws {
    let sequences: [[UInt8]] = [
      [0xff], [0xc3], [0xc0, 0x80], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80],
      [0x80]
    ]
    for sequence in sequences {
      let table = try ScannedTable(bytes: Array("a,b\n1,2\n".utf8) + sequence + Array(",2\n".utf8))
      #expect(table.rows.count == 1)
      #expect(table.problem == .invalidUTF8)
      #expect(table.problemLine == 3)
      let quoted = Array("a\n\"x\ny".utf8) + sequence + Array("\nz\"\n".utf8)
      #expect(try ScannedTable(bytes: quoted).problemLine == 3)
    }
    #expect(try ScannedTable("a\nÄ€😀\n").rows == [Row(line: 2, fields: ["Ä€😀"])])
  }

  /// The encoding is checked in pieces of 64 KiB: a character across the cut is whole.
  @Test func charactersAcrossPiecesAreWhole() throws {
    for shift in 0..<4 {
      let cell = String(repeating: "x", count: shift) + String(repeating: "😀", count: 40_000)
      #expect(try ScannedTable("a\n" + cell + "\n").rows == [Row(line: 2, fields: [cell])])
      let damaged = Array(("a\n" + cell).utf8) + [0xf0, 0x9f, 0x98] + Array("\n".utf8)
      #expect(try ScannedTable(bytes: damaged).problem == .invalidUTF8)
    }
  }

  @Test func rowsBeforeADamagedOneAreRead() throws {
    let rows = String(repeating: "1\n", count: 1_000)
    let table = try ScannedTable(bytes: Array(("a\n" + rows).utf8) + [0xff, 0x0a])
    #expect(table.rows.count == 1_000)
    #expect(table.problemLine == 1_002)
  }

  @Test func oneFieldMayBeLarge() throws {
    let text = String(repeating: "0123456789,\n\"\"", count: 800_000)
    let table = try ScannedTable("a,b\n\"" + text + "\",2\n3,4\n")
    #expect(table.error == nil)
    #expect(table.rows.count == 2)
    #expect(table.rows[0].fields[0].utf8.count == 13 * 800_000)
    #expect(table.rows[1].line == 800_003)
  }

  @Test func manyColumnsAreRead() throws {
    let names = (0..<1_000).map { "c\($0)" }
    let table = try ScannedTable(names.joined(separator: ",") + "\n" + names.joined(separator: ","))
    #expect(table.header == names)
    #expect(table.rows == [Row(line: 2, fields: names)])
  }

  /// Separators are found eight bytes at a time: every place within the eight, every rest.
  @Test func everyAlignmentIsRead() throws {
    for length in 0..<40 {
      for tail in 0..<10 {
        let first = String(repeating: "x", count: length)
        let second = String(repeating: "y", count: tail)
        let table = try ScannedTable("a,b\n\(first),\(second)\n\"\(first)\",\"\(second)\"")
        #expect(table.rows.map(\.fields) == [[first, second], [first, second]])
      }
    }
  }

  @Test func mappedFilesAreReadLikeSmallOnes() throws {
    let scratch = try ScanScratch()
    // A size that is a whole number of pages leaves nothing readable behind the last byte.
    let row = "0123456789,abcd\n"
    let text = "number,name....\n" + String(repeating: row, count: (2 << 20) / row.utf8.count - 1)
    #expect(text.utf8.count == 2 << 20)
    let table = ScannedTable(path: try scratch.write("t.csv", text))
    #expect(table.error == nil)
    #expect(table.rows.count == (2 << 20) / row.utf8.count - 1)
    #expect(table.rows.last?.fields == ["0123456789", "abcd"])
  }

  @Test func columnsAreFoundByName() throws {
    let scratch = try ScanScratch()
    let path = try scratch.write("t.csv", "c,x_note,a,odd\n1,2,3,4\n")
    let scanner = try CSVScanner(ByteSource(path: path, file: "t.csv"))
    var issues = FieldIssues()
    let columns = scanner.columns(
      required: ["a", "b"], optional: ["c", "d"], ignoredPrefix: "x_", issues: &issues)
    #expect(columns == [2, nil, 0, nil])
    #expect(
      issues.first.map(\.description) == [
        "t.csv:1: odd: found an unknown column, expected one of a, b, c, d",
        "t.csv:1: b: found no such column, expected a required column"
      ])
  }

  @Test func fieldsAreReadAsWhatTheyAre() throws {
    let scratch = try ScanScratch()
    let text = "n,i,t,s\n\"1.5\",-7,2026-03-27T08:00Z,\"a\"\"b\"\nabc,,,\n"
    var scanner = try CSVScanner(ByteSource(path: scratch.write("t.csv", text), file: "t.csv"))
    var issues = FieldIssues()
    var names = NameTable()
    let first = try scanner.next(&issues)
    let (number, whole, time) = (
      scanner.double(at: 0), scanner.integer(at: 1), scanner.time(at: 2)
    )
    let interned = scanner.intern(at: 3, into: &names)
    let unknown = scanner.find(at: 0, in: names)
    #expect(first)
    #expect(number == 1.5)
    #expect(whole == -7)
    #expect(time == 1_774_598_400_000_000)
    #expect(interned == 0)
    #expect(names.name(at: 0) == "a\"b")
    #expect(unknown == nil)
    let second = try scanner.next(&issues)
    let (noNumber, noWhole, isEmpty) = (
      scanner.double(at: 0), scanner.integer(at: 1), scanner.isEmpty(at: 1)
    )
    #expect(second)
    #expect(noNumber == nil)
    #expect(noWhole == nil)
    #expect(isEmpty)
    let issue = scanner.issue(at: 0, expected: DecimalText.doubleExpected)
    #expect(issue.description == "t.csv:3: n: found \"abc\", expected a finite number")
    let third = try scanner.next(&issues)
    #expect(!third)
  }
}
