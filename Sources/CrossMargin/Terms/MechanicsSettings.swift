// What a comparison of liquidation mechanisms assumes of time, markets and keepers.

/// How the price gives way to what is closed.
public enum ImpactForm: String, Sendable, CaseIterable {
  /// Square root of the share of daily volume.
  case squareRoot = "square_root"
  /// Straight line through the depth of the book.
  case depth
  /// The larger of both.
  case largest
  /// An order worked over a step, by Almgren, Thum, Hauptmann, Li 2005.
  case worked
}

/// Those who take over what others must close.
public struct KeeperSettings: Sendable, Equatable {
  /// Capital of all keepers, USD: what they hold at once.
  public var capitalUSD = 100_000_000.0
  /// Days until they have sold on what they took, positive.
  public var exitDays = 1.0 / 24
  /// Deviations of the portfolio over that time that a discount must pay for.
  public var riskMultiple = 1.0
  /// Cost of taking part at all, USD.
  public var fixedUSD = 20.0

  /// Keepers of a liquid venue.
  public init() {}
}

/// A comparison of mechanisms on the same accounts and paths.
public struct MechanicsSettings: Sendable, Equatable {
  /// Whether mechanisms are compared at all.
  public var isCompared = false
  /// Days that paths cover.
  public var horizonDays = 1.0
  /// Steps of the paths: mechanisms act once per step.
  public var stepCount = 24
  /// Paths of the market.
  public var pathCount = 256
  /// Names of the mechanisms, in the order of the table; empty = all that are known.
  public var names: [String] = []
  /// Impact of what is closed.
  public var impact = ImpactForm.largest
  /// Units outstanding in days of volume, for worked orders.
  public var outstandingDays = 50.0
  /// Those who bid.
  public var keepers = KeeperSettings()
  /// What is left of volume and depth in the case without keepers, in (0, 1].
  public var stressedDepthFraction = 0.1

  /// An hour's step over a day.
  public init() {}
}
