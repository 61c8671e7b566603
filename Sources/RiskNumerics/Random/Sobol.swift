// Points that fill the unit cube evenly, each a function of its index and dimension.

import CKernels

/// The Sobol sequence with the direction numbers of Joe and Kuo (2008), and its randomisation by
/// nested uniform scrambling [Owen 1995].
public struct SobolSequence: Sendable {
  /// Largest number of dimensions.
  public static let dimensionCountMax = Int(CMK_SOBOL_DIMENSIONS)

  /// Number of dimensions.
  public let dimensionCount: Int
  /// 32 direction numbers for each dimension.
  private let directions: [UInt32]

  /// The sequence in 1 to `dimensionCountMax` dimensions.
  public init(dimensionCount: Int) {
    precondition(
      dimensionCount >= 1 && dimensionCount <= Self.dimensionCountMax,
      "the Sobol sequence is known in 1 to \(Self.dimensionCountMax) dimensions")
    var numbers = [UInt32](repeating: 0, count: dimensionCount * 32)
    unsafe cmk_sobol_directions(Int64(dimensionCount), &numbers)
    self.dimensionCount = dimensionCount
    directions = numbers
  }

  /// The 32 binary digits of one coordinate; index 0 is the origin.
  ///
  /// Points follow each other by the Gray code of the index [Antonov and Saleev 1979].
  public func digits(index: UInt32, dimension: Int) -> UInt32 {
    precondition(dimension >= 0 && dimension < dimensionCount, "the dimension is out of range")
    var gray = index ^ (index >> 1)
    var digits: UInt32 = 0
    while gray != 0 {
      digits ^= directions[dimension * 32 + gray.trailingZeroBitCount]
      gray &= gray - 1
    }
    return digits
  }

  /// One coordinate without scrambling, in [0, 1).
  public func coordinate(index: UInt32, dimension: Int) -> Double {
    Double(digits(index: index, dimension: dimension)) * 0x1p-32
  }

  /// One coordinate scrambled by a seed, in (0, 1), a multiple of 2^-53 plus half of that.
  ///
  /// Each digit is flipped at random by the digits before it, for which a hash of few operations
  /// stands [Burley 2020, equation of the Laine-Karras permutation]; the digits after the 32nd are
  /// random. Points of one seed keep the evenness of the sequence; seeds are independent, so that
  /// their spread is the error of their mean.
  public func scrambled(
    index: UInt32, dimension: Int, seed: UInt64, stream: UInt32 = 0
  ) -> Double {
    let key = Philox.words4x64(
      counter: (UInt64(dimension), UInt64(stream), 0, 1), key: (seed, 0),
      roundCount: Philox.standardRoundCount)
    return Self.scrambled(
      digits(index: index, dimension: dimension), index: index,
      key: (UInt32(truncatingIfNeeded: key[0]), key[1]))
  }

  private static func scrambled(
    _ digits: UInt32, index: UInt32, key: (scramble: UInt32, rest: UInt64)
  ) -> Double {
    var x = digits.bitReversed
    x &+= key.scramble
    x ^= x &* 0x6c50_b47c
    x ^= x &* 0xb82f_1e52
    x ^= x &* 0xc7af_e638
    x ^= x &* 0x8d22_f6e6
    let high = UInt64(x.bitReversed)
    let rest = mixed(key.rest &+ UInt64(index)) >> 43
    return (Double(high << 21 | rest) + 0.5) * 0x1p-53
  }

  /// A bijection of 64 bits whose every output bit depends on every input bit: the finaliser of
  /// SplitMix [Steele, Lea and Flood 2014].
  private static func mixed(_ value: UInt64) -> UInt64 {
    var x = value &* 0x9e37_79b9_7f4a_7c15
    x = (x ^ (x >> 30)) &* 0xbf58_476d_1ce4_e5b9
    x = (x ^ (x >> 27)) &* 0x94d0_49bb_1331_11eb
    return x ^ (x >> 31)
  }

  /// Standard normals [scenarios x dimensions] from the first scrambled points, by the inverse of
  /// the normal distribution. Column d is dimension d; a number depends on (seed, stream, scenario,
  /// dimension) alone.
  public func normals(
    seed: UInt64, stream: UInt32, scenarioCount: Int, threadCount: Int
  ) -> ScenarioMatrix {
    precondition(scenarioCount <= Int(UInt32.max), "the sequence has 2^32 points")
    let keys = (0..<dimensionCount).map { dimension in
      Philox.words4x64(
        counter: (UInt64(dimension), UInt64(stream), 0, 1), key: (seed, 0),
        roundCount: Philox.standardRoundCount)
    }
    return ScenarioMatrix.filled(
      scenarioCount: scenarioCount, columnCount: dimensionCount, threadCount: threadCount
    ) { (block: Int, elements: inout MutableSpan<Double>) in
      let rows = ScenarioMatrix.blockRowCount
      let used = min(rows, scenarioCount - block * rows)
      var uniforms = [Double](repeating: 0.5, count: rows)
      for dimension in 0..<dimensionCount {
        let key = (UInt32(truncatingIfNeeded: keys[dimension][0]), keys[dimension][1])
        for row in 0..<used {
          let index = UInt32(block * rows + row)
          uniforms[row] = Self.scrambled(
            digits(index: index, dimension: dimension), index: index, key: key)
        }
        elements.withPart(dimension * rows, count: used) { column in
          ElementaryKernel.normalQuantile.apply(
            uniforms.span.extracting(0..<used), into: &column)
        }
      }
    }
  }
}

extension FixedWidthInteger {
  /// The bits in the opposite order.
  fileprivate var bitReversed: Self {
    var (reversed, rest) = (Self.zero, self)
    for _ in 0..<Self.bitWidth {
      reversed = reversed << 1 | rest & 1
      rest >>= 1
    }
    return reversed
  }
}
