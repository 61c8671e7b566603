// Rare losses by sampling where they happen: the exponential twist of the quadratic loss.

/// Independent normals drawn under e^(t L - K(t)), L a quadratic loss, with the weights that undo
/// it [Glasserman, Heidelberger and Shahabuddin 2000].
///
/// Component j is normal with mean t b / (1 - 2 q t) and variance 1 / (1 - 2 q t). Where the loss to
/// be measured is L itself the weight beyond x is at most e^(K - t x).
public struct TwistedSampling: Sendable, Equatable {
  /// The loss that chose the twist.
  public let loss: QuadraticLoss
  /// t, with K'(t) the loss around which draws lie.
  public let twist: Double
  /// Means of the components.
  public let means: [Double]
  /// Standard deviations of the components.
  public let deviations: [Double]
  private let cumulant: Double

  /// Draws around the loss x, which must lie above the mean and below the supremum.
  public init(loss: QuadraticLoss, around x: Double) {
    precondition(
      x > loss.cumulants.first && x < loss.supremum, "draws lie between mean and supremum")
    self.loss = loss
    twist = Self.twist(loss, x)
    cumulant = loss.cumulantGenerating(twist).value
    var (means, deviations) = ([Double](), [Double]())
    for (b, q) in zip(loss.linear, loss.quadratic) {
      let gap = 1 - 2 * q * twist
      means.append(twist * b / gap)
      deviations.append(1 / gap.squareRoot())
    }
    (self.means, self.deviations) = (means, deviations)
  }

  /// The t > 0 with K'(t) = x; K' rises.
  private static func twist(_ loss: QuadraticLoss, _ x: Double) -> Double {
    var (low, high) = (0.0, loss.upperPole)
    func isBeyond(_ t: Double) -> Bool { !(loss.cumulantGenerating(t).first < x) }
    if high == .infinity {
      high = 1 / loss.cumulants.second.squareRoot()
      while !isBeyond(high) && high < 1e300 { (low, high) = (high, high * 2) }
    }
    for _ in 0..<200 {
      let middle = low + (high - low) / 2
      if middle <= low || middle >= high { break }
      if isBeyond(middle) { high = middle } else { low = middle }
    }
    return low + (high - low) / 2
  }

  /// The drawn components from independent standard normals, and the weight of the draw:
  /// e^(K(t) - t L(z)).
  public func draw(_ normals: [Double]) -> (components: [Double], weight: Double) {
    precondition(normals.count == means.count, "one normal for each component")
    let components = normals.indices.map { means[$0] + deviations[$0] * normals[$0] }
    return (components, ScalarMath.exp(cumulant - twist * loss.value(at: components)))
  }

  /// E[weight^2; L > x] where L itself is measured: e^(K(t) + K(-t)) P_-t(L > x), infinite where -t
  /// lies beyond the lower pole.
  public func secondMoment(beyond x: Double) throws(ContourError) -> Double {
    if -twist <= loss.lowerPole { return .infinity }
    let opposite = loss.cumulantGenerating(-twist).value
    let probability = try loss.twisted(-twist).tail(beyond: x).probability
    return ScalarMath.exp(cumulant + opposite) * probability
  }

  /// How many times smaller the variance of the estimate of P(L > x) is than by plain sampling.
  public func varianceRatio(beyond x: Double) throws(ContourError) -> Double {
    let probability = try loss.tail(beyond: x).probability
    let second = try secondMoment(beyond: x)
    return probability * (1 - probability) / (second - probability * probability)
  }

  /// A probability and an expected excess by sampling, each with its standard error.
  public struct Estimate: Sendable, Equatable {
    /// P(L > x).
    public let probability: RiskEstimate
    /// E[max(L - x, 0)].
    public let expectedExcess: RiskEstimate
  }

  /// The tail beyond x of any loss that `value` computes from the components, say by full
  /// revaluation, from the first `drawCount` draws of a seed's stream.
  public func estimate(
    beyond x: Double, drawCount: Int, seed: UInt64, stream: UInt32,
    value: (_ components: [Double]) -> Double
  ) -> Estimate {
    precondition(drawCount >= 2, "an error needs two draws")
    let normals = Philox.normals(
      seed: seed, stream: stream, scenarioCount: drawCount, factorCount: means.count,
      threadCount: 1)
    var sums = (OrderedSum(), OrderedSum(), OrderedSum(), OrderedSum())
    var components = means
    for scenario in 0..<drawCount {
      for index in means.indices {
        components[index] =
          means[index] + deviations[index] * normals[scenario: scenario, column: index]
      }
      let excess = value(components) - x
      let weight =
        excess > 0 ? ScalarMath.exp(cumulant - twist * loss.value(at: components)) : 0
      let hit = excess > 0 ? weight : 0
      sums.0.add(hit)
      sums.1.add(hit * hit)
      sums.2.add(hit * excess)
      sums.3.add(square(hit * excess))
    }
    let count = Double(drawCount)
    func estimate(_ sum: OrderedSum, _ squares: OrderedSum) -> RiskEstimate {
      let mean = sum.total / count
      let variance = max(squares.total / count - mean * mean, 0) / (count - 1)
      return RiskEstimate(value: mean, standardError: variance.squareRoot())
    }
    return Estimate(
      probability: estimate(sums.0, sums.1), expectedExcess: estimate(sums.2, sums.3))
  }
}
