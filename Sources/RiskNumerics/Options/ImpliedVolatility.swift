// Volatilities implied by option prices, in streams: the face of CKernels/implied_volatility_body.h.

import CKernels

/// What the implied volatility of a price is.
public enum ImpliedVolatilityStatus: String, Sendable, CaseIterable {
  /// One volatility gives the price.
  case ok
  /// The price is the intrinsic value; the volatility is zero.
  case zeroVolatility = "zero_volatility"
  /// The price is below the intrinsic value: no volatility gives it.
  case belowIntrinsic = "below_intrinsic"
  /// The price is the forward (call) or the strike (put) or above: no volatility gives it.
  case aboveMaximum = "above_maximum"
  /// A number is NaN, infinite or negative, or there is no time to expiry.
  case invalid

  fileprivate init(_ code: Int32) {
    switch cmk_implied_status(rawValue: code) {
    case CMK_IMPLIED_OK: self = .ok
    case CMK_IMPLIED_ZERO_VOLATILITY: self = .zeroVolatility
    case CMK_IMPLIED_BELOW_INTRINSIC: self = .belowIntrinsic
    case CMK_IMPLIED_ABOVE_MAXIMUM: self = .aboveMaximum
    default: self = .invalid
    }
  }
}

/// Implied volatilities as parallel arrays, in the order of the options.
public struct ImpliedVolatilityStreams: Sendable {
  /// Annual volatility; NaN where there is none.
  public let volatility: [Double]
  /// Relative change of the volatility that half a unit in the last place of the price makes:
  /// eps price / (2 sigma vega). NaN where `status` is not `ok`.
  public let attainableRelativeError: [Double]
  /// Whether there is a volatility, or why not.
  public let status: [ImpliedVolatilityStatus]
}

/// Inversion of Black (1976) over the whole domain.
public enum ImpliedVolatility {
  /// Volatilities that give undiscounted `prices`; the volatilities of `options` are not read.
  ///
  /// Never fails as a whole: each element has a status. A root is exact to a few units in the last
  /// place beside what the rounding of the price leaves open, `attainableRelativeError`; options in
  /// the money are better asked by the price of the other side, which carries more digits.
  public static func solve(
    prices: [Double], of options: OptionStreams, target: KernelTarget = .active
  ) -> ImpliedVolatilityStreams {
    let count = options.count
    precondition(prices.count == count, "a price per option")
    var volatility = [Double](repeating: 0, count: count)
    var error = [Double](repeating: 0, count: count)
    var codes = [Int32](repeating: 0, count: count)
    unsafe options.withPointers { inputs in
      var inputs = unsafe inputs
      unsafe prices.withUnsafeBufferPointer { prices in
        unsafe volatility.withUnsafeMutableBufferPointer { volatility in
          unsafe error.withUnsafeMutableBufferPointer { error in
            unsafe codes.withUnsafeMutableBufferPointer { codes in
              unsafe target.table.implied_volatility(
                Int64(count), &inputs, prices.baseAddress, volatility.baseAddress,
                error.baseAddress, codes.baseAddress)
            }
          }
        }
      }
    }
    return ImpliedVolatilityStreams(
      volatility: volatility, attainableRelativeError: error,
      status: codes.map(ImpliedVolatilityStatus.init))
  }
}
