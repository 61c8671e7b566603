// Elementary functions of one number, for set-up work where no kernel is worth its call.

import Glibc

/// Elementary functions of the C library.
public enum ScalarMath {
  /// Natural logarithm; -infinity at 0, NaN below.
  public static func log(_ value: Double) -> Double { Glibc.log(value) }
  /// Exponential function.
  public static func exp(_ value: Double) -> Double { Glibc.exp(value) }
  /// `base` to a real power; `base` at least 0.
  public static func power(_ base: Double, _ exponent: Double) -> Double {
    Glibc.pow(base, exponent)
  }
  /// ln(1 + value), exact for small values.
  public static func logOfOnePlus(_ value: Double) -> Double { Glibc.log1p(value) }
  /// Sine of an angle in radians.
  public static func sine(_ angle: Double) -> Double { Glibc.sin(angle) }
  /// Cosine of an angle in radians.
  public static func cosine(_ angle: Double) -> Double { Glibc.cos(angle) }
  /// Arc sine in radians, of a value from -1 to 1.
  public static func arcSine(_ value: Double) -> Double { Glibc.asin(value) }
  /// Angle of the point (x, y) seen from the origin, in radians from -pi to pi.
  public static func angle(_ x: Double, _ y: Double) -> Double { Glibc.atan2(y, x) }
  /// Hyperbolic tangent.
  public static func hyperbolicTangent(_ value: Double) -> Double { Glibc.tanh(value) }
  /// Inverse of the hyperbolic tangent, of a value in (-1, 1).
  public static func inverseHyperbolicTangent(_ value: Double) -> Double { Glibc.atanh(value) }
  /// 1 / (1 + exp(-value)): the real line onto (0, 1).
  public static func logistic(_ value: Double) -> Double { 1 / (1 + Glibc.exp(-value)) }
  /// Hyperbolic sine.
  public static func hyperbolicSine(_ value: Double) -> Double { Glibc.sinh(value) }
  /// Hyperbolic cosine.
  public static func hyperbolicCosine(_ value: Double) -> Double { Glibc.cosh(value) }
  /// Inverse of the hyperbolic sine.
  public static func inverseHyperbolicSine(_ value: Double) -> Double { Glibc.asinh(value) }
}
