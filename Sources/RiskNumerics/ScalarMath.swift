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
}
