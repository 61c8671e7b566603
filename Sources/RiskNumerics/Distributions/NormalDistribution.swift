// The standard normal distribution and the elementary functions of the kernels: face of
// CKernels/elementary_body.h.

import CKernels

/// The standard normal distribution, by the kernels: the same bits here and in the streams. To two
/// units in the last place wherever the result is a normal number.
public enum NormalDistribution {
  /// N(x). N(-inf) = 0, N(inf) = 1.
  public static func cdf(_ x: Double) -> Double { ElementaryKernel.normalCDF.value(at: x) }

  /// 1 - N(x), without the digits that a subtraction would lose.
  public static func complement(_ x: Double) -> Double {
    ElementaryKernel.normalComplement.value(at: x)
  }

  /// Inverse of N.
  ///
  /// 0 gives -inf, 1 gives inf; outside [0, 1] it is NaN, which callers refuse beforehand.
  public static func quantile(_ probability: Double) -> Double {
    ElementaryKernel.normalQuantile.value(at: probability)
  }

  /// phi(x) = exp(-x^2/2) / sqrt(2 pi).
  public static func density(_ x: Double) -> Double { ElementaryKernel.normalDensity.value(at: x) }
}

/// Element-wise functions over streams.
public enum ElementaryKernel: Sendable, CaseIterable {
  /// e^x.
  case exponential
  /// ln x.
  case logarithm
  /// phi(x), the standard normal density.
  case normalDensity
  /// N(x), the standard normal distribution function.
  case normalCDF
  /// 1 - N(x).
  case normalComplement
  /// Inverse of N.
  case normalQuantile
  /// The Mills ratio (1 - N(x)) / phi(x).
  case millsRatio

  /// The function of each element of `x`, into the first `x.count` elements of `y`.
  public func apply(
    _ x: Span<Double>, into y: inout MutableSpan<Double>, target: KernelTarget = .active
  ) {
    precondition(y.count >= x.count, "result has too few elements")
    unsafe x.withUnsafeBufferPointer { x in
      unsafe y.withUnsafeMutableBufferPointer { y in
        unsafe function(of: target)(Int64(x.count), x.baseAddress, y.baseAddress)
      }
    }
  }

  /// ln(a / b) of each pair, without the digits that a division would lose where a is near b.
  ///
  /// Zeros, infinities and NaN as ln a - ln b.
  public static func logarithmOfRatio(
    _ a: Span<Double>, _ b: Span<Double>, into y: inout MutableSpan<Double>,
    target: KernelTarget = .active
  ) {
    precondition(a.count == b.count && y.count >= a.count, "streams differ in count")
    unsafe a.withUnsafeBufferPointer { a in
      unsafe b.withUnsafeBufferPointer { b in
        unsafe y.withUnsafeMutableBufferPointer { y in
          unsafe target.table.logarithm_of_ratio(
            Int64(a.count), a.baseAddress, b.baseAddress, y.baseAddress)
        }
      }
    }
  }

  /// ln(a / b) by the same kernel.
  public static func logarithmOfRatio(_ a: Double, _ b: Double) -> Double {
    var result = 0.0
    unsafe withUnsafePointer(to: a) { a in
      unsafe withUnsafePointer(to: b) { b in
        unsafe KernelTarget.active.table.logarithm_of_ratio(1, a, b, &result)
      }
    }
    return result
  }

  /// The function at one point.
  public func value(at x: Double) -> Double {
    var result = 0.0
    unsafe withUnsafePointer(to: x) { x in unsafe function(of: .active)(1, x, &result) }
    return result
  }

  private func function(of target: KernelTarget) -> cmk_elementary_function {
    let table = target.table
    switch self {
    case .exponential: return unsafe table.exponential
    case .logarithm: return unsafe table.logarithm
    case .normalDensity: return unsafe table.normal_density
    case .normalCDF: return unsafe table.normal_cdf
    case .normalComplement: return unsafe table.normal_complement
    case .normalQuantile: return unsafe table.normal_quantile
    case .millsRatio: return unsafe table.mills_ratio
    }
  }
}
