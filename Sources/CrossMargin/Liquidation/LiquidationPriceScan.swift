// All prices at which an account with options is liquidated: health along one price can cross zero
// more than once.

import RiskNumerics

/// Where the health of an account crosses zero as one price moves.
public struct LiquidationPriceScan: Sendable, Equatable {
  /// A stretch of prices at which the account is liquidated.
  public struct Stretch: Sendable, Equatable {
    /// Its lower end, USD; the lower end of the scan where health is negative there.
    public var lowerUSD: Double
    /// Its upper end, USD; the upper end of the scan where health is negative there.
    public var upperUSD: Double
  }

  /// Prices at which health is zero and changes its sign, ascending, USD.
  public let rootsUSD: [Double]
  /// Where health is negative, ascending.
  public let liquidatedStretches: [Stretch]

  /// Scans health over `pricesUSD` on a grid of even ratios, through the kinks that the caller
  /// knows (strikes, tier edges), and finds each change of sign to the last bit.
  ///
  /// Between neighbours with equal signs whose middle bends towards zero the extreme is searched as
  /// well, so that a short dip between two points is not lost; a dip narrower than the bends of the
  /// account's own parts can be.
  public init(
    pricesUSD: ClosedRange<Double>, kinksUSD: [Double], stepCount: Int,
    healthUSD: (Double) -> Double
  ) {
    precondition(pricesUSD.lowerBound > 0 && stepCount > 0, "a scan needs positive prices")
    let ratio = ScalarMath.log(pricesUSD.upperBound / pricesUSD.lowerBound)
    var grid = (0...stepCount).map {
      pricesUSD.lowerBound * ScalarMath.exp(ratio * Double($0) / Double(stepCount))
    }
    grid[stepCount] = pricesUSD.upperBound
    grid += kinksUSD.filter { pricesUSD.contains($0) }
    grid.sort()
    rootsUSD = ScalarSearch.zeros(on: grid, healthUSD)
    let ends = [pricesUSD.lowerBound] + rootsUSD + [pricesUSD.upperBound]
    liquidatedStretches = zip(ends, ends.dropFirst()).compactMap { lower, upper in
      guard upper > lower, healthUSD(lower + (upper - lower) / 2) < 0 else { return nil }
      return Stretch(lowerUSD: lower, upperUSD: upper)
    }
  }

  /// The nearest root on each side of a mark.
  public func nearest(markUSD: Double) -> LiquidationPrices {
    LiquidationPrices(rootsUSD, markUSD: markUSD)
  }
}
