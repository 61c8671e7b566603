// Large files of holdings are read in parts by several threads: what they say, and what is said
// about them, is the same for any number of threads.

import BookFixtures
import CrossMargin
import CrossMarginIO
import Foundation
import PortfolioModel
import Testing

@Suite struct InputPartTests {
  private static let positionHeader = "account,instrument,quantity,entry_price,unsettled,leg\n"
  /// About 40 bytes a row: enough for three parts.
  private static let accountCount = 30_000

  /// One row of a perpetual and one of a future for each account, on the lines 2, 3, 4 …
  private static func positionLines() -> [String] {
    (0..<accountCount).flatMap { rank in
      let name = "account-\(String(100_000 + rank).dropFirst())-\(rank % 7)"
      return [
        "\(name),BTC-PERP,\(rank % 13 + 1),80000,,",
        "\(name),BTC-27MAR26,-0.\(rank % 9 + 1),,,hedge"
      ]
    }
  }

  private static func load(
    _ positions: [String], balances: String? = nil, threadCount: Int, end: String = "\n"
  ) throws -> LoadedBook {
    let scratch = try ScanScratch()
    var files = GoodBook.files
    files.files["orders.csv"] = nil
    files.files["reported.csv"] = nil
    files.set("positions.csv", positionHeader + positions.joined(separator: end))
    if let balances { files.set("balances.csv", balances) }
    try files.write(to: scratch.path)
    return try BookReader.load(folder: scratch.path, threadCount: threadCount)
  }

