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
/// in NaN. The allowed errors stand in the index of Tests/Vectors/accuracy: about 3e-15 of every
/// value and derivative wherever the density phi(d1) is a normal number, the far wings included.
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

  /// Values and first derivatives of many options, undiscounted.
  public static func greeks(of options: OptionStreams, target: KernelTarget = .active)
    -> GreekStreams
  {
    var greeks = GreekStreams(count: options.count)
    write(greeksOf: options, into: &greeks, target: target)
    return greeks
  }

  /// The same into streams of the same count, which are used again.
  public static func write(
    greeksOf options: OptionStreams, into greeks: inout GreekStreams,
    target: KernelTarget = .active
  ) {
    precondition(greeks.value.count == options.count, "options and Greeks differ in count")
    let count = options.count
    unsafe options.withPointers { inputs in
      unsafe greeks.withPointers { outputs in
        var inputs = unsafe inputs
        var outputs = unsafe outputs
        unsafe target.table.black76_greeks(Int64(count), &inputs, &outputs)
      }
    }
  }

  /// Further derivatives of many options, undiscounted.
  public static func higherGreeks(of options: OptionStreams, target: KernelTarget = .active)
    -> HigherGreekStreams
  {
    var greeks = HigherGreekStreams(count: options.count)
    let count = options.count
    unsafe options.withPointers { inputs in
      unsafe greeks.withPointers { outputs in
        var inputs = unsafe inputs
        var outputs = unsafe outputs
        unsafe target.table.black76_higher_greeks(Int64(count), &inputs, &outputs)
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
