// Scales of charts: from a value to a fraction of the axis, and the round values to write on it.

import Foundation

/// One axis.
struct AxisScale {
  /// How values are spread along the axis.
  enum Kind {
    /// Equal steps for equal differences.
    case linear
    /// Equal steps for equal ratios; bounds are positive.
    case logarithmic
  }

  let kind: Kind
  let lower: Double
  let upper: Double

  /// A linear axis that covers the values; one unit wide where they are all the same.
  init(covering values: [Double]) {
    let least = values.min() ?? 0
    let greatest = values.max() ?? 1
    kind = .linear
    lower = least
    upper = greatest > least ? greatest : least + 1
  }

  /// A logarithmic axis between two positive bounds.
  init(logarithmicFrom lower: Double, to upper: Double) {
    precondition(lower > 0 && upper > lower, "a logarithmic axis has positive, ordered bounds")
    kind = .logarithmic
    self.lower = lower
    self.upper = upper
  }

  /// Place of a value: 0 at the lower bound, 1 at the upper, outside values at the nearer bound.
  func fraction(_ value: Double) -> Double {
    let place =
      switch kind {
      case .linear: (value - lower) / (upper - lower)
      case .logarithmic: log(max(value, lower) / lower) / log(upper / lower)
      }
    return min(1, max(0, place))
  }

  /// Round values inside the bounds, about `count` of them: 1, 2 or 5 times a power of ten apart.
  func ticks(about count: Int) -> [Double] {
    let rawStep = (upper - lower) / Double(max(1, count))
    let power = pow(10, log10(rawStep).rounded(.down))
    let step = power * ([1, 2, 5].first { $0 * power >= rawStep } ?? 10)
    let first = Int((lower / step - Self.roundingSlack).rounded(.up))
    let last = Int((upper / step + Self.roundingSlack).rounded(.down))
    return first <= last ? (first...last).map { Double($0) * step } : []
  }

  /// A tick that rounding moves outside by less than this part of a step still belongs to the axis.
  private static let roundingSlack = 1e-9
}
