// Compressed files and the ways in which they are damaged; files that cannot be opened at all.

import CrossMarginIO
import Foundation
import Testing

@Suite struct ScanGzipTests {
  private let scratch: ScanScratch

  init() throws { scratch = try ScanScratch() }

  private func contents(_ bytes: [UInt8], limit: Int = ByteSource.inflatedBytesMax) throws
    -> [UInt8]
  {
    let path = try scratch.write("f.gz", bytes)
    let source = try ByteSource(path: path, file: "f.gz", inflatedBytesMax: limit)
    #expect(source.fileByteCount == bytes.count)
    return source.withBytes { span in (0..<span.count).map { span[$0] } }
  }

  private func error(_ bytes: [UInt8], limit: Int = ByteSource.inflatedBytesMax) throws
    -> InputError?
  {
    do {
      _ = try contents(bytes, limit: limit)
      return nil
    } catch let error as InputError {
      return error
    }
  }

  private func isCorrupt(_ error: InputError?) -> Bool {
    guard case .gzipCorrupt("f.gz", _) = error else { return false }
    return true
  }

  @Test func compressedTablesAreRead() throws {
    let zipped = try scratch.gzipped(Array("a,b\n1,2\n".utf8))
    let table = ScannedTable(path: try scratch.write("t.csv.gz", zipped))
    #expect(table.rows == [ScannedTable.Row(line: 2, fields: ["1", "2"])])
  }

  @Test(arguments: [0, 1, 4_095, 4_096, 4_097, 3_000_000]) func sizesAreReadBack(count: Int) throws
  {
    var random = ScanRandom(seed: UInt64(count))
    let bytes = (0..<count).map { _ in UInt8.random(in: 0...15, using: &random) }
    #expect(try contents(scratch.gzipped(bytes)) == bytes)
  }

  @Test func membersAreJoined() throws {
    let members = [Array("a,b\n1,".utf8), [], Array("2\n".utf8)]
    let zipped = try members.flatMap { try scratch.gzipped($0) }
    #expect(try contents(zipped) == members.flatMap { $0 })
  }

  @Test func everyTruncationIsFound() throws {
    let zipped = try scratch.gzipped(Array("a,b\n1,2\n3,4\n5,6\n".utf8))
    for length in 0..<zipped.count {
      #expect(try error(Array(zipped[..<length])) == .gzipTruncated(file: "f.gz"))
      // A second member that is cut is found as well, unless nothing of it is there.
      let second = try error(zipped + Array(zipped[..<length]))
      #expect(second == (length == 0 ? nil : .gzipTruncated(file: "f.gz")))
    }
  }

  @Test func everyFlippedBitIsFoundOrHarmless() throws {
    let bytes = Array("a,b\n1,2\n3,4\n5,6\n7,8\n7,8\n7,8\n".utf8)
    let zipped = try scratch.gzipped(bytes)
    var harmCount = 0
    for position in zipped.indices {
      for bit in 0..<8 {
        var damaged = zipped
        damaged[position] ^= 1 << UInt8(bit)
        do { #expect(try contents(damaged) == bytes) } catch { harmCount += 1 }
      }
    }
    // Only time, flags of the compressor and system, eight of the ten bytes of the header, are
    // free.
    #expect(harmCount >= (zipped.count - 10) * 8)
  }

  @Test func otherBytesBehindTheDataAreRefused() throws {
    let zipped = try scratch.gzipped(Array("a\n".utf8))
    #expect(isCorrupt(try error(zipped + [0])))
    #expect(isCorrupt(try error(zipped + Array("a\n".utf8))))
    #expect(isCorrupt(try error(zipped + [0x1f, 0])))
    #expect(isCorrupt(try error(Array("a,b\n1,2\n".utf8))))
  }

  @Test func sizeIsBounded() throws {
    let count = 10_000_000
    let zipped = try scratch.gzipped([UInt8](repeating: 48, count: count))
    #expect(zipped.count < 20_000)
    #expect(try error(zipped, limit: count - 1) == .tooLarge(file: "f.gz", bytesMax: count - 1))
    #expect(try error(zipped, limit: 1_000) == .tooLarge(file: "f.gz", bytesMax: 1_000))
    #expect(try contents(zipped, limit: count).count == count)
  }

  @Test func hashIsThatOfTheBytesOnDisk() throws {
    let zipped = try scratch.gzipped(Array("a\n".utf8))
    let path = try scratch.write("t.gz", zipped)
    let source = try ByteSource(path: path, file: "t.gz")
    #expect(source.count == 2)
    #expect(try source.sha256() == FileHash.sha256(path))
    let plain = try scratch.write("plain", "abc")
    // FIPS 180-4, example of one block.
    let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    #expect(try ByteSource(path: plain, file: "plain").sha256() == expected)
  }

  @Test func whatCannotBeOpenedIsTold() throws {
    func failure(_ name: String) -> InputError? {
      do throws(InputError) {
        _ = try ByteSource(path: scratch.place(name), file: name)
        return nil
      } catch {
        return error
      }
    }
    #expect(failure("missing") == .notFound(file: "missing"))
    try FileManager.default.createDirectory(
      atPath: scratch.place("folder"), withIntermediateDirectories: false)
    #expect(failure("folder") == .notAFile(file: "folder"))
    try scratch.run(["mkfifo", scratch.place("pipe")])
    #expect(failure("pipe") == .notAFile(file: "pipe"))
    try scratch.write("file", "a\n")
    let below = failure("file/x")
    #expect(below == .unreadable(file: "file/x", reason: "it is not a folder"))
    try FileManager.default.createSymbolicLink(
      atPath: scratch.place("loop"), withDestinationPath: "loop")
    guard case .unreadable("loop", _) = failure("loop") else {
      Issue.record("a loop of links was opened")
      return
    }
  }

  @Test(.enabled(if: geteuid() != 0, "the owner of all files may read them"))
  func forbiddenFilesAreTold() throws {
    let path = try scratch.write("secret", "a\n")
    try scratch.setPermissions("secret", 0)
    #expect(throws: InputError.unreadable(file: "secret", reason: "no permission to read")) {
      try ByteSource(path: path, file: "secret")
    }
  }

  @Test(arguments: [10, 3 << 20]) func filesMayVanishButNotChange(size: Int) throws {
    let bytes = [UInt8](repeating: 48, count: size)
    let path = try scratch.write("f", bytes)
    let source = try ByteSource(path: path, file: "f")
    try source.requireUnchanged()
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data([49]))
    try handle.close()
    #expect(throws: InputError.changedWhileRead(file: "f")) { try source.requireUnchanged() }
    // Both exist before one takes the other's name, so that it is another file for certain.
    let other = try scratch.write("g", "another")
    try FileManager.default.removeItem(atPath: path)
    try source.requireUnchanged()
    try FileManager.default.moveItem(atPath: other, toPath: path)
    try source.requireUnchanged()
    #expect(source.withBytes { span in span.count == size && span[size - 1] == 48 })
  }
}
