// The order in which what an account holds falls into groups, in memory that is used again.

import RiskNumerics

/// Things numbered from 0, sorted by the group that each belongs to; those of one group keep their
/// order.
struct GroupOrder: Sendable {
  /// The group above, the number below: numbers differ, so that no two keys are equal.
  private var keys: [UInt64] = []

  /// Number of things.
  var count: Int { keys.count }

  /// Sorts things. Precondition: groups are not negative.
  mutating func sort(count: Int, group: (Int) -> Int32) {
    keys.removeAll(keepingCapacity: true)
    for index in 0..<count { keys.append(UInt64(group(index)) << 32 | UInt64(index)) }
    keys.sortFew { $0 < $1 }
  }

  /// The group of the thing at a place.
  func group(at place: Int) -> Int32 { Int32(truncatingIfNeeded: keys[place] >> 32) }

  /// The number of the thing at a place.
  func index(at place: Int) -> Int { Int(keys[place] & 0xffff_ffff) }
}
