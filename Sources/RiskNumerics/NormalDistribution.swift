// The standard normal distribution and the elementary functions of the kernels: face of
// CKernels/elementary_body.h.

import CKernels

/// The standard normal distribution, by the kernels: the same bits here and in the streams.
public enum NormalDistribution {
  /// N(x), to 8 units in the last place down to x = -37. N(-inf) = 0, N(inf) = 1.
  public static func cdf(_ x: Double) -> Double { ElementaryKernel.normalCDF.value(at: x) }

  /// Inverse of N, relatively accurate to 1e-13 from 1e-300 to the largest double below 1.
  ///
  /// 0 gives -inf, 1 gives inf; outside [0, 1] it is NaN, which callers refuse beforehand.
  public static func quantile(_ probability: Double) -> Double {
    ElementaryKernel.normalQuantile.value(at: probability)
  }

  /// phi(x) = exp(-x^2/2) / sqrt(2 pi).
  public static func density(_ x: Double) -> Double {
    ElementaryKernel.exponential.value(at: -0.5 * x * x) * 0.3989422804014327
  }
}

/// Element-wise functions over streams.
public enum ElementaryKernel: Sendable, CaseIterable {
  /// e^x.
  case exponential
  /// ln x.
  case logarithm
  /// N(x), the standard normal distribution function.
  case normalCDF
  /// Inverse of N.
  case normalQuantile

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
    case .normalCDF: return unsafe table.normal_cdf
    case .normalQuantile: return unsafe table.normal_quantile
    }
  }
}
