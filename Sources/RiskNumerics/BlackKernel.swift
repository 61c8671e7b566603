// Black (1976) options on the forward, in streams: the face of the kernels in
// CKernels/black76_body.h.

import CKernels

/// Right of an option.
public enum OptionSide: Double, Sendable, CaseIterable {
  /// Right to buy.
  case call = 1
  /// Right to sell.
  case put = -1
}

/// Undiscounted Black (1976) values and derivatives of European options on a forward.
///
/// Money is in the unit of forward and strike. Limits: no time or no volatility gives the intrinsic
/// value, an unbounded volatility the forward (call) or the strike (put); wings end in zero, never
/// in NaN. Error for |d1| < 8: 4e-15 of max(F, K), and 1e-12 of the out-of-the-money value.
public enum BlackKernel {
  /// Values of one option in many states, undiscounted, into the first `forward.count` elements of
  /// `value`.
  ///
  /// Forwards are finite and not negative; volatilities are annual, at or below zero they count as
  /// zero. NaN in a stream gives NaN in the value.
  public static func values(
    forward: Span<Double>, volatility: Span<Double>, option: OptionTerms,
    into value: inout MutableSpan<Double>, target: KernelTarget = .active
  ) {
    precondition(forward.count == volatility.count, "forward and volatility differ in count")
    precondition(value.count >= forward.count, "value has too few elements")
    option.check()
    unsafe forward.withUnsafeBufferPointer { forward in
      unsafe volatility.withUnsafeBufferPointer { volatility in
        unsafe value.withUnsafeMutableBufferPointer { value in
          unsafe target.table.black76_value(
            Int64(forward.count), forward.baseAddress, volatility.baseAddress, option.strike,
            option.expiryYears, option.side.rawValue, value.baseAddress)
        }
      }
    }
  }

  /// Value of one option in one state, by the same kernel.
  public static func value(
    forward: Double, volatility: Double, option: OptionTerms, target: KernelTarget = .active
  ) -> Double {
    option.check()
    var result = 0.0
    unsafe withUnsafePointer(to: forward) { forward in
      unsafe withUnsafePointer(to: volatility) { volatility in
        unsafe target.table.black76_value(
          1, forward, volatility, option.strike, option.expiryYears, option.side.rawValue, &result)
      }
    }
    return result
  }

  /// Values and derivatives of many options, undiscounted.
  public static func greeks(of options: OptionStreams, target: KernelTarget = .active)
    -> GreekStreams
  {
    var greeks = GreekStreams(count: options.count)
    let count = options.count
    unsafe options.withPointers { inputs in
      unsafe greeks.withPointers { outputs in
        var inputs = unsafe inputs
        var outputs = unsafe outputs
        unsafe target.table.black76_greeks(Int64(count), &inputs, &outputs)
      }
    }
    return greeks
  }
}

/// What the contract fixes of an option on a forward.
public struct OptionTerms: Sendable, Equatable {
  /// Price at which the option may be exercised, not negative.
  public var strike: Double
  /// Time to expiry in years, not negative.
  public var expiryYears: Double
  /// Call or put.
  public var side: OptionSide

  /// Terms of an option.
  public init(strike: Double, expiryYears: Double, side: OptionSide) {
    self.strike = strike
    self.expiryYears = expiryYears
    self.side = side
  }

  func check() {
    precondition(strike >= 0 && strike.isFinite, "a strike is finite and not negative")
    precondition(expiryYears >= 0 && expiryYears.isFinite, "an expiry is finite and not past")
  }
}

/// Options as parallel arrays, one element per option.
public struct OptionStreams: Sendable, Equatable {
  /// Forward prices.
  public private(set) var forward: [Double] = []
  /// Strikes.
  public private(set) var strike: [Double] = []
  /// Times to expiry in years.
  public private(set) var expiryYears: [Double] = []
  /// Annual volatilities.
  public private(set) var volatility: [Double] = []
  /// +1 for a call, -1 for a put.
  public private(set) var sign: [Double] = []

  /// No options.
  public init() {}

  /// Number of options.
  public var count: Int { forward.count }

  /// Adds one option.
  public mutating func append(forward: Double, volatility: Double, option: OptionTerms) {
    option.check()
    self.forward.append(forward)
    self.volatility.append(volatility)
    strike.append(option.strike)
    expiryYears.append(option.expiryYears)
    sign.append(option.side.rawValue)
  }

  fileprivate func withPointers(_ body: (cmk_option_streams) -> Void) {
    unsafe forward.withUnsafeBufferPointer { forward in
      unsafe strike.withUnsafeBufferPointer { strike in
        unsafe expiryYears.withUnsafeBufferPointer { expiryYears in
          unsafe volatility.withUnsafeBufferPointer { volatility in
            unsafe sign.withUnsafeBufferPointer { sign in
              unsafe body(
                cmk_option_streams(
                  forward: forward.baseAddress, strike: strike.baseAddress,
                  expiry_years: expiryYears.baseAddress, volatility: volatility.baseAddress,
                  sign: sign.baseAddress))
            }
          }
        }
      }
    }
  }
}

/// Values and derivatives of options as parallel arrays, in the order of the options.
public struct GreekStreams: Sendable, Equatable {
  /// Undiscounted value.
  public private(set) var value: [Double]
  /// dV/dF. Without time or volatility: 0 or the sign by moneyness, half the sign at F = K.
  public private(set) var delta: [Double]
  /// d2V/dF2.
  public private(set) var gamma: [Double]
  /// dV/dsigma, per 1.00 of volatility.
  public private(set) var vega: [Double]
  /// dV/dt at fixed forward and volatility, per year, undiscounted: -F phi(d1) sigma / (2 sqrt T).
  public private(set) var theta: [Double]
  /// d2V/(dF dsigma), per 1.00 of volatility.
  public private(set) var vanna: [Double]
  /// d2V/dsigma2.
  public private(set) var volga: [Double]

  init(count: Int) {
    let zeros = [Double](repeating: 0, count: count)
    (value, delta, gamma, vega, theta, vanna, volga) = (
      zeros, zeros, zeros, zeros, zeros, zeros, zeros
    )
  }

  fileprivate mutating func withPointers(_ body: (cmk_greek_streams) -> Void) {
    unsafe value.withUnsafeMutableBufferPointer { value in
      unsafe delta.withUnsafeMutableBufferPointer { delta in
        unsafe gamma.withUnsafeMutableBufferPointer { gamma in
          unsafe vega.withUnsafeMutableBufferPointer { vega in
            unsafe theta.withUnsafeMutableBufferPointer { theta in
              unsafe vanna.withUnsafeMutableBufferPointer { vanna in
                unsafe volga.withUnsafeMutableBufferPointer { volga in
                  unsafe body(
                    cmk_greek_streams(
                      value: value.baseAddress, delta: delta.baseAddress,
                      gamma: gamma.baseAddress, vega: vega.baseAddress, theta: theta.baseAddress,
                      vanna: vanna.baseAddress, volga: volga.baseAddress))
                }
              }
            }
          }
        }
      }
    }
  }
}
