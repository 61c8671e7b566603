// Scales of charts: from a value to a fraction of the axis, and the round values to write on it.

import Foundation

/// One axis with equal steps for equal differences.
struct AxisScale {
  let lower: Double
  let upper: Double

  /// An axis that covers the values; one unit wide where they are all the same.
  init(covering values: [Double]) {
    let least = values.min() ?? 0
    let greatest = values.max() ?? 1
    lower = least
    upper = greatest > least ? greatest : least + 1
  }

  /// Place of a value: 0 at the lower bound, 1 at the upper, outside values at the nearer bound.
  func fraction(_ value: Double) -> Double {
    min(1, max(0, (value - lower) / (upper - lower)))
  }

  /// Round values inside the bounds, about `count` of them: 1, 2 or 5 times a power of ten apart.
  func ticks(about count: Int) -> [Double] {
    let rawStep = (upper - lower) / Double(max(1, count))
    let power = pow(10, log10(rawStep).rounded(.down))
    let step = power * ([1, 2, 5].first { $0 * power >= rawStep } ?? 10)
    let first = (lower / step - Self.roundingSlack).rounded(.up)
    let last = (upper / step + Self.roundingSlack).rounded(.down)
    // Where the axis is narrower than its values' last digit there are no round values.
    guard step > 0, step.isFinite, last - first < 1_000 else { return [] }
    // Adding zero turns -0, which would be written with its sign, into 0.
    return stride(from: first, through: last, by: 1).map { $0 * step + 0 }
  }

  /// A tick that rounding moves outside by less than this part of a step still belongs to the axis.
  private static let roundingSlack = 1e-9
}
