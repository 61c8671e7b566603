// Liquidation prices on either side of the mark.

/// Prices on either side of the mark; nil where none is positive.
public struct LiquidationPrices: Sendable, Equatable {
  /// Nearest at or below the mark, USD.
  public var belowUSD: Double?
  /// Nearest above the mark, USD.
  public var aboveUSD: Double?

  /// The nearest of many prices on each side of a mark.
  public init(_ pricesUSD: [Double], markUSD: Double) {
    let valid = pricesUSD.filter { $0 > 0 && $0.isFinite }
    belowUSD = valid.filter { $0 <= markUSD }.max()
    aboveUSD = valid.filter { $0 > markUSD }.min()
  }

  /// The nearest of both, by distance; the lower one at a tie.
  public func nearestUSD(markUSD: Double) -> Double? {
    guard let belowUSD else { return aboveUSD }
    guard let aboveUSD else { return belowUSD }
    return markUSD - belowUSD <= aboveUSD - markUSD ? belowUSD : aboveUSD
  }
}
