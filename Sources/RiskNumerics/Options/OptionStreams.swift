// Options and their derivatives as parallel arrays: what the kernels of BlackKernel read and write.

import CKernels

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

  func withPointers(_ body: (cmk_option_streams) -> Void) {
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

/// Values and first derivatives of options as parallel arrays, in the order of the options.
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

  /// Zeros, to be written.
  public init(count: Int) {
    let zeros = [Double](repeating: 0, count: count)
    (value, delta, gamma, vega, theta) = (zeros, zeros, zeros, zeros, zeros)
  }

  mutating func withPointers(_ body: (cmk_greek_streams) -> Void) {
    unsafe value.withUnsafeMutableBufferPointer { value in
      unsafe delta.withUnsafeMutableBufferPointer { delta in
        unsafe gamma.withUnsafeMutableBufferPointer { gamma in
          unsafe vega.withUnsafeMutableBufferPointer { vega in
            unsafe theta.withUnsafeMutableBufferPointer { theta in
              unsafe body(
                cmk_greek_streams(
                  value: value.baseAddress, delta: delta.baseAddress, gamma: gamma.baseAddress,
                  vega: vega.baseAddress, theta: theta.baseAddress))
            }
          }
        }
      }
    }
  }
}

/// Further derivatives of options as parallel arrays, in the order of the options. All are zero
/// without time or volatility.
public struct HigherGreekStreams: Sendable, Equatable {
  /// d2V/(dF dsigma), per 1.00 of volatility: -phi(d1) d2 / sigma.
  public private(set) var vanna: [Double]
  /// d2V/dsigma2: vega d1 d2 / sigma.
  public private(set) var volga: [Double]
  /// d2V/(dF dt) at fixed forward and volatility, per year: phi(d1) d2 / (2 T).
  public private(set) var charm: [Double]
  /// d3V/dF3: -gamma / F (1 + d1 / (sigma sqrt T)).
  public private(set) var speed: [Double]

  init(count: Int) {
    let zeros = [Double](repeating: 0, count: count)
    (vanna, volga, charm, speed) = (zeros, zeros, zeros, zeros)
  }

  mutating func withPointers(_ body: (cmk_higher_greek_streams) -> Void) {
    unsafe vanna.withUnsafeMutableBufferPointer { vanna in
      unsafe volga.withUnsafeMutableBufferPointer { volga in
        unsafe charm.withUnsafeMutableBufferPointer { charm in
          unsafe speed.withUnsafeMutableBufferPointer { speed in
            unsafe body(
              cmk_higher_greek_streams(
                vanna: vanna.baseAddress, volga: volga.baseAddress, charm: charm.baseAddress,
                speed: speed.baseAddress))
          }
        }
      }
    }
  }
}
