// The order in which what an account holds falls into groups, in memory that is used again.

/// Things numbered from 0, sorted by the group that each belongs to; those of one group keep their
/// order.
struct GroupOrder: Sendable {
  /// The group above, the number below: numbers differ, so that no two keys are equal.
  private var keys: [UInt64] = []

  /// Up to this count insertion is the fastest sort.
  private static let insertionCountMax = 32

  /// Number of things.
  var count: Int { keys.count }

  /// Sorts things. Precondition: groups are not negative.
  mutating func sort(count: Int, group: (Int) -> Int32) {
    keys.removeAll(keepingCapacity: true)
    for index in 0..<count { keys.append(UInt64(group(index)) << 32 | UInt64(index)) }
    guard count <= Self.insertionCountMax else { return keys.sort() }
    for end in keys.indices.dropFirst() {
      let key = keys[end]
      var place = end
      while place > 0, keys[place - 1] > key {
        keys[place] = keys[place - 1]
        place -= 1
      }
      keys[place] = key
    }
  }

  /// The group of the thing at a place.
  func group(at place: Int) -> Int32 { Int32(truncatingIfNeeded: keys[place] >> 32) }

  /// The number of the thing at a place.
  func index(at place: Int) -> Int { Int(keys[place] & 0xffff_ffff) }
}
