// The bytes of a table as scanners see them: a place in memory without an owner, so that a look at a
// byte costs a look at a byte.

/// Bytes that a `ByteSource` keeps; whoever holds them holds the source too.
@safe struct TableBytes: @unchecked Sendable {
  private let buffer: UnsafeBufferPointer<UInt8>

  /// The number of bytes.
  let count: Int

  @unsafe init(_ buffer: UnsafeBufferPointer<UInt8>) {
    unsafe self.buffer = buffer
    count = buffer.count
  }

  /// One byte. Precondition, which is not checked: it is one of the bytes.
  subscript(place: Int) -> UInt8 {
    @inline(__always) get { unsafe buffer[place] }
  }

  /// Whether a byte stands at a place; none does behind the end.
  @inline(__always)
  func has(_ byte: UInt8, at place: Int) -> Bool { place < count && self[place] == byte }

  /// Eight bytes, the first one lowest; behind the end stand letters.
  @inline(__always)
  func word(at place: Int) -> UInt64 {
    if place + 8 <= count {
      return unsafe UInt64(
        littleEndian: UnsafeRawBufferPointer(buffer)
          .loadUnaligned(fromByteOffset: place, as: UInt64.self))
    }
    var word: UInt64 = 0x6161_6161_6161_6161
    for index in place..<max(place, count) {
      let shift = UInt64(index - place) * 8
      word = word & ~(0xff << shift) | UInt64(self[index]) << shift
    }
    return word
  }

  /// Calls a closure with some of the bytes.
  @inline(__always)
  func withBytes<Result, Failure>(
    _ range: Range<Int>, _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let part = unsafe buffer.extracting(range)
    let bytes = unsafe part.span
    return try body(bytes)
  }
}
