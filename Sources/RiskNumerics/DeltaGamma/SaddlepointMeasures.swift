// VaR and expected shortfall by the saddlepoint, with the next term of the expansion as the judge of
// whether they may be believed.

extension QuadraticLoss {
  /// VaR and expected shortfall by the saddlepoint.
  public struct SaddlepointMeasures: Sendable, Equatable {
    /// VaR by Lugannani and Rice (1980).
    public let valueAtRisk: Double
    /// Expected shortfall by Martin (2006).
    public let expectedShortfall: Double
    /// By how much the next term of the expansion would change the tail probability at VaR, as a
    /// share of that probability [Daniels 1987, eq. 4.9].
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
    return SaddlepointMeasures(
      valueAtRisk: saddlepointTail(twist: twist).x,
      expectedShortfall: saddlepointShortfall(confidence: confidence),
      relativeCorrection: nextTerm(twist: twist) / (1 - confidence))
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
