// Sums whose order is part of the result: eight lanes, then a fixed tree, on every machine.

/// Sums in a fixed order: term i goes to lane i mod 8, lanes are added as
/// ((0 + 4) + (2 + 6)) + ((1 + 5) + (3 + 7)).
public enum OrderedSum {
  /// Number of lanes, fixed also where registers are narrower.
  public static let laneCount = 8

  /// The sum of `values`, zero for none.
  public static func total(_ values: Span<Double>) -> Double {
    var lanes = SIMD8<Double>(repeating: 0)
    let whole = values.count / laneCount * laneCount
    var index = 0
    while index < whole {
      for lane in 0..<laneCount { lanes[lane] += values[index + lane] }
      index += laneCount
    }
    for rest in index..<values.count { lanes[rest - index] += values[rest] }
    let four = lanes.lowHalf + lanes.highHalf
    let two = four.lowHalf + four.highHalf
    return two[0] + two[1]
  }

  /// The sum of the elements of an array, in the same order.
  public static func total(of values: [Double]) -> Double { total(values.span) }
}
