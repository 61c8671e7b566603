// Complex numbers for integrals along a contour: what transforms need, and no more.

/// A complex number.
struct Complex: Sendable, Equatable {
  var real: Double
  var imaginary: Double

  init(_ real: Double, _ imaginary: Double = 0) {
    self.real = real
    self.imaginary = imaginary
  }

  var squaredModulus: Double { real * real + imaginary * imaginary }
  var reciprocal: Complex { Complex(real / squaredModulus, -imaginary / squaredModulus) }
  var conjugate: Complex { Complex(real, -imaginary) }

  /// The principal root. Whichever part has no cancellation is computed first.
  var squareRoot: Complex {
    let modulus = squaredModulus.squareRoot()
    if real >= 0 {
      let part = ((modulus + real) / 2).squareRoot()
      return part == 0 ? Complex(0) : Complex(part, imaginary / (2 * part))
    }
    let part = ((modulus - real) / 2).squareRoot()
    return Complex(abs(imaginary) / (2 * part), imaginary < 0 ? -part : part)
  }

  /// e to this power.
  var exponential: Complex {
    let size = ScalarMath.exp(real)
    return Complex(size * ScalarMath.cosine(imaginary), size * ScalarMath.sine(imaginary))
  }

  /// The principal logarithm.
  var logarithm: Complex {
    Complex(ScalarMath.log(squaredModulus) / 2, ScalarMath.angle(real, imaginary))
  }

  static func + (left: Complex, right: Complex) -> Complex {
    Complex(left.real + right.real, left.imaginary + right.imaginary)
  }

  static func - (left: Complex, right: Complex) -> Complex {
    Complex(left.real - right.real, left.imaginary - right.imaginary)
  }

  static func * (left: Complex, right: Complex) -> Complex {
    Complex(
      left.real * right.real - left.imaginary * right.imaginary,
      left.real * right.imaginary + left.imaginary * right.real)
  }

  static func * (left: Double, right: Complex) -> Complex {
    Complex(left * right.real, left * right.imaginary)
  }

  static func += (left: inout Complex, right: Complex) { left = left + right }
}