  /// The issues of a book that must not load, the same for 1, 2 and 9 threads.
  private static func issues(
    _ positions: [String], balances: String? = nil
  ) throws -> (first: [String], totalCount: Int) {
    var found: [BookError] = []
    for threadCount in [1, 2, 9] {
      do {
        _ = try load(positions, balances: balances, threadCount: threadCount)
        Issue.record("the book has faults")
      } catch let error as BookError {
        found.append(error)
      }
    }
    #expect(found.allSatisfy { $0 == found.first })
    guard case .malformed(let issues, let totalCount) = try #require(found.first) else {
      Issue.record("the faults are those of files")
      return ([], 0)
    }
    return (issues.map(\.description), totalCount)
  }

  @Test func manyRowsAreTheSameForAnyNumberOfThreads() throws {
    let lines = Self.positionLines()
    let one = try Self.load(lines, threadCount: 1)
    let positions = one.book.portfolio.positions
    #expect(positions.quantities.count == lines.count)
    let account = try #require(
      one.book.portfolio.accounts.firstIndex { $0.name == "account-12345-4" })
    let rows = positions.rows(of: AccountIndex(account))
    #expect(Array(positions.quantities[rows]).sorted() == [-0.7, 9])
    #expect(positions.legs[rows].sorted() == ["", "hedge"])
    #expect(try Self.load(lines, threadCount: 2) == one)
    #expect(try Self.load(lines, threadCount: 64) == one)
    // Neither the order of accounts nor the ends of lines say anything.
    let reversed = try Self.load(lines.reversed(), threadCount: 2, end: "\r\n")
    #expect(reversed.book == one.book)
  }

  @Test func issuesOfAllPartsStandInTheOrderOfTheirLines() throws {
    var lines = Self.positionLines()
    let faults = [50, 20_000, 20_001, 45_000, 59_990]
    for line in faults { lines[line - 2] = lines[line - 2].replacing(",BTC-", with: ",x,BTC-") }
    lines[30_000 - 2] = "someone,BTC-PERP,many,,,"
    let found = try Self.issues(lines)
    let expected = (faults + [30_000]).sorted()
    #expect(found.totalCount == expected.count)
    #expect(found.first.map { $0.split(separator: ":")[1] } == expected.map { "\($0)" })
    #expect(
      found.first[3] == "positions.csv:30000: quantity: found \"many\", expected a finite number")
  }

  @Test func theFirstHundredOfManyIssuesAreKept() throws {
    let lines = Self.positionLines().map { $0.replacing("BTC-PERP,", with: "BTC-PERP,x") }
    let found = try Self.issues(lines)
    #expect(found.totalCount == Self.accountCount)
    #expect(found.first.count == 100)
    #expect(found.first[99].hasPrefix("positions.csv:200: quantity: found \"x"))
  }

  @Test func aTextThatIsNoTableEndsTheReading() throws {
    var lines = Self.positionLines()
    lines[100 - 2] = "someone,BTC-PERP,many,,,"
    lines[40_000 - 2] = "some\"one,BTC-PERP,1,,,"
    lines[50_000 - 2] = "someone,BTC-PERP,many,,,"
    let found = try Self.issues(lines)
    #expect(found.totalCount == 2)
    #expect(found.first[0].hasPrefix("positions.csv:100: quantity"))
    #expect(found.first[1].hasPrefix("positions.csv:40000: found a quote inside a field"))
  }

  @Test func aNameThatIsNoneIsReportedOnceAndKeysRepeatOverParts() throws {
    var lines = Self.positionLines()
    for line in [1_000, 30_000, 59_000] { lines[line - 2] = " spaced,BTC-PERP,1,80000,," }
    lines[58_000 - 2] = lines[2_000 - 2]
    let found = try Self.issues(lines)
    #expect(
      found.first == [
        "positions.csv:1000: account: found \" spaced\", expected a name that neither begins nor "
          + "ends with a space",
        "positions.csv:58000: account, instrument, leg: found the same as on line 2000, "
          + "expected every key once",
        "positions.csv:59000: account, instrument, leg: found the same as on line 30000, "
          + "expected every key once"
      ])
  }

  @Test func aRowAfterANameThatIsNoneKeepsItsIssues() throws {
    let positions = [
      " bad,BTC-PERP,1,80000,,", "one,BTC-PERP,1,80000,,", "two,BTC-PERP,1,80000,,",
      "one,BTC-PERP,2,80000,,", "three,BTC-PERP,1,80000,,"
    ]
    let balances = "account,asset,amount\n worse,USDC,1\none,USDC,1\ntwo,USDC,1\none,USDC,2\n"
    let found = try Self.issues(positions, balances: balances)
    #expect(
      found.first.map { $0.prefix { $0 != "," } } == [
        "positions.csv:2: account: found \" bad\"", "positions.csv:5: account",
        "balances.csv:2: account: found \" worse\"", "balances.csv:5: account"
      ])
  }

  @Test func balancesAreReadLikePositions() throws {
    let rows = (0..<60_000).map { "account-\($0),\($0 % 2 == 0 ? "BTC" : "USDC"),\($0).25\n" }
    let balances = "account,asset,amount\n" + rows.joined()
    #expect(balances.utf8.count > 1 << 20)
    let books = try [1, 2, 5].map {
      try Self.load(["one,BTC-PERP,1,80000,,"], balances: balances, threadCount: $0)
    }
    #expect(books.allSatisfy { $0 == books[0] })
    #expect(books[0].book.portfolio.balances.amounts.count == rows.count)

    var damaged = rows
    damaged[100] = "account-100,DOGE,-\n"
    damaged[59_999] = "account-7,USDC,1\n"
    let found = try Self.issues(
      ["one,BTC-PERP,1,80000,,"], balances: "account,asset,amount\n" + damaged.joined())
    #expect(found.totalCount == 2)
    #expect(found.first[0].hasPrefix("balances.csv:102: amount: found \"-\""))
    #expect(found.first[1].hasPrefix("balances.csv:60001: account, asset: found the same"))
    #expect(found.first[1].contains("line 9,"))
  }

  @Test func aFileOfPositionsIsReadByItself() throws {
    let scratch = try ScanScratch()
    let book = try Self.load(Self.positionLines(), threadCount: 1).book
    let text = Self.positionHeader + Self.positionLines().joined(separator: "\n")
    let path = try scratch.write("held.csv", text)
    let file = try PositionFile.read(path, instruments: book.instruments, threadCount: 3)
    // The book has further accounts, of its balances.
    let names = Set(file.accountNames)
    #expect(names.count == Self.accountCount && file.accountNames == file.accountNames.sorted())
    #expect(file.positions.instruments == book.portfolio.positions.instruments)
    #expect(file.positions.quantities == book.portfolio.positions.quantities)
    #expect(file.positions.entryPrices == book.portfolio.positions.entryPrices)
    #expect(file.file.byteCount == text.utf8.count)
    try scratch.write("held.csv", text + "\none,BTC-PERP,much,,,\n")
    #expect(throws: BookError.self) {
      try PositionFile.read(path, instruments: book.instruments)
    }
    #expect(throws: BookError.self) {
      try PositionFile.read(scratch.place("absent.csv"), instruments: book.instruments)
    }
  }
}
