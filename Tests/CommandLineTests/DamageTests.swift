// Damaged books: the run says what is wrong and where, ends with 2, and leaves earlier results alone.

import BookFixtures
import CrossMarginIO
import Foundation
import Testing

@Suite struct DamageTests {
  @Test func theSoundBookRuns() throws {
    let scratch = try Scratch()
    try GoodBook.files.write(to: scratch.place("book"))
    let run = try Program("run", scratch.place("book"), "--output", scratch.place("out"))
    #expect(run.exitCode == 0, "\(run.output)\n\(run.errors)")
    #expect(run.output.contains("3 accounts"))
  }

  @Test func thereAreEnoughDamagedBooks() {
    #expect(DamagedBook.all.count >= 60)
    #expect(Set(DamagedBook.all.map(\.name)).count == DamagedBook.all.count)
  }

  @Test(arguments: DamagedBook.all)
  func damageIsNamedAndNothingIsTouched(_ damaged: DamagedBook) throws {
    let scratch = try Scratch()
    let (book, output) = (scratch.place("book"), scratch.place("out"))
    try damaged.files.write(to: book)
    try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: false)
    try Data("earlier results".utf8).write(to: URL(filePath: output + "/results.sqlite"))
    let before = try FileManager.default.subpathsOfDirectory(atPath: scratch.path).sorted()

    let run = try Program("run", book, "--output", output, "--replace")

    #expect(run.exitCode == 2)
    #expect(run.output.isEmpty)
    for part in damaged.expected {
      #expect(run.errors.contains(part), "\(part) is not in: \(run.errors)")
    }
    #expect(try FileManager.default.subpathsOfDirectory(atPath: scratch.path).sorted() == before)
    #expect(
      try String(contentsOfFile: output + "/results.sqlite", encoding: .utf8) == "earlier results")
  }
}
