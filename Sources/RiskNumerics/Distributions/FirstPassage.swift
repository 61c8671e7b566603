// When a Brownian motion first falls to a barrier: probabilities of being liquidated before an end,
// not only at it.

/// X_t = mu t + sigma W_t from 0, and a barrier at -b, b > 0.
///
/// Source: reflection principle; Borodin and Salminen, Handbook of Brownian Motion.
public struct FirstPassage: Sendable, Equatable {
  /// b: distance of the barrier, positive.
  public var distance: Double
  /// mu per unit of time.
  public var drift: Double
  /// sigma per root of a unit of time, positive.
  public var deviation: Double

  /// A motion and its barrier.
  public init(distance: Double, drift: Double, deviation: Double) {
    precondition(distance > 0 && deviation > 0, "a barrier is away and the motion moves")
    self.distance = distance
    self.drift = drift
    self.deviation = deviation
  }

  /// `P(min over [0, T] <= -b) = Phi((-b - mu T) / (s sqrt T)) + e^(-2 mu b / s^2) Phi((-b + mu T)
  /// / (s sqrt T))`; T at least 0.
  public func probability(within time: Double) -> Double {
    if time <= 0 { return 0 }
    let spread = deviation * time.squareRoot()
    let ended = NormalDistribution.cdf((-distance - drift * time) / spread)
    let exponent = -2 * drift * distance / (deviation * deviation)
    let argument = (-distance + drift * time) / spread
    let returned = NormalDistribution.cdf(argument)
    // Where the power overflows the probability is at most 1 already and its partner vanishes.
    let reflected = returned == 0 ? 0 : ScalarMath.exp(exponent + ScalarMath.log(returned))
    return min(ended + reflected, 1)
  }

  /// The same when the motion is only seen every `interval`: the barrier is `0.5826 s sqrt(interval)`
  /// farther away [Broadie, Glasserman, Kou 1997].
  ///
  /// Good while the barrier is farther than one step's deviation; nearer, simulate.
  public func probability(within time: Double, seenEvery interval: Double) -> Double {
    var shifted = self
    shifted.distance += Self.monitoringShift * deviation * interval.squareRoot()
    return shifted.probability(within: time)
  }

  /// Probability that a Brownian bridge between two positive healths touches zero within a step of
  /// variance `variance`: `e^(-2 h k / variance)`.
  public static func bridgeProbability(from: Double, to: Double, variance: Double) -> Double {
    if from <= 0 || to <= 0 { return 1 }
    return variance > 0 ? ScalarMath.exp(-2 * from * to / variance) : 0
  }

  /// How much farther a barrier is that is only seen now and then, deviations of that time:
  /// -zeta(1/2) / sqrt(2 pi).
  public static let monitoringShift = 0.582_597_157_939_010_6
}
