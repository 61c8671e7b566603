// The SSVI slice: three parameters and conditions in closed form [Gatheral, Jacquier 2014].

/// Total variance `w(k) = theta/2 (1 + rho phi k + sqrt((phi k + rho)^2 + 1 - rho^2))`.
public struct SSVI: Sendable, Equatable {
  /// Total variance at the money, positive.
  public var theta: Double
  /// Skew, in (-1, 1).
  public var rho: Double
  /// Steepness, positive.
  public var phi: Double

  /// A slice.
  public init(theta: Double, rho: Double, phi: Double) {
    self.theta = theta
    self.rho = rho
    self.phi = phi
  }

  /// The same slice in raw parameters [Gatheral, Jacquier 2014, section 3.2 and 4].
  public var raw: RawSVI {
    let complement = 1 - rho * rho
    return RawSVI(
      a: theta / 2 * complement, b: theta * phi / 2, rho: rho, m: -rho / phi,
      sigma: complement.squareRoot() / phi)
  }

  /// `theta phi (1 + |rho|)`: twice the steeper wing slope; below 4 in a slice without butterfly
  /// arbitrage [theorem 4.2].
  public var wingCondition: Double { theta * phi * (1 + abs(rho)) }

  /// `theta phi^2 (1 + |rho|)`: at most 4 in a slice without butterfly arbitrage [theorem 4.2].
  public var vertexCondition: Double { wingCondition * phi }

  /// Whether both conditions hold, which suffices for a density.
  public var isButterflyFree: Bool { wingCondition < 4 && vertexCondition <= 4 }

  /// Largest steepness that both conditions allow.
  public static func phiMax(theta: Double, rho: Double) -> Double {
    let bound = 4 / (theta * (1 + abs(rho)))
    return min(bound, bound.squareRoot())
  }
}

/// Steepness as a function of total variance, `phi = eta / (theta^gamma (1 + theta)^(1 - gamma))`
/// [Gatheral, Jacquier 2014, example 4.2]. With `gamma` in (0, 1/2] and `eta (1 + |rho|) <= 2`
/// slices of one `rho` and growing `theta` have neither butterfly nor calendar arbitrage.
public struct PowerLawSteepness: Sendable, Equatable {
  /// Level, positive.
  public var eta: Double
  /// Exponent, in (0, 1).
  public var gamma: Double

  /// A steepness law.
  public init(eta: Double, gamma: Double) {
    self.eta = eta
    self.gamma = gamma
  }

  /// Steepness at a total variance.
  public func phi(theta: Double) -> Double {
    eta / (ScalarMath.power(theta, gamma) * ScalarMath.power(1 + theta, 1 - gamma))
  }

  /// The slice of a total variance.
  public func slice(theta: Double, rho: Double) -> SSVI {
    SSVI(theta: theta, rho: rho, phi: phi(theta: theta))
  }
}
