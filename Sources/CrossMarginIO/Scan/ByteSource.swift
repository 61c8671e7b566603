// The bytes of one input file, ready to be scanned: a plain file is read when small and mapped when
// large, a `.gz` file is inflated whole. The bytes as they lie on disk stay at hand for the hash.

import Foundation
import Glibc

/// The bytes of a file, and of what it holds when decompressed.
///
/// Files above `mappedFromBytes` are mapped, not copied. A file that is cut short by somebody else
/// while it is mapped ends the process by a bus error (POSIX, mmap); replacing a file by renaming
/// another over it is harmless. `requireUnchanged` finds the other changes.
@safe package final class ByteSource: @unchecked Sendable {
  /// Plain files below this size are read into memory, larger ones mapped, in bytes.
  package static let mappedFromBytes = 1 << 20
  /// The default bound on decompressed data, in bytes: 8 GiB.
  package static let inflatedBytesMax = 8 << 30

  /// The name for messages.
  package let file: String
  private let path: String
  private let fileState: FileState
  private let raw: RawBytes
  private let inflated: RawBytes?

  /// Opens a file; a name that ends in `.gz` is inflated.
  ///
  /// - Parameters:
  ///   - path: where the file lies.
  ///   - file: its name in messages.
  ///   - inflatedBytesMax: the largest size after decompression, in bytes.
  package init(
    path: String, file: String, inflatedBytesMax: Int = ByteSource.inflatedBytesMax
  ) throws(InputError) {
    self.file = file
    self.path = path
    let descriptor: Descriptor
    do { descriptor = try Descriptor(reading: path) } catch {
      throw ByteSource.inputError(error, file: file)
    }
    do { fileState = try descriptor.state() } catch {
      throw ByteSource.inputError(error, file: file)
    }
    guard fileState.isRegularFile else { throw .notAFile(file: file) }
    raw = try RawBytes(descriptor, byteCount: fileState.byteCount, file: file)
    guard path.hasSuffix(".gz") else {
      inflated = nil
      return
    }
    inflated = try unsafe Gzip.inflate(raw.buffer, file: file, byteCountMax: inflatedBytesMax)
  }

  /// The bytes to scan, decompressed if the file was. Valid as long as the source lives.
  @unsafe var buffer: UnsafeBufferPointer<UInt8> { unsafe (inflated ?? raw).buffer }

  /// The same bytes for scanners, which hold the source beside them.
  var tableBytes: TableBytes { unsafe TableBytes(buffer) }

  /// The number of bytes to scan.
  package var count: Int { unsafe buffer.count }

  /// The number of bytes of the file on disk.
  package var fileByteCount: Int { raw.count }

  /// SHA-256 of the file as it lies on disk, as 64 hexadecimal digits.
  package func sha256() -> String {
    var hasher = SHA256Hasher()
    unsafe hasher.update(raw.buffer)
    return hasher.finish()
  }

  /// Calls a closure with the bytes to scan.
  package func withBytes<Result, Failure>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let bytes = unsafe buffer.span
    return try body(bytes)
  }

  /// Throws when the file's size or time of change is no longer what it was at opening.
  ///
  /// A file that was replaced or removed has not changed the bytes read here, and passes.
  package func requireUnchanged() throws(InputError) {
    guard let now = try? Descriptor(reading: path).state(), now.identity == fileState.identity
    else { return }
    guard now == fileState else { throw .changedWhileRead(file: file) }
  }

  private static func inputError(_ error: FileSystemError, file: String) -> InputError {
    switch error {
    case .notFound: .notFound(file: file)
    case .isADirectory: .notAFile(file: file)
    default: .unreadable(file: file, reason: error.reason)
    }
  }
}

/// Memory that is freed or unmapped with its owner.
@safe final class RawBytes {
  private enum Kind { case allocated, mapped, none }
  private let base: UnsafeMutablePointer<UInt8>?
  private let kind: Kind
  let count: Int

  /// Takes over memory from `malloc`.
  @unsafe init(allocated base: UnsafeMutablePointer<UInt8>?, count: Int) {
    unsafe self.base = base
    self.count = count
    kind = .allocated
  }

  /// Reads or maps the first `byteCount` bytes of a file.
  init(_ descriptor: borrowing Descriptor, byteCount: Int, file: String) throws(InputError) {
    count = byteCount
    guard byteCount > 0 else {
      unsafe base = nil
      kind = .none
      return
    }
    if byteCount >= ByteSource.mappedFromBytes {
      guard let mapped = unsafe descriptor.map(byteCount: byteCount) else {
        throw .unreadable(file: file, reason: "it cannot be mapped into memory")
      }
      unsafe base = mapped.assumingMemoryBound(to: UInt8.self)
      kind = .mapped
      return
    }
    guard let memory = unsafe malloc(byteCount) else {
      throw .tooLarge(file: file, bytesMax: ByteSource.mappedFromBytes)
    }
    let bytes = unsafe UnsafeMutableRawBufferPointer(start: memory, count: byteCount)
    let readCount: Int
    do { readCount = try unsafe descriptor.readFully(into: bytes) } catch {
      unsafe free(memory)
      throw .unreadable(file: file, reason: error.reason)
    }
    guard readCount == byteCount else {
      unsafe free(memory)
      throw .changedWhileRead(file: file)
    }
    unsafe base = memory.assumingMemoryBound(to: UInt8.self)
    kind = .allocated
  }

  @unsafe var buffer: UnsafeBufferPointer<UInt8> {
    unsafe UnsafeBufferPointer(start: base, count: count)
  }

  deinit {
    switch kind {
    case .allocated: unsafe free(base)
    case .mapped: unsafe munmap(base, count)
    case .none: break
    }
  }
}
