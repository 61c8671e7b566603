// What stands in the way of writing or reading results is named, and leaves nothing damaged.

import CrossMargin
import CrossMarginIO
import Foundation
import PortfolioModel
import Testing

@Suite struct OutputFailureTests {
  private let scratch: ScanScratch
  private let run = FabricatedRun(seed: 21, accountCount: 600, accountsPerBlock: 100)
  private var path: String { scratch.place("results.sqlite") }

  init() throws { scratch = try ScanScratch() }

  /// Runs SQL in a database that is not open, by Python's copy of SQLite.
  private func alter(_ sql: String) throws {
    try scratch.run([
      "python3", "-c",
      "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.executescript(sys.argv[2]); c.close()",
      path, sql
    ])
  }

  @Test func aFullDiskLeavesWholeBlocks() throws {
    var stored = 0
    do {
      let writer = try ResultWriter(folder: scratch.path, plan: run.plan, pageCountMax: 28)
      #expect(throws: OutputError.noSpace(path: path)) {
        for block in run.blocks {
          try writer.append(block)
          stored += 1
        }
      }
      #expect(stored > 0 && stored < run.blocks.count)
      #expect(writer.completedBlockCount == stored)
      #expect(try writer.contributions().count == stored)
    }
    // With more space the run goes on.
    #expect(try ResultWriter(folder: scratch.path, plan: run.plan).completedBlockCount == stored)
    try run.write(to: scratch.path)
    #expect(try CanonicalExport(ResultReader(scratch.path)).sha256() == run.straightHash())
  }

  @Test func aFileSystemThatFillsUpIsNoDamage() throws {
    let folder = scratch.place("small")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    do {
      try scratch.run(["mount", "-t", "tmpfs", "-o", "size=640k", "tmpfs", folder])
    } catch {
      print("skipped: this system lets the tests mount no file system")
      return
    }
    defer { try? scratch.run(["umount", folder]) }
    var stored = 0
    do {
      let writer = try ResultWriter(folder: folder, plan: run.plan)
      #expect(throws: OutputError.noSpace(path: folder + "/results.sqlite")) {
        for block in run.blocks {
          try writer.append(block)
          stored += 1
        }
        try writer.finish(book: run.book, detail: [], manifest: [])
        try writer.close()
      }
    }
    let reopened = try ResultWriter(folder: folder, plan: run.plan)
    #expect(reopened.completedBlockCount == stored)
    #expect(try reopened.contributions() == run.blocks[..<stored].map(\.contribution))
  }

  @Test func aNumberThatIsNoneIsRefusedWithItsColumn() throws {
    let writer = try ResultWriter(folder: scratch.path, plan: run.plan)
    var block = run.blocks[0]
    block.accounts[7].unsettledUSD = .nan
    #expect(throws: OutputError.notFinite(table: "account", column: "unsettled_usd")) {
      try writer.append(block)
    }
    block = run.blocks[0]
    block.margins[3].levels[1] = FabricatedRun.level(
      equityUSD: 1, haircutUSD: .infinity, scanUSD: 1)
    #expect(throws: OutputError.self) { try writer.append(block) }
    // Nothing of the refused blocks is left in the way of the right one.
    try writer.append(run.blocks[0])
    #expect(writer.completedBlockCount == 1)
  }

  @Test func unfinishedResultsAreNotRead() throws {
    do {
      let writer = try ResultWriter(folder: scratch.path, plan: run.plan)
      try writer.append(run.blocks[0])
      #expect(throws: OutputError.inUse(path: path)) { try ResultReader(scratch.path) }
    }
    #expect(throws: OutputError.unfinished(path: path)) { try ResultReader(scratch.path) }
  }

  @Test func anUnfinishedRunOfOtherInputsIsRefused() throws {
    do {
      let writer = try ResultWriter(folder: scratch.path, plan: run.plan)
      try writer.append(run.blocks[0])
    }
    var other = run.plan
    other.fingerprint = "something else"
    #expect(throws: OutputError.otherInputs(path: path)) {
      try ResultWriter(folder: scratch.path, plan: other)
    }
    #expect(try ResultWriter(folder: scratch.path, plan: run.plan).completedBlockCount == 1)
  }

  @Test func missingAndForeignFilesAreNamed() throws {
    #expect(throws: OutputError.cannotOpen(path: path)) { try ResultReader(scratch.path) }
    try scratch.write("results.sqlite", "no database at all, but longer than a header of SQLite is")
    #expect(throws: OutputError.damaged(path: path, detail: "file is not a database")) {
      try ResultReader(scratch.path)
    }
    try scratch.write("results.sqlite", "")
    #expect(throws: OutputError.notResults(path: path, detail: "it is empty")) {
      try ResultReader(scratch.path)
    }
  }

  @Test func otherVersionsAndTablesAreNamed() throws {
    try run.write(to: scratch.path)
    try alter("PRAGMA user_version = 7")
    #expect(throws: OutputError.otherVersion(path: path, found: 7, expected: 2)) {
      try ResultReader(scratch.path)
    }
    try alter("PRAGMA user_version = 2; ALTER TABLE alert RENAME COLUMN value TO amount")
    #expect(
      throws: OutputError.notResults(path: path, detail: "table alert has other columns")
    ) { try ResultReader(scratch.path) }
    try alter("ALTER TABLE alert RENAME COLUMN amount TO value; DROP VIEW account_summary")
    try alter("DROP TABLE \"margin_venue-2\"")
    #expect(
      throws: OutputError.notResults(path: path, detail: "table margin_venue-2 is missing")
    ) { try ResultReader(scratch.path) }
  }

  @Test func valuesThatMeanNothingAreDamage() throws {
    try run.write(to: scratch.path)
    try alter("UPDATE account SET status = 'fine' WHERE account = 3")
    let results = try ResultReader(scratch.path)
    #expect(throws: OutputError.damaged(path: path, detail: "an unknown status")) {
      try results.account(AccountIndex(3))
    }
    #expect(try results.account(AccountIndex(4)) != nil)
  }

  @Test func anInsertionThatFailsSaysWhyAndStoresNothing() throws {
    do {
      let writer = try ResultWriter(folder: scratch.path, plan: run.plan)
      try writer.append(run.blocks[0])
    }
    // An account of the second block is there already.
    try alter("UPDATE account SET account = 150 WHERE account = 50")
    let writer = try ResultWriter(folder: scratch.path, plan: run.plan)
    let error = #expect(throws: OutputError.self) { try writer.append(run.blocks[1]) }
    let description = error.map(String.init(describing:)) ?? ""
    #expect(description.contains("UNIQUE constraint failed: account.account"), "\(description)")
    #expect(writer.completedBlockCount == 1)
  }

  @Test func overwrittenPagesAreDamage() throws {
    try run.write(to: scratch.path)
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    for index in 16_384..<bytes.count { bytes[index] = 0xa5 }
    try scratch.write("results.sqlite", bytes)
    let error = #expect(throws: OutputError.self) {
      try CanonicalExport(ResultReader(scratch.path)).sha256()
    }
    guard case .damaged(path, _) = error else {
      Issue.record("\(error.map(String.init(describing:)) ?? "no error")")
      return
    }
    // A run that finds such a file in its folder begins again.
    try run.write(to: scratch.path)
    #expect(try CanonicalExport(ResultReader(scratch.path)).sha256() == run.straightHash())
  }

  @Test func aFolderThatIsNotThereIsNamed() throws {
    let folder = scratch.place("absent")
    #expect(throws: OutputError.cannotOpen(path: folder + "/results.sqlite")) {
      try ResultWriter(folder: folder, plan: run.plan)
    }
  }

  @Test func aFinishedFileIsReadWithoutBeingTouched() throws {
    try run.write(to: scratch.path)
    let before = try FileHash.sha256(path)
    try scratch.setPermissions("results.sqlite", 0o400)
    _ = try CanonicalExport(ResultReader(path)).sha256()
    #expect(try FileHash.sha256(path) == before)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["results.sqlite"])
  }
}
