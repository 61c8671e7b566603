// The key of pseudonyms, from a file.

/// Why a key cannot be used.
public enum PseudonymKeyError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file has too few bytes to be a key.
  case tooShort(path: String, byteCount: Int)

  /// The error as one line of text.
  public var description: String {
    switch self {
    case .tooShort(let path, let byteCount):
      "\(path): found a key of \(byteCount) bytes, expected at least \(PseudonymKey.byteCountMin)"
    }
  }
}

/// Reads keys.
enum PseudonymKey {
  /// Fewer bytes could be guessed.
  static let byteCountMin = 16

  /// All bytes of a file.
  static func read(_ path: String) throws -> [UInt8] {
    let source = try ByteSource(path: path, file: path)
    let bytes = source.withBytes { span in span.indices.map { span[$0] } }
    guard bytes.count >= byteCountMin else {
      throw PseudonymKeyError.tooShort(path: path, byteCount: bytes.count)
    }
    return bytes
  }
}
