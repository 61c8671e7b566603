// Rounding to ticks and lots, so that generated files hold numbers as venues print them and do not
// depend on the last bit of an elementary function.

import Foundation

enum Rounding {
  /// Nearest multiple of `10^-places`, printed without a tail of digits.
  static func decimals(_ value: Double, _ places: Int) -> Double {
    let scale = pow(10, Double(places))
    let rounded = (value * scale).rounded() / scale
    return rounded == 0 ? 0 : rounded
  }

  /// Nearest multiple of a step that is a power of ten.
  static func steps(_ value: Double, powerOfTen: Int) -> Double {
    if powerOfTen <= 0 { return decimals(value, -powerOfTen) }
    let step = pow(10, Double(powerOfTen))
    return (value / step).rounded() * step
  }

  /// A positive value to a number of significant digits.
  static func significant(_ value: Double, digits: Int) -> Double {
    guard value > 0 else { return value }
    return steps(value, powerOfTen: Int(log10(value).rounded(.down)) + 1 - digits)
  }

  /// Least power of ten of units of which one lot is worth at least `lotUSD`.
  static func lotPowerOfTen(unitUSD: Double, lotUSD: Double) -> Int {
    guard unitUSD > 0 else { return 0 }
    return Int(log10(lotUSD / unitUSD).rounded(.up))
  }
}
