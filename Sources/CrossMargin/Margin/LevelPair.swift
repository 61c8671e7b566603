// Initial and maintenance margin side by side.

/// A requirement at the initial and at the maintenance level, in one currency.
public struct LevelPair: Sendable, Equatable {
  /// Initial margin.
  public var initial: Double
  /// Maintenance margin.
  public var maintenance: Double

  /// Both levels.
  public init(initial: Double, maintenance: Double) {
    self.initial = initial
    self.maintenance = maintenance
  }

  /// Nothing asked.
  static let none = LevelPair(initial: 0, maintenance: 0)

  /// Sum, level by level.
  public static func + (left: LevelPair, right: LevelPair) -> LevelPair {
    LevelPair(
      initial: left.initial + right.initial, maintenance: left.maintenance + right.maintenance)
  }

  /// Both levels times a positive amount.
  public static func * (pair: LevelPair, amount: Double) -> LevelPair {
    LevelPair(initial: pair.initial * amount, maintenance: pair.maintenance * amount)
  }

  /// Sum of requirements in their order.
  public static func sum(_ pairs: [LevelPair]) -> LevelPair {
    pairs.reduce(LevelPair(initial: 0, maintenance: 0), +)
  }
}
