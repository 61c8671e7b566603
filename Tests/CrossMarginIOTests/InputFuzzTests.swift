// Books with random damage: a book or an error, never a crash or a hang. CROSSMARGIN_FUZZ_COUNT
// sets the number of damaged files.

import BookFixtures
import CrossMarginIO
import Foundation
import Testing

@Suite struct InputFuzzTests {
  private static let count =
    ProcessInfo.processInfo.environment["CROSSMARGIN_FUZZ_COUNT"].flatMap { Int($0) } ?? 2_000

  private static let pieces = [
    "\"", ",", "\n", "\r\n", ":", "-", "{", "}", "[", "]", "&a", "*a", "!!", "#", "\t", "|", ">",
    "nan", "1e400", "-0", "0x1", "9999999999999999999", "~", "null", "yes", "2026-02-30T00:00Z",
    "spot:", "\u{FEFF}", "\u{0}", "é", "…", "<script>"
  ].map { Array($0.utf8) }

  @Test func damagedFilesGiveABookOrAnError() throws {
    let scratch = try ScanScratch()
    let good = GoodBook.files
    try good.write(to: scratch.path)
    let names = good.files.keys.sorted()
    var random = ScanRandom(seed: 2_028)
    var loadedCount = 0
    for _ in 0..<Self.count {
      let name = names[Int.random(in: 0..<names.count, using: &random)]
      let whole = good.files[name] ?? []
      try scratch.write(name, Self.damaged(whole, using: &random))
      do throws(BookError) {
        _ = try BookReader.load(folder: scratch.path)
        loadedCount += 1
      } catch {
        #expect(!error.description.isEmpty)
      }
      try scratch.write(name, whole)
    }
    // Both ends are reached, or the damage is too weak or too strong to say anything.
    #expect(loadedCount > Self.count / 100 && loadedCount < Self.count * 9 / 10)
  }

  private static func damaged(_ bytes: [UInt8], using random: inout ScanRandom) -> [UInt8] {
    var result = bytes
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let place = Int.random(in: 0...result.count, using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: result.removeSubrange(place..<min(result.count, place + 1))
      case 1:
        result.insert(
          contentsOf: pieces[Int.random(in: 0..<pieces.count, using: &random)], at: place)
      case 2 where place < result.count: result[place] = .random(in: 0...255, using: &random)
      case 3: result.removeSubrange(place...)
      case 4:
        // A stretch of the file once more, somewhere else.
        let end = min(result.count, place + Int.random(in: 1...80, using: &random))
        result.insert(
          contentsOf: Array(result[place..<end]),
          at: Int.random(in: 0...result.count, using: &random))
      default:
        result.removeSubrange(
          place..<min(result.count, place + Int.random(in: 1...80, using: &random)))
      }
    }
    return result
  }
}
