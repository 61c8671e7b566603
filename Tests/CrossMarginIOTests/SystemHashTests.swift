// Hashes against published answers; clocks.

import CrossMarginIO
import Foundation
import Testing

@Suite struct SystemHashTests {
  /// FIPS 180-4 examples; the empty message and the million letters of the NIST test vectors.
  @Test(arguments: [
    ("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    ("a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  ])
  func publishedHashes(text: String, repetitions: Int, hash: String) throws {
    let bytes = Array(String(repeating: text, count: repetitions).utf8)
    let scratch = try ScanScratch()
    #expect(try FileHash.sha256(scratch.write("f", bytes)) == hash)
    var hasher = SHA256Hasher()
    // Pieces of growing size make the same hash as the whole.
    var start = 0
    var size = 1
    while start < bytes.count {
      let end = min(start + size, bytes.count)
      hasher.update(bytes.span.extracting(start..<end))
      (start, size) = (end, size + 13)
    }
    #expect(hasher.finish() == hash)
  }

  @Test func filesThatCannotBeReadAreTold() throws {
    let scratch = try ScanScratch()
    let missing = scratch.place("missing")
    #expect(throws: FileSystemError.notFound(path: missing)) { try FileHash.sha256(missing) }
    #expect(throws: FileSystemError.isADirectory(path: scratch.path)) {
      try FileHash.sha256(scratch.path)
    }
  }

  /// RFC 4231, test cases 1, 2, 3, 6 and 7.
  @Test(arguments: [
    (
      [UInt8](repeating: 0x0b, count: 20), Array("Hi There".utf8),
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
      Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
      [UInt8](repeating: 0xaa, count: 20), [UInt8](repeating: 0xdd, count: 50),
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
    ),
    (
      [UInt8](repeating: 0xaa, count: 131),
      Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
    (
      [UInt8](repeating: 0xaa, count: 131),
      Array(
        ("This is a test using a larger than block-size key and a larger than block-size data. "
          + "The key needs to be hashed before being used by the HMAC algorithm.").utf8),
      "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
    )
  ])
  func publishedKeyedHashes(key: [UInt8], message: [UInt8], hash: String) {
    #expect(KeyedHash.hmacSHA256(key: key, message: message.span) == hash)
  }

  @Test func emptyMessagesHaveAHash() {
    let first = KeyedHash.hmacSHA256(key: [1], message: [UInt8]().span)
    #expect(first.count == 64)
    #expect(first != KeyedHash.hmacSHA256(key: [2], message: [UInt8]().span))
  }

  @Test func clocksGoForward() {
    let wall = ProcessClock.wallMicroseconds()
    let before = ProcessClock.monotonicNanoseconds()
    let spent = ProcessClock.processorSeconds()
    var sum = 0.0
    while ProcessClock.monotonicNanoseconds() - before < 20_000_000 { sum += 1 }
    #expect(sum > 0)
    #expect(ProcessClock.processorSeconds() > spent)
    #expect(abs(wall - Int64(Date().timeIntervalSince1970 * 1e6)) < 60_000_000)
    // A test process holds at least a megabyte, and not a terabyte: the unit is right.
    #expect((1 << 20...1 << 40).contains(ProcessClock.peakResidentBytes()))
  }
}
