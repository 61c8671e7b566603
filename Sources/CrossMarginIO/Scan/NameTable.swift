// Names to dense numbers: the accounts, instruments and assets of millions of rows become small
// integers without a string per row. Open addressing over words of eight bytes; numbers go by first
// appearance.

/// A set of names, each with the number of its first appearance.
///
/// Numbers do not depend on hashes, so equal sequences of names give equal tables.
package struct NameTable: Sendable {
  /// Words of all names.
  private var words: [UInt64] = []
  private var places: [Place] = []
  /// Zero when free; else the upper half of a name's hash, below it the name's number plus one.
  private var slots: [UInt64]

  /// Where the words of a name begin, and how many bytes it has.
  private struct Place: Sendable {
    var start: Int
    var byteCount: Int
  }

  /// An empty table.
  ///
  /// - Parameter expectedCount: names to make room for at once; more are taken all the same.
  package init(expectedCount: Int = 0) {
    var slotCount = 16
    while slotCount / 2 < expectedCount { slotCount *= 2 }
    slots = Array(repeating: 0, count: slotCount)
  }

  /// The number of names.
  package var count: Int { places.count }

  /// The number of a name, which is added if it is new.
  ///
  /// Precondition: the table holds fewer than 2^31 - 1 names.
  package mutating func intern(_ name: Span<UInt8>) -> Int32 {
    unsafe name.withUnsafeBufferPointer { unsafe intern(TableBytes($0), 0..<$0.count) }
  }

  /// The number of a name, or nil when the table does not hold it.
  package func find(_ name: Span<UInt8>) -> Int32? {
    unsafe name.withUnsafeBufferPointer { unsafe find(TableBytes($0), 0..<$0.count) }
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

  /// The number of a name among some bytes, which is added if it is new.
  mutating func intern(_ bytes: TableBytes, _ range: Range<Int>) -> Int32 {
    add(BytesOfName(bytes: bytes, start: range.lowerBound, byteCount: range.count))
  }

  /// The number of a name among some bytes, or nil when the table does not hold it.
  func find(_ bytes: TableBytes, _ range: Range<Int>) -> Int32? {
    let name = BytesOfName(bytes: bytes, start: range.lowerBound, byteCount: range.count)
    return locate(name, hash: NameTable.hash(name)).found
  }

  /// The number of a name of another table, which is added if it is new.
  ///
  /// Precondition: `index` was given out by that table.
  mutating func intern(_ index: Int32, of other: NameTable) -> Int32 {
    let place = other.places[Int(index)]
    return add(WordsOfName(words: other.words, start: place.start, byteCount: place.byteCount))
  }

  /// The name of a number. Precondition: `index` was given out by this table.
  package func name(at index: Int32) -> String {
    let place = places[Int(index)]
    return unsafe String(unsafeUninitializedCapacity: place.byteCount) { bytes in
      for position in 0..<place.byteCount {
        let word = words[place.start + position / 8]
        unsafe bytes[position] = UInt8(truncatingIfNeeded: word >> UInt64(position % 8 * 8))
      }
      return place.byteCount
    }
  }

  /// All names, in the order of their numbers.
  package func names() -> [String] { (0..<Int32(count)).map { name(at: $0) } }

  /// The numbers of all names, in the order of the names' UTF-8 bytes.
  package func indicesByName() -> [Int32] {
    // Names often begin alike and end differently: the first word that is not common to all decides
    // nearly every comparison.
    let common = commonWordCount
    var keys = (0..<Int32(count)).map { SortKey(word: sortWord($0, common), index: $0) }
    keys.sort { left, right in
      left.word == right.word
        ? precedes(left.index, right.index, from: common) : left.word < right.word
    }
    return keys.map(\.index)
  }

  private struct SortKey {
    var word: UInt64
    var index: Int32
  }

  /// The number of words with which all names begin.
  private var commonWordCount: Int {
    guard let first = places.first else { return 0 }
    var common = first.byteCount / 8
    for place in places {
      common = min(common, place.byteCount / 8)
      var word = 0
      while word < common, words[place.start + word] == words[first.start + word] { word += 1 }
      common = word
    }
    return common
  }

  /// A word of a name as a number that sorts like its bytes; zero behind the end.
  private func sortWord(_ index: Int32, _ word: Int) -> UInt64 {
    let place = places[Int(index)]
    return word * 8 < place.byteCount ? words[place.start + word].byteSwapped : 0
  }

  private func precedes(_ left: Int32, _ right: Int32, from word: Int) -> Bool {
    let (leftCount, rightCount) = (places[Int(left)].byteCount, places[Int(right)].byteCount)
    var word = word
    while word * 8 < min(leftCount, rightCount) {
      let (leftWord, rightWord) = (sortWord(left, word), sortWord(right, word))
      if leftWord != rightWord { return leftWord < rightWord }
      word += 1
    }
    return leftCount < rightCount
  }

  // MARK: - Looking up

  private mutating func add(_ name: some NameWords) -> Int32 {
    let hash = NameTable.hash(name)
    let (slot, found) = locate(name, hash: hash)
    if let found { return found }
    precondition(count < Int(Int32.max), "a name table is full")
    let index = Int32(count)
    slots[slot] = NameTable.entry(hash, index)
    places.append(Place(start: words.count, byteCount: name.byteCount))
    for word in 0..<name.wordCount { words.append(name.word(word)) }
    if count * 2 > slots.count { grow() }
    return index
  }

  private func locate(_ name: some NameWords, hash: UInt64) -> (slot: Int, found: Int32?) {
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

  private func holds(_ name: some NameWords, at index: Int32) -> Bool {
    let place = places[Int(index)]
    guard place.byteCount == name.byteCount else { return false }
    for word in 0..<name.wordCount where words[place.start + word] != name.word(word) {
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

  /// Folds each word by a full multiplication, whose two halves are joined: each bit of the input
  /// reaches the upper half of the result, which is the half that the table uses.
  private static func hash(_ name: some NameWords) -> UInt64 {
    let multiplier: UInt64 = 0x9e37_79b9_7f4a_7c15
    var state = UInt64(name.byteCount) &* multiplier
    for word in 0..<name.wordCount {
      let product = (state ^ name.word(word) ^ 0xd1b5_4a32_d192_ed03)
        .multipliedFullWidth(by: multiplier)
      state = product.high ^ product.low
    }
    return state ^ state << 32
  }
}

/// A name in words of eight bytes, the first byte lowest; behind its end stand zeros.
private protocol NameWords {
  var byteCount: Int { get }
  func word(_ index: Int) -> UInt64
}

extension NameWords {
  var wordCount: Int { (byteCount + 7) / 8 }
}

/// A name among the bytes of a table.
private struct BytesOfName: NameWords {
  let bytes: TableBytes
  let start: Int
  let byteCount: Int

  @inline(__always)
  func word(_ index: Int) -> UInt64 {
    let word = bytes.word(at: start + index * 8)
    let rest = byteCount - index * 8
    return rest >= 8 ? word : word & (1 << UInt64(rest * 8) - 1)
  }
}

/// A name of another table of names.
private struct WordsOfName: NameWords {
  let words: [UInt64]
  let start: Int
  let byteCount: Int

  @inline(__always)
  func word(_ index: Int) -> UInt64 { words[start + index] }
}
