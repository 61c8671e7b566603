// Rows that wait on disk.

import CrossMarginIO
import Foundation
import Testing

@Suite struct SpilledRowsTests {
  private struct Row: BitwiseCopyable, Equatable {
    var number: Int
    var value: Double?
  }

  private static func folder() throws -> String {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return folder
  }

  /// Fewer than a piece, whole pieces, more than one.
  @Test(arguments: [0, 1, 1_000, 4_096, 10_000]) func rowsComeBackInOrder(count: Int) throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let rows = (0..<count).map { Row(number: $0, value: $0 % 3 == 0 ? nil : Double($0) / 7) }
    let spill = try RowSpill<Row>(folder: folder)
    try spill.append(contentsOf: rows)
    let spilled = try spill.finish()
    #expect(spilled.count == count)
    #expect(Array(spilled) == rows)
    // Again, and from two readers at once.
    #expect(zip(spilled, spilled.dropFirst()).allSatisfy { $0.number + 1 == $1.number })
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
  }

  @Test func listsComeBackWithTheirRows() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let lists = (0..<5_000).map { row in (0..<row % 5).map { row * 10 + $0 } }
    let spill = try ListSpill<Int, Int, [Int]>(folder: folder)
    for (row, list) in lists.enumerated() { try spill.append(row, list) }
    let spilled = try spill.finish { [$0] + $1 }
    #expect(spilled.count == lists.count)
    #expect(Array(spilled) == lists.enumerated().map { [$0] + $1 })
  }

  @Test func aFolderThatIsNotThereIsRefused() {
    #expect(throws: FileSystemError.self) { _ = try RowSpill<Int>(folder: "/nowhere/at all") }
  }
}
