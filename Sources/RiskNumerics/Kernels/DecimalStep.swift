// Rounding to the steps in which a ledger counts.

/// Rounding of amounts to multiples of a decimal step, such as 10^-6.
///
/// A value that is a multiple but for the error of a few double operations stays where it is, so
/// that 4,501.000000000001 is not rounded up to 4,501.000001.
public enum DecimalStep {
  /// The smallest multiple of `1 / partsPerUnit` that is not below `value`.
  public static func up(_ value: Double, partsPerUnit: Double) -> Double {
    let parts = value * partsPerUnit
    return (nearest(parts) ?? parts.rounded(.up)) / partsPerUnit
  }

  /// The largest multiple of `1 / partsPerUnit` that is not above `value`.
  public static func down(_ value: Double, partsPerUnit: Double) -> Double {
    let parts = value * partsPerUnit
    return (nearest(parts) ?? parts.rounded(.down)) / partsPerUnit
  }

  private static func nearest(_ parts: Double) -> Double? {
    let whole = parts.rounded()
    return abs(parts - whole) <= 16 * max(abs(parts), 1).ulp ? whole : nil
  }
}
