// All zeros of a function that is straight between few points, by walking from one to the next.

/// The pieces of a piecewise linear function on an interval, found from its values alone.
///
/// A piece counts as straight when three points inside of it lie on the line between its ends. Where
/// they do not, the lines through both ends are continued to where they meet, which is the break point
/// where there is one; where it is not, the middle divides. A zero then takes one division.
package struct BreakPointWalk: Sendable, Equatable {
  /// Where straight pieces meet, ascending, both ends included.
  package private(set) var stops: [Double]
  /// Zeros at which the function changes its sign, ascending.
  package private(set) var zeros: [Double]

  /// Values that are asked for at most: a function that needs more is not piecewise linear.
  private static let valueCountMax = 3_000
  /// How far from its line a value may lie, fraction of the function's size: rounding of sums.
  private static let straightness = 1e-11
  /// Relative width at which a jump or a corner between numbers is taken as found.
  private static let widthMin = 1e-14

  /// Walks over an interval; nil where the function is not straight between few points or is not
  /// finite. `scale` is the size of the sums that the function is made of, positive.
  package init?(
    _ interval: ClosedRange<Double>, scale: Double, _ function: (Double) -> Double
  ) {
    var walker = Walker(scale: scale * Self.straightness)
    guard
      walker.walk(
        Point(interval.lowerBound, function), Point(interval.upperBound, function), function)
    else { return nil }
    let points = walker.points
    stops = points.map(\.place)
    zeros = zip(points, points.dropFirst()).compactMap { left, right in
      // A piece that begins at zero changes sign there only if the one before has the other.
      guard left.value != 0, right.value != 0, (left.value < 0) != (right.value < 0) else {
        return nil
      }
      return left.place + (right.place - left.place) * (left.value / (left.value - right.value))
    }
    for (place, point) in points.enumerated()
    where point.value == 0 && place > 0 && place + 1 < points.count {
      if (points[place - 1].value < 0) != (points[place + 1].value < 0) {
        zeros.append(point.place)
      }
    }
    zeros.sort()
  }

  private struct Point {
    var place: Double
    var value: Double

    init(_ place: Double, _ function: (Double) -> Double) {
      self.place = place
      value = function(place)
    }
  }

  private struct Walker {
    let scale: Double
    var points: [Point] = []
    var valueCount = 2

    init(scale: Double) { self.scale = scale }

    /// Adds the pieces between two points.
    mutating func walk(_ left: Point, _ right: Point, _ function: (Double) -> Double) -> Bool {
      guard left.value.isFinite, right.value.isFinite else { return false }
      if points.isEmpty { points.append(left) }
      var pending = [right]
      while let end = pending.last {
        let start = points[points.count - 1]
        if isStraight(start, end, function) {
          points.append(end)
          pending.removeLast()
        } else {
          pending.append(division(start, end, function))
        }
        if valueCount > BreakPointWalk.valueCountMax { return false }
      }
      return true
    }

    private mutating func value(_ place: Double, _ function: (Double) -> Double) -> Point {
      valueCount += 1
      return Point(place, function)
    }

    private mutating func isStraight(
      _ start: Point, _ end: Point, _ function: (Double) -> Double
    ) -> Bool {
      let width = end.place - start.place
      if width <= BreakPointWalk.widthMin * max(abs(start.place), abs(end.place)) { return true }
      for share in [0.5, 0.127, 0.873] {
        let inside = value(start.place + share * width, function)
        let line = start.value + share * (end.value - start.value)
        if !(abs(inside.value - line) <= scale) { return false }
      }
      return true
    }

    /// Where the lines of both ends meet, if the function is there; else the middle.
    private mutating func division(
      _ start: Point, _ end: Point, _ function: (Double) -> Double
    ) -> Point {
      let width = end.place - start.place
      let middle = start.place + width / 2
      let near = value(start.place + width / 64, function)
      let far = value(end.place - width / 64, function)
      let rise = (near.value - start.value) / (near.place - start.place)
      let fall = (end.value - far.value) / (end.place - far.place)
      let gap = end.value - start.value - fall * width
      let meeting = start.place + gap / (rise - fall)
      guard meeting > start.place, meeting < end.place, rise != fall else {
        return value(middle, function)
      }
      let point = value(meeting, function)
      let line = start.value + rise * (meeting - start.place)
      // Slopes over a 64th of the width carry 64 times the rounding of a value.
      return abs(point.value - line) <= 256 * scale ? point : value(middle, function)
    }
  }
}
