// Two dependent variables: joint distribution of normals and of Student's t, dependence in the tail.

/// P(X <= x, Y <= y) of two standard variables with correlation rho.
///
/// Its derivative in rho is elementary [Plackett 1954]: with rho = sin(angle), and q = (x^2 - 2 x y
/// sin(angle) + y^2) / cos^2(angle),
///   normal: e^(-q/2) / 2 pi,    t: (1 + q / degrees)^(-degrees/2) / 2 pi    per unit of angle.
/// At rho = 1 and -1 the distribution is known; the integral runs from the nearer of both.
public enum BivariateDistribution {
  /// Of standard normals; correlation from -1 to 1.
  public static func normal(_ x: Double, _ y: Double, correlation: Double) -> Double {
    joint(
      x, y, correlation, marginal: { NormalDistribution.cdf($0) },
      slope: { ScalarMath.exp(-$0 / 2) })
  }

  /// Of the bivariate t distribution with scale matrix (1, rho; rho, 1); correlation from -1 to 1.
  public static func student(
    _ x: Double, _ y: Double, correlation: Double, degrees: Double
  ) -> Double {
    let distribution = StudentDistribution(degrees: degrees)
    return joint(
      x, y, correlation, marginal: { distribution.tailProbability(-$0) },
      slope: { ScalarMath.exp(-degrees / 2 * ScalarMath.logOfOnePlus($0 / degrees)) })
  }

  private static func joint(
    _ first: Double, _ second: Double, _ correlation: Double, marginal: (Double) -> Double,
    slope: (Double) -> Double
  ) -> Double {
    precondition(correlation >= -1 && correlation <= 1, "a correlation lies between -1 and 1")
    // Both orders give the same bits.
    let (x, y) = (min(first, second), max(first, second))
    let angle = ScalarMath.arcSine(correlation)
    // The integral between the angle and the end, by the distance from that end: cos and 1 -/+ sin
    // are then free of cancellation.
    func integral(fromEnd sign: Double) -> Double {
      let length = Double.pi / 2 - sign * angle
      return Quadrature.integral(from: 0, to: length) { distance, _, _ in
        let cosine = ScalarMath.sine(distance)
        if cosine == 0 { return 0 }
        let half = ScalarMath.sine(distance / 2)
        // x^2 - 2 x y s + y^2 = (x - sign y)^2 + 2 sign x y (1 - cos distance) for s = sign cos.
        let form = square(x - sign * y) + 4 * sign * x * y * half * half
        return slope(form / (cosine * cosine))
      } / (2 * Double.pi)
    }
    let value =
      correlation >= 0
      ? marginal(x) - integral(fromEnd: 1)
      : max(marginal(x) - marginal(-y), 0) + integral(fromEnd: -1)
    return min(max(value, 0), 1)
  }
}

/// How likely both of two variables are extreme, given that one is.
public enum TailDependence {
  /// Of the t copula, in either tail: 2 T_(degrees + 1)(-sqrt((degrees + 1)(1 - rho) / (1 + rho)))
  /// [Demarta and McNeil 2005]. Under a normal copula it is 0 for rho < 1.
  public static func student(correlation: Double, degrees: Double) -> Double {
    precondition(correlation >= -1 && correlation <= 1, "a correlation lies between -1 and 1")
    if correlation == -1 { return 0 }
    let bound = ((degrees + 1) * (1 - correlation) / (1 + correlation)).squareRoot()
    return 2 * StudentDistribution(degrees: degrees + 1).tailProbability(bound)
  }
}
