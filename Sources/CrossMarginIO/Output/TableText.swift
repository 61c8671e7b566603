// What the exports of whole tables as text share: rows go out in pieces of a few hundred kilobytes.

import GRDB

/// Takes pieces of a text as they are made.
public typealias TextSink = (_ piece: [UInt8]) throws(FileSystemError) -> Void

/// Text that waits to be handed on.
struct PendingText {
  private static let pieceBytes = 1 << 18

  private var bytes: [UInt8] = []

  mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  mutating func append(_ byte: UInt8) { bytes.append(byte) }

  /// Hands on what has come together if that is enough for a piece, or at the end whatever it is.
  mutating func flush(isEnd: Bool = false, to sink: TextSink) throws(FileSystemError) {
    guard isEnd || bytes.count >= Self.pieceBytes else { return }
    try sink(bytes)
    bytes.removeAll(keepingCapacity: true)
  }
}
