// Names to dense numbers: the accounts, instruments and assets of millions of rows become small
// integers without a string per row. Open addressing over bytes; numbers go by first appearance.

/// A set of names, each with the number of its first appearance.
///
/// Numbers do not depend on hashes, so equal sequences of names give equal tables.
package struct NameTable: Sendable {
  private var bytes: [UInt8] = []
  /// Where each name starts in `bytes`, and the end of the last.
  private var starts: [Int] = [0]
  /// Zero when free; else the upper half of a name's hash, below it the name's number plus one.
  private var slots: [UInt64]
  private var lastIndex: Int32 = 0

  /// An empty table.
  ///
  /// - Parameter expectedCount: names to make room for at once; more are taken all the same.
  package init(expectedCount: Int = 0) {
    var slotCount = 16
    while slotCount / 2 < expectedCount { slotCount *= 2 }
    slots = Array(repeating: 0, count: slotCount)
  }

  /// The number of names.
  package var count: Int { starts.count - 1 }

  /// The number of a name, which is added if it is new.
  ///
  /// Precondition: the table holds fewer than 2^31 - 1 names.
  package mutating func intern(_ name: Span<UInt8>) -> Int32 {
    // Rows are often grouped by the name, so the last one found is tried first.
    if count > 0, holds(name, at: lastIndex) { return lastIndex }
    let hash = NameTable.hash(name)
    let (slot, found) = locate(name, hash: hash)
    if let found {
      lastIndex = found
      return found
    }
    precondition(count < Int(Int32.max), "a name table is full")
    let index = Int32(count)
    slots[slot] = NameTable.entry(hash, index)
    for position in 0..<name.count { bytes.append(name[position]) }
    starts.append(bytes.count)
    if count * 2 > slots.count { grow() }
    lastIndex = index
    return index
  }

  /// The number of a name, or nil when the table does not hold it.
  package func find(_ name: Span<UInt8>) -> Int32? {
    locate(name, hash: NameTable.hash(name)).found
  }

  /// The number of a name, which is added if it is new.
  package mutating func intern(_ name: String) -> Int32 {
    var name = name
    return name.withUTF8 { unsafe intern($0.span) }
  }

  /// The number of a name, or nil when the table does not hold it.
  package func find(_ name: String) -> Int32? {
    var name = name
    return name.withUTF8 { unsafe find($0.span) }
  }

  /// The name of a number. Precondition: `index` was given out by this table.
  package func name(at index: Int32) -> String {
    String(decoding: bytes[starts[Int(index)]..<starts[Int(index) + 1]], as: UTF8.self)
  }

  /// All names, in the order of their numbers.
  package func names() -> [String] { (0..<Int32(count)).map { name(at: $0) } }

  /// The numbers of all names, in the order of the names' UTF-8 bytes.
  package func indicesByName() -> [Int32] {
    (0..<Int32(count)).sorted { first, second in
      let (left, right) = (range(first), range(second))
      for (leftByte, rightByte) in zip(bytes[left], bytes[right]) where leftByte != rightByte {
        return leftByte < rightByte
      }
      return left.count < right.count
    }
  }

  private func range(_ index: Int32) -> Range<Int> { starts[Int(index)]..<starts[Int(index) + 1] }

  private func locate(_ name: Span<UInt8>, hash: UInt64) -> (slot: Int, found: Int32?) {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash >> 32) & mask
    while slots[slot] != 0 {
      if slots[slot] >> 32 == hash >> 32 {
        let index = Int32(truncatingIfNeeded: slots[slot]) &- 1
        if holds(name, at: index) { return (slot, index) }
      }
      slot = (slot + 1) & mask
    }
    return (slot, nil)
  }

  private func holds(_ name: Span<UInt8>, at index: Int32) -> Bool {
    let range = range(index)
    guard range.count == name.count else { return false }
    let stored = bytes.span
    for position in 0..<name.count where name[position] != stored[range.lowerBound + position] {
      return false
    }
    return true
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: 0, count: old.count * 2)
    let mask = slots.count - 1
    for entry in old where entry != 0 {
      var slot = Int(truncatingIfNeeded: entry >> 32) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = entry
    }
  }

  private static func entry(_ hash: UInt64, _ index: Int32) -> UInt64 {
    (hash >> 32) << 32 | UInt64(UInt32(bitPattern: index &+ 1))
  }

  /// Folds eight bytes at a time by a full multiplication, whose two halves are joined: each bit of
  /// the input reaches the upper half of the result, which is the half that the table uses.
  private static func hash(_ name: Span<UInt8>) -> UInt64 {
    let multiplier: UInt64 = 0x9e37_79b9_7f4a_7c15
    var state = UInt64(name.count) &* multiplier
    var position = 0
    while position < name.count {
      var word: UInt64 = 0
      if position + 8 <= name.count {
        word = unsafe name.bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)
      } else {
        for rest in position..<name.count { word = word << 8 | UInt64(name[rest]) }
      }
      position += 8
      let product = (state ^ word ^ 0xd1b5_4a32_d192_ed03).multipliedFullWidth(by: multiplier)
      state = product.high ^ product.low
    }
    return state ^ state << 32
  }
}
