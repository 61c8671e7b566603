// A smile at one strike: total variance with its derivatives, and what they say about density.

/// Total variance `w = volatility^2 x years` at a log-moneyness `k = ln(K/F)`, with its first and
/// second derivative in `k`.
public struct SmilePoint: Sendable, Equatable {
  /// Total variance.
  public var totalVariance: Double
  /// First derivative.
  public var slope: Double
  /// Second derivative.
  public var curvature: Double

  /// A point.
  public init(totalVariance: Double, slope: Double, curvature: Double) {
    self.totalVariance = totalVariance
    self.slope = slope
    self.curvature = curvature
  }

  /// Durrleman's function: the density of the forward at the strike has its sign. Negative = a
  /// butterfly spread around the strike has a negative price [Gatheral, Jacquier 2014, eq. 2.1].
  /// NaN where total variance is not positive.
  public func densityFactor(logMoneyness k: Double) -> Double {
    guard totalVariance > 0 else { return .nan }
    let level = 1 - k * slope / (2 * totalVariance)
    return level * level - slope * slope / 4 * (1 / totalVariance + 0.25) + curvature / 2
  }

  /// The point after volatility became `scale x volatility + shift`, both annual, not below
  /// `floor`. Below the floor the smile is flat.
  public func moved(
    scale: Double, shift: Double, floor: Double, expiryYears: Double
  ) -> SmilePoint {
    let rootYears = expiryYears.squareRoot()
    let root = totalVariance.squareRoot()
    let moved = scale * root + shift * rootYears
    let lowest = floor * rootYears
    guard moved > lowest else {
      return SmilePoint(totalVariance: lowest * lowest, slope: 0, curvature: 0)
    }
    // v = sqrt(w): v' = w'/(2v), v'' = (w''/2 - v'^2)/v; then w = v^2 again.
    let rootSlope = slope / (2 * root)
    let rootCurvature = (curvature / 2 - rootSlope * rootSlope) / root
    let (first, second) = (scale * rootSlope, scale * rootCurvature)
    return SmilePoint(
      totalVariance: moved * moved, slope: 2 * moved * first,
      curvature: 2 * (first * first + moved * second))
  }
}
