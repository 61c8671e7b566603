// Random numbers of one account or one day: a sequence that depends on nothing but its address.

import Foundation
import RiskNumerics

/// Uses of random numbers; each has a stream of its own.
enum DrawStream: UInt32 {
  case history = 0x4849_5354
  case account = 0x4143_4354
  case feeds = 0x4645_4544
}

/// Draws addressed by (seed, stream, item): draw number n of an item is the same whatever other
/// items draw, so that account i does not depend on how many accounts there are.
struct SeededDraws {
  private let seed: UInt64
  private let stream: DrawStream
  private let item: UInt64
  private var nextBlock: UInt32 = 0
  private var spare: UInt64?

  init(seed: UInt64, stream: DrawStream, item: Int) {
    self.seed = seed
    self.stream = stream
    self.item = UInt64(item)
  }

  /// Uniform in the open interval (0, 1): 53 bits, centred.
  mutating func uniform() -> Double {
    (Double(nextWord() >> 11) + 0.5) * 0x1p-53
  }

  /// Standard normal, by inversion.
  mutating func normal() -> Double { NormalDistribution.quantile(uniform()) }

  /// Uniform in an interval.
  mutating func uniform(in range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }

  /// Uniform in `0..<count`; `count` is positive.
  mutating func index(below count: Int) -> Int { min(count - 1, Int(uniform() * Double(count))) }

  /// True with a probability.
  mutating func chance(_ probability: Double) -> Bool { uniform() < probability }

  /// Rank drawn with probability proportional to `weights`, which are at least 0 with a positive sum.
  mutating func rank(weights: [Double]) -> Int {
    var remainder = uniform() * weights.reduce(0, +)
    for (rank, weight) in weights.enumerated() where weight > 0 {
      remainder -= weight
      if remainder < 0 { return rank }
    }
    return weights.lastIndex { $0 > 0 } ?? 0
  }

  /// Pareto distribution of exponent `tail` between two positive bounds, by inversion.
  mutating func pareto(from minimum: Double, to maximum: Double, tail: Double) -> Double {
    let mass = 1 - pow(minimum / maximum, tail)
    return minimum * pow(1 - uniform() * mass, -1 / tail)
  }

  private mutating func nextWord() -> UInt64 {
    if let word = spare {
      spare = nil
      return word
    }
    let words = Philox.words4x32(
      counter: (
        UInt32(truncatingIfNeeded: item), UInt32(truncatingIfNeeded: item >> 32), nextBlock,
        stream.rawValue
      ), key: (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)),
      roundCount: Philox.standardRoundCount)
    nextBlock += 1
    spare = UInt64(words[2]) | UInt64(words[3]) << 32
    return UInt64(words[0]) | UInt64(words[1]) << 32
  }
}
