// Sums whose order is part of the result: eight lanes, then a fixed tree, on every machine.

/// Sums in a fixed order: term i goes to lane i mod 8, lanes are added as
/// ((0 + 4) + (2 + 6)) + ((1 + 5) + (3 + 7)).
public struct OrderedSum: Sendable {
  /// Number of lanes, fixed also where registers are narrower.
  public static let laneCount = 8

  private var lanes = InlineArray<8, Double>(repeating: 0)
  private var next = 0

  /// The sum of nothing: zero.
  public init() {}

  /// Adds the next term.
  public mutating func add(_ term: Double) {
    lanes[next] += term
    next = (next + 1) & (Self.laneCount - 1)
  }

  /// The sum of the terms so far.
  public var total: Double {
    let even = (lanes[0] + lanes[4]) + (lanes[2] + lanes[6])
    let odd = (lanes[1] + lanes[5]) + (lanes[3] + lanes[7])
    return even + odd
  }

  /// The sum of `values`, zero for none.
  public static func total(_ values: Span<Double>) -> Double {
    var sum = OrderedSum()
    for index in values.indices { sum.add(values[index]) }
    return sum.total
  }

  /// The sum of the elements of an array, in the same order.
  public static func total(of values: [Double]) -> Double { total(values.span) }
}
