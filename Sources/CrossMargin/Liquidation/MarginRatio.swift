// What a margin ratio allows to be held.

/// Sizes of a position that a margin ratio allows.
public enum MarginRatio {
  /// Value of positions that an equity carries at a requirement per value, USD: what must be left
  /// after the smallest sale that restores the ratio, where sales leave the equity as it is.
  public static func carriedUSD(equityUSD: Double, requirementFraction: Double) -> Double {
    precondition(requirementFraction > 0, "a requirement is positive")
    return max(equityUSD, 0) / requirementFraction
  }
}
