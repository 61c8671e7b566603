// Decompression of whole gzip files (RFC 1952) through zlib, with every way in which such a file
// can be damaged told apart: cut short, corrupt, followed by other bytes.

import CZlib
import Glibc

enum Gzip {
  /// zlib's window for gzip: 15 bits, plus 16 for "gzip header and checksum required".
  private static let windowBits: Int32 = 15 + 16
  /// Deflate cannot expand by more than this factor (zlib, technical details); bounds the first
  /// guess.
  private static let expansionMax = 1032
  /// zlib counts input and output of one call in 32 bits; larger data goes through in such pieces.
  private static let pieceBytesMax = 1 << 30

  /// Inflates one or more gzip members that follow each other without a gap.
  ///
  /// An empty input is a truncated file: even empty data has a header and a checksum.
  @unsafe static func inflate(
    _ input: UnsafeBufferPointer<UInt8>, file: String, byteCountMax: Int
  ) throws(InputError) -> RawBytes {
    var stream = unsafe z_stream()
    let version = unsafe zlibVersion()
    let started = unsafe inflateInit2_(
      &stream, windowBits, version, Int32(MemoryLayout<z_stream>.size))
    guard started == Z_OK else {
      throw .unreadable(file: file, reason: "zlib cannot start, status \(started)")
    }
    defer { unsafe inflateEnd(&stream) }

    var output = unsafe InflatedBytes(
      capacity: min(firstCapacity(input), byteCountMax), byteCountMax: byteCountMax, file: file)
    do {
      try unsafe inflateMembers(&stream, input, into: &output, file: file)
    } catch {
      unsafe output.discard()
      throw error
    }
    return unsafe output.finish()
  }

  private static func inflateMembers(
    _ stream: inout z_stream, _ input: UnsafeBufferPointer<UInt8>,
    into output: inout InflatedBytes, file: String
  ) throws(InputError) {
    var consumed = 0
    while true {
      let piece = min(input.count - consumed, pieceBytesMax)
      unsafe stream.next_in = UnsafeMutablePointer(
        mutating: input.baseAddress.map { unsafe $0 + consumed })
      unsafe stream.avail_in = UInt32(piece)
      let room = try unsafe output.reserve(pieceBytesMax)
      unsafe stream.next_out = output.end
      unsafe stream.avail_out = UInt32(room)
      let status = unsafe CZlib.inflate(&stream, Z_NO_FLUSH)
      let taken = unsafe piece - Int(stream.avail_in)
      let made = unsafe room - Int(stream.avail_out)
      consumed += taken
      unsafe output.count += made
      if unsafe output.count > output.byteCountMax {
        throw unsafe .tooLarge(file: file, bytesMax: output.byteCountMax)
      }
      switch status {
      case Z_STREAM_END:
        if consumed == input.count { return }
        // A second member must begin at once; anything else is not ours to skip.
        guard unsafe input[consumed] == 0x1f else {
          throw .gzipCorrupt(file: file, reason: "other bytes follow the compressed data")
        }
        unsafe inflateReset(&stream)
      case Z_OK, Z_BUF_ERROR:
        if consumed == input.count, made < room { throw .gzipTruncated(file: file) }
        guard taken > 0 || made > 0 else {
          throw .gzipCorrupt(file: file, reason: "the data makes no progress")
        }
      default:
        let message = unsafe stream.msg.map { unsafe String(cString: $0) }
        throw .gzipCorrupt(file: file, reason: message ?? "zlib status \(status)")
      }
    }
  }

  /// The size that the last member claims (RFC 1952, ISIZE), if it is possible at all.
  private static func firstCapacity(_ input: UnsafeBufferPointer<UInt8>) -> Int {
    var claimed = 0
    for index in (max(0, input.count - 4)..<input.count).reversed() {
      claimed = unsafe claimed << 8 | Int(input[index])
    }
    return max(min(claimed, input.count * expansionMax), 1 << 12) + 1
  }
}

/// A growing block of memory from `malloc`.
@unsafe private struct InflatedBytes {
  private var base: UnsafeMutablePointer<UInt8>?
  private var capacity = 0
  private let firstCapacity: Int
  let byteCountMax: Int
  private let file: String
  var count = 0

  init(capacity: Int, byteCountMax: Int, file: String) {
    unsafe self.firstCapacity = capacity
    unsafe self.byteCountMax = byteCountMax
    unsafe self.file = file
  }

  var end: UnsafeMutablePointer<UInt8>? { unsafe base.map { unsafe $0 + count } }

  /// Makes room and returns how much there is, between 1 and `wanted`.
  mutating func reserve(_ wanted: Int) throws(InputError) -> Int {
    if unsafe count == capacity {
      // One byte more than allowed shows that the bound is passed, not merely reached.
      let bound = unsafe byteCountMax + 1
      let grown = unsafe min(max(firstCapacity, capacity * 2, 1), bound)
      guard unsafe grown > capacity else {
        throw unsafe .tooLarge(file: file, bytesMax: byteCountMax)
      }
      guard let memory = unsafe realloc(base, grown) else {
        throw unsafe .tooLarge(file: file, bytesMax: capacity)
      }
      unsafe base = memory.assumingMemoryBound(to: UInt8.self)
      unsafe capacity = grown
    }
    return unsafe min(capacity - count, wanted)
  }

  func discard() { unsafe free(base) }

  func finish() -> RawBytes { unsafe RawBytes(allocated: base, count: count) }
}
