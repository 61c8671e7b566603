// VaR and expected shortfall by the saddlepoint, with the next term of the expansion as the judge of
// whether they may be believed.

extension QuadraticLoss {
  /// VaR and expected shortfall by the saddlepoint.
  public struct SaddlepointMeasures: Sendable, Equatable {
    /// VaR by Lugannani and Rice (1980).
    public let valueAtRisk: Double
    /// Expected shortfall: VaR and the integral of the tail probability by Lugannani and Rice
    /// beyond it.
    public let expectedShortfall: Double
    /// By how much the next term of the expansion would change the tail probability at VaR, as a
    /// share of that probability [Daniels 1987].
    public let relativeCorrection: Double

    /// The largest share for which the approximation is in its domain.
    public static let correctionMax = 0.05

    /// Whether the next term of the expansion is small.
    public var isInDomain: Bool { abs(relativeCorrection) <= Self.correctionMax }
  }

  /// VaR and expected shortfall by the saddlepoint at a confidence level. The loss must have risk.
  public func saddlepointMeasures(confidence: Double) -> SaddlepointMeasures {
    precondition(confidence > 0 && confidence < 1, "a confidence level lies between 0 and 1")
    let twist = saddlepointTwist(confidence: confidence)
    let valueAtRisk = saddlepointTail(twist: twist).x
    return SaddlepointMeasures(
      valueAtRisk: valueAtRisk,
      expectedShortfall: valueAtRisk + tailIntegral(from: twist) / (1 - confidence),
      relativeCorrection: nextTerm(twist: twist) / (1 - confidence))
  }

  private static let panelCount = 128

  /// The integral over x of the tail probability by Lugannani and Rice, from K'(t) on: over the
  /// twist up to its pole, with dx = K'' dt, by Simpson's rule. Towards the pole the tail falls
  /// faster than any power of the distance from it.
  private func tailIntegral(from t: Double) -> Double {
    let reach = upperPole - t
    // Steps begin with the deviation of the twisted loss and end at the pole.
    let start = min(reach, 1 / cumulantGenerating(t).second.squareRoot())
    let bend = 1 - start / reach
    func integrand(_ share: Double) -> Double {
      let gap = 1 - share * bend
      let twist = t + start * share / gap
      let slope = start / (gap * gap)
      let probability = saddlepointTail(twist: twist).probability
      let value = probability * cumulantGenerating(twist).second * slope
      return value.isFinite ? value : 0
    }
    let step = 1 / Double(Self.panelCount)
    var sum = OrderedSum()
    sum.add(integrand(0))
    for panel in 1..<Self.panelCount {
      sum.add((panel % 2 == 0 ? 2 : 4) * integrand(Double(panel) * step))
    }
    return sum.total * step / 3
  }

  /// The term that follows phi(w) (1/u - 1/w):
  ///   phi(w) [(l4/8 - 5 l3^2/24) / u - l3 / (2 u^2) - 1/u^3 + 1/w^3]
  /// with l3 and l4 the standardised derivatives of K at the saddlepoint.
  private func nextTerm(twist t: Double) -> Double {
    let (value, x, second, third) = cumulantGenerating(t)
    let u = t * second.squareRoot()
    // The difference of cubes has lost all digits; the term itself is bounded there.
    if abs(u) < 1e-2 { return 0 }
    let w = (2 * max(t * x - value, 0)).squareRoot() * (t < 0 ? -1 : 1)
    if w == 0 { return .infinity }
    let skewness = third / (second * second.squareRoot())
    let kurtosis = fourthDerivative(t) / (second * second)
    let bracket =
      (kurtosis / 8 - 5 * skewness * skewness / 24) / u - skewness / (2 * u * u)
      - 1 / (u * u * u) + 1 / (w * w * w)
    return NormalDistribution.density(w) * bracket
  }

  /// K'''' at a real s between the poles.
  private func fourthDerivative(_ s: Double) -> Double {
    var sum = 0.0
    for (b, q) in zip(linear, quadratic) where q != 0 {
      let gap = 1 - 2 * q * s
      let share = q / gap
      sum += 48 * share * share * (b * b / gap + q * q) / (gap * gap)
    }
    return sum
  }
}
