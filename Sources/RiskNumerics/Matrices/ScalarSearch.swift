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

  /// All places where a function changes its sign, ascending, as far as a grid shows them.
  ///
  /// Each pair of neighbours with different signs holds one zero. Where three neighbours share a
  /// sign and the middle one is nearest to zero, the extreme between the outer two is searched, and
  /// if it has the other sign, a zero on each side of it. A grid point that is exactly zero counts
  /// when the signs beside it differ. `grid` ascends.
  public static func zeros(on grid: [Double], _ function: (Double) -> Double) -> [Double] {
    var points = grid.map { (place: $0, value: function($0)) }
    for middle in stride(from: points.count - 2, through: 1, by: -1) {
      let (left, centre, right) = (points[middle - 1], points[middle], points[middle + 1])
      guard centre.value != 0, left.value * centre.value > 0, centre.value * right.value > 0,
        abs(centre.value) <= abs(left.value), abs(centre.value) <= abs(right.value)
      else { continue }
      let sign = centre.value < 0 ? -1.0 : 1.0
      let extreme = minimum(left.place, right.place) { sign * function($0) }
      let value = function(extreme)
      guard value * sign < 0 else { continue }
      points.insert((extreme, value), at: extreme < centre.place ? middle : middle + 1)
    }
    var zeros: [Double] = []
    var before: (place: Double, value: Double)?
    for point in points where point.value != 0 {
      if let last = before, (last.value < 0) != (point.value < 0) {
        zeros.append(
          zero(last.place, point.place, isRising: last.value < 0, function))
      }
      before = point
    }
    return zeros
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
