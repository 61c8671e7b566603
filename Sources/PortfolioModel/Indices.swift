// Positions in the sorted lists of a book. Each is a type of its own, so that an instrument can
// never be looked up among accounts.

/// Position of an asset in `MarketSnapshot.assets`, which is sorted by the UTF-8 bytes of its names.
public struct AssetIndex: Sendable, Hashable, Comparable {
  /// Rank from 0.
  public let rank: Int32
  /// Wraps a rank.
  public init(_ rank: Int) { self.rank = Int32(rank) }
  /// The rank as a subscript.
  public var position: Int { Int(rank) }
  /// Order of the sorted list.
  public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
}

/// Position of an instrument in `Book.instruments`, which is sorted by the UTF-8 bytes of its names.
public struct InstrumentIndex: Sendable, Hashable, Comparable {
  /// Rank from 0.
  public let rank: Int32
  /// Wraps a rank.
  public init(_ rank: Int) { self.rank = Int32(rank) }
  /// The rank as a subscript.
  public var position: Int { Int(rank) }
  /// Order of the sorted list.
  public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
}

/// Position of an account in `Portfolio.accounts`, which is sorted by the UTF-8 bytes of its names.
public struct AccountIndex: Sendable, Hashable, Comparable, BitwiseCopyable {
  /// Rank from 0.
  public let rank: Int32
  /// Wraps a rank.
  public init(_ rank: Int) { self.rank = Int32(rank) }
  /// The rank as a subscript.
  public var position: Int { Int(rank) }
  /// Order of the sorted list.
  public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
}

/// Number of a scenario in its set, from 0 in file or generation order.
public struct ScenarioIndex: Sendable, Hashable, Comparable {
  /// Rank from 0.
  public let rank: Int32
  /// Wraps a rank.
  public init(_ rank: Int) { self.rank = Int32(rank) }
  /// The rank as a subscript.
  public var position: Int { Int(rank) }
  /// Order of the set.
  public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
}

/// Order of names by their UTF-8 bytes, the same on every machine and in every locale.
public func precedesByBytes(_ left: String, _ right: String) -> Bool {
  left.utf8.lexicographicallyPrecedes(right.utf8)
}
