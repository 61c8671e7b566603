// Approximate quantiles of a quadratic loss: four cumulants, and the saddlepoint. Each judges where
// it may be believed.

extension QuadraticLoss {
  /// VaR by the expansion of Cornish and Fisher (1937) to the fourth cumulant:
  ///   z + (z^2 - 1) S / 6 + (z^3 - 3 z) K / 24 - (2 z^3 - 5 z) S^2 / 36
  /// standard deviations above the mean, with skewness S and excess kurtosis K.
  public func cornishFisherQuantile(confidence: Double) -> Double {
    precondition(confidence > 0 && confidence < 1, "a confidence level lies between 0 and 1")
    let moments = cumulants
    let (s, k) = (moments.skewness, moments.excessKurtosis)
    let z = NormalDistribution.quantile(confidence)
    let expanded =
      z + (z * z - 1) * s / 6 + (z * z * z - 3 * z) * k / 24 - (2 * z * z * z - 5 * z) * s * s / 36
    return moments.first + moments.second.squareRoot() * expanded
  }

  /// Whether the expansion rises with z everywhere, without which it is no distribution
  /// [Maillard 2012]: S^2/9 - 4 (K/8 - S^2/6) (1 - K/8 + 5 S^2/36) <= 0.
  public var isCornishFisherMonotone: Bool {
    let moments = cumulants
    let (s, k) = (moments.skewness, moments.excessKurtosis)
    return s * s / 9 - 4 * (k / 8 - s * s / 6) * (1 - k / 8 + 5 * s * s / 36) <= 0
  }

  /// P(L > x) at the x with K'(t) = x, by Lugannani and Rice (1980), for t between the poles:
  ///   1 - N(w) + phi(w) (1/u - 1/w), w = sgn(t) sqrt(2 (t x - K)), u = t sqrt(K'').
  ///
  /// Near t = 0 its limit 1/2 - K''' / (6 sqrt(2 pi) K''^(3/2)) and slope are used.
  func saddlepointTail(twist t: Double) -> (x: Double, probability: Double) {
    let (value, x, second, third) = cumulantGenerating(t)
    let u = t * second.squareRoot()
    let skewness = third / (second * second.squareRoot())
    // Below this, 1/u - 1/w has lost more digits than the limit's next term is large.
    if abs(u) < 1e-4 {
      return (
        x, 0.5 - skewness / (6 * (2 * Double.pi).squareRoot()) - u * NormalDistribution.density(0)
      )
    }
    let w = (2 * max(t * x - value, 0)).squareRoot() * (t < 0 ? -1 : 1)
    let probability =
      NormalDistribution.complement(w) + NormalDistribution.density(w) * (1 / u - 1 / w)
    return (x, probability)
  }

  /// VaR by the saddlepoint: the loss whose tail probability by Lugannani and Rice (1980) is 1 -
  /// confidence. The loss must have risk.
  public func saddlepointQuantile(confidence: Double) -> Double {
    precondition(confidence > 0 && confidence < 1, "a confidence level lies between 0 and 1")
    return saddlepointTail(twist: saddlepointTwist(confidence: confidence)).x
  }

  /// The twist of the same quantile. The tail falls with t; a bracket is halved.
  func saddlepointTwist(confidence: Double) -> Double {
    let probability = 1 - confidence
    let isUpper = saddlepointTail(twist: 0).probability > probability
    let pole = isUpper ? upperPole : -lowerPole
    let sign = isUpper ? 1.0 : -1.0
    func isBeyond(_ size: Double) -> Bool {
      let tail = saddlepointTail(twist: sign * size).probability
      return isUpper ? tail <= probability : tail >= probability
    }
    var (low, high) = (0.0, pole)
    if pole == .infinity {
      high = 1 / cumulants.second.squareRoot()
      while !isBeyond(high) && high < 1e300 { (low, high) = (high, high * 2) }
    }
    for _ in 0..<200 {
      let middle = low + (high - low) / 2
      if middle <= low || middle >= high { break }
      if isBeyond(middle) { high = middle } else { low = middle }
    }
    return sign * (low + (high - low) / 2)
  }

  /// ES by the saddlepoint [Martin 2006]: (k1 P + (x - k1) f(x) / t) / p at x = VaR, with the tail P
  /// by Lugannani and Rice and the density f = e^(K - t x) / sqrt(2 pi K''). Exact for a normal loss.
  public func saddlepointShortfall(confidence: Double) -> Double {
    let twist = saddlepointTwist(confidence: confidence)
    let (value, x, second, _) = cumulantGenerating(twist)
    let mean = cumulants.first
    let density = ScalarMath.exp(value - twist * x) / (2 * Double.pi * second).squareRoot()
    let probability = 1 - confidence
    // (x - k1) / t tends to K''(0).
    let slope = abs(twist) * second.squareRoot() < 1e-8 ? second : (x - mean) / twist
    return mean + slope * density / probability
  }
}
