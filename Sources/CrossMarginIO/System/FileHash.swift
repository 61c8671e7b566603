// SHA-256 of bytes and files, and keyed hashes, by libcrypto.

import CLibCrypto
import Glibc

/// SHA-256 (FIPS 180-4) of bytes that come in pieces.
@safe package struct SHA256Hasher: ~Copyable {
  private let context: OpaquePointer?

  /// A hash of no bytes so far.
  ///
  /// Precondition: libcrypto offers SHA-256, as every version of it does.
  package init() {
    unsafe context = EVP_MD_CTX_new()
    let started = unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil)
    precondition(started == 1, "libcrypto offers no SHA-256")
  }

  deinit { unsafe EVP_MD_CTX_free(context) }

  /// Takes in further bytes.
  package mutating func update(_ bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBufferPointer { unsafe update($0) }
  }

  @unsafe mutating func update(_ bytes: UnsafeBufferPointer<UInt8>) {
    let done = unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    precondition(done == 1, "libcrypto refuses to hash")
  }

  /// The hash of all bytes taken in, as 64 hexadecimal digits.
  package consuming func finish() -> String {
    var digest = [UInt8](repeating: 0, count: Hexadecimal.sha256ByteCount)
    let done = unsafe digest.withUnsafeMutableBufferPointer {
      unsafe EVP_DigestFinal_ex(context, $0.baseAddress, nil)
    }
    precondition(done == 1, "libcrypto refuses to hash")
    return Hexadecimal.text(digest)
  }
}

/// SHA-256 of whole files.
package enum FileHash {
  private static let pieceBytes = 1 << 18

  /// The hash of a file's bytes as they lie on disk, as 64 hexadecimal digits.
  package static func sha256(_ path: String) throws(FileSystemError) -> String {
    let descriptor = try Descriptor(reading: path)
    if try descriptor.state().isDirectory { throw .isADirectory(path: path) }
    var hasher = SHA256Hasher()
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceBytes, alignment: 64)
    defer { unsafe piece.deallocate() }
    while true {
      let count = try unsafe descriptor.readFully(into: piece)
      unsafe hasher.update(
        UnsafeBufferPointer(rebasing: piece.assumingMemoryBound(to: UInt8.self)[..<count]))
      if count < pieceBytes { return hasher.finish() }
    }
  }
}

/// Hashes that only the holder of a key can make, for names that must not be guessed back.
package enum KeyedHash {
  /// HMAC-SHA-256 (RFC 2104), as 64 hexadecimal digits.
  ///
  /// Precondition: the key is not empty.
  package static func hmacSHA256(key: [UInt8], message: Span<UInt8>) -> String {
    precondition(!key.isEmpty, "a keyed hash needs a key")
    var digest = [UInt8](repeating: 0, count: Hexadecimal.sha256ByteCount)
    let result = unsafe message.withUnsafeBufferPointer { text in
      unsafe digest.withUnsafeMutableBufferPointer { target in
        unsafe EVP_Q_mac(
          nil, "HMAC", nil, "SHA256", nil, key, key.count, text.baseAddress, text.count,
          target.baseAddress, target.count, nil)
      }
    }
    precondition(unsafe result != nil, "libcrypto offers no HMAC-SHA-256")
    return Hexadecimal.text(digest)
  }
}

/// Bytes as hexadecimal digits, in small letters.
enum Hexadecimal {
  static let sha256ByteCount = 32

  static func text(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    let characters = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: characters, as: UTF8.self)
  }
}
