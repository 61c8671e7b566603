// Searches along one variable.

/// Zeros and minima of functions of one variable.
public enum ScalarSearch {
  /// A zero between two points where a function has different signs, by halving to the last bit.
  public static func zero(
    _ low: Double, _ high: Double, isRising: Bool, _ function: (Double) -> Double
  ) -> Double {
    var (low, high) = (low, high)
    while true {
      let middle = low + (high - low) / 2
      guard middle > low, middle < high else { return middle }
      if (function(middle) < 0) == isRising { low = middle } else { high = middle }
    }
  }

  /// A minimum between two points, by `stepCount` golden sections, each of which leaves 0.618 of the
  /// width; of a function with several, one of them. After 48 the values have no digits left.
  public static func minimum(
    _ low: Double, _ high: Double, stepCount: Int = 48, _ function: (Double) -> Double
  ) -> Double {
    let section = 0.381_966_011_250_105_1
    var (low, high) = (low, high)
    var left = (place: low + section * (high - low), value: 0.0)
    var right = (place: high - section * (high - low), value: 0.0)
    (left.value, right.value) = (function(left.place), function(right.place))
    for _ in 0..<stepCount {
      if left.value <= right.value {
        high = right.place
        right = left
        left.place = low + section * (high - low)
        left.value = function(left.place)
      } else {
        low = left.place
        left = right
        right.place = high - section * (high - low)
        right.value = function(right.place)
      }
    }
    return left.value <= right.value ? left.place : right.place
  }
}
