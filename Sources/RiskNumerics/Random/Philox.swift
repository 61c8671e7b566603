// Counter-based random numbers: every draw is a pure function of its coordinates.

import CKernels

/// Philox of Salmon, Moraes, Dror and Shaw (2011), and normals addressed by (seed, stream,
/// scenario, factor).
public enum Philox {
  /// Rounds of the standard generator.
  public static let standardRoundCount = 10

  /// Fills a tile [64 scenarios x `factorCount`], leading dimension 64, with independent standard
  /// normals.
  ///
  /// Row r, column f is `normal(seed, stream, firstScenario + r, f)`, whatever tile it is drawn in.
  /// Rows from `rowCount` on are left as they are.
  public static func fillNormals(
    _ address: NormalAddress, rowCount: Int, factorCount: Int,
    into tile: inout MutableSpan<Double>, target: KernelTarget = .active
  ) {
    precondition(rowCount >= 0 && rowCount <= ScenarioMatrix.blockRowCount, "a tile has 64 rows")
    precondition(factorCount >= 0, "a tile has no negative factor count")
    precondition(tile.count >= factorCount * ScenarioMatrix.blockRowCount, "the tile is too small")
    unsafe tile.withUnsafeMutableBufferPointer { tile in
      unsafe target.table.philox_normals(
        Int64(rowCount), Int64(factorCount), address.seed, address.stream, address.firstScenario,
        tile.baseAddress)
    }
  }

  /// Independent standard normals [scenarios x factors].
  public static func normals(
    seed: UInt64, stream: UInt32, scenarioCount: Int, factorCount: Int, threadCount: Int
  ) -> ScenarioMatrix {
    ScenarioMatrix.filled(
      scenarioCount: scenarioCount, columnCount: factorCount, threadCount: threadCount
    ) { block, span in
      let first = block * ScenarioMatrix.blockRowCount
      fillNormals(
        NormalAddress(seed: seed, stream: stream, firstScenario: UInt64(first)),
        rowCount: min(ScenarioMatrix.blockRowCount, scenarioCount - first),
        factorCount: factorCount, into: &span)
    }
  }

  /// A uniform number in (0, 1), a multiple of 2^-53 plus half of that, addressed by its
  /// coordinates.
  ///
  /// Its counters are apart from those of `normals`.
  public static func uniform(
    seed: UInt64, stream: UInt32 = 0, scenario: UInt64, coordinate: UInt32
  ) -> Double {
    let words = words4x64(
      counter: (scenario, UInt64(coordinate), UInt64(stream), 0), key: (seed, 0),
      roundCount: standardRoundCount)
    return (Double(words[0] >> 11) + 0.5) * 0x1p-53
  }

  /// philox2x32 of a counter.
  public static func words2x32(
    counter: (UInt32, UInt32), key: UInt32, roundCount: Int
  ) -> [UInt32] {
    var words = [counter.0, counter.1]
    unsafe cmk_philox2x32(Int64(roundCount), key, &words)
    return words
  }

  /// philox4x32 of a counter.
  public static func words4x32(
    counter: (UInt32, UInt32, UInt32, UInt32), key: (UInt32, UInt32), roundCount: Int
  ) -> [UInt32] {
    var words = [counter.0, counter.1, counter.2, counter.3]
    unsafe cmk_philox4x32(Int64(roundCount), [key.0, key.1], &words)
    return words
  }

  /// philox2x64 of a counter.
  public static func words2x64(
    counter: (UInt64, UInt64), key: UInt64, roundCount: Int
  ) -> [UInt64] {
    var words = [counter.0, counter.1]
    unsafe cmk_philox2x64(Int64(roundCount), key, &words)
    return words
  }

  /// philox4x64 of a counter.
  public static func words4x64(
    counter: (UInt64, UInt64, UInt64, UInt64), key: (UInt64, UInt64), roundCount: Int
  ) -> [UInt64] {
    var words = [counter.0, counter.1, counter.2, counter.3]
    unsafe cmk_philox4x64(Int64(roundCount), [key.0, key.1], &words)
    return words
  }
}

/// Where the normals of a tile begin.
public struct NormalAddress: Sendable, Equatable {
  /// Key of the generator.
  public var seed: UInt64
  /// Independent streams of one seed.
  public var stream: UInt32
  /// Scenario of the tile's first row.
  public var firstScenario: UInt64

  /// An address.
  public init(seed: UInt64, stream: UInt32, firstScenario: UInt64) {
    self.seed = seed
    self.stream = stream
    self.firstScenario = firstScenario
  }
}
