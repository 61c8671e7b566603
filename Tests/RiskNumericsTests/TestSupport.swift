// Seeded numbers and comparisons that the tests of this folder share.

/// SplitMix64 [Steele, Lea, Flood 2014]: every test prints its seed by taking it as an argument.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }

  mutating func uniform(_ low: Double, _ high: Double) -> Double {
    Double.random(in: low..<high, using: &self)
  }
}

func bits(_ values: [Double]) -> [UInt64] { values.map(\.bitPattern) }

/// Distance in units of the last place of the expected value.
func unitsInLastPlace(_ value: Double, _ expected: Double) -> Double {
  if value == expected { return 0 }
  return abs(value - expected) / max(expected.ulp, Double.leastNonzeroMagnitude)
}

/// Relative distance, or absolute where the expected value is zero.
func relativeDistance(_ value: Double, _ expected: Double) -> Double {
  if value == expected { return 0 }
  return expected == 0 ? abs(value) : abs(value - expected) / abs(expected)
}

func allFinite(_ values: [Double]...) -> Bool {
  values.allSatisfy { $0.allSatisfy { $0.isFinite } }
}
