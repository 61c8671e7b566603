// Random words and the inverse of the normal distribution.

import RiskNumerics

enum RandomEvaluators {
  static let all: [String: Evaluator] = [
    "normal_quantile": { inputs in
      ["z": .number(NormalDistribution.quantile(try inputs.number("p")))]
    },
    "philox": philox
  ]

  private static let philox: Evaluator = { inputs in
    let rounds = Int(try inputs.number("rounds"))
    let generator = try inputs.text("generator")
    let wordCounts = [
      "philox2x32": 2, "philox4x32": 4, "philox2x64": 2, "philox4x64": 4
    ]
    guard let wordCount = wordCounts[generator] else {
      throw InputError("the generator \(generator) is unknown")
    }
    let (c, k) = (
      try words(inputs, "counter_hex", count: wordCount),
      try words(inputs, "key_hex", count: wordCount / 2)
    )
    let n = c.map { UInt32(truncatingIfNeeded: $0) }
    let m = k.map { UInt32(truncatingIfNeeded: $0) }
    let output =
      switch generator {
      case "philox2x32":
        hex(Philox.words2x32(counter: (n[0], n[1]), key: m[0], roundCount: rounds))
      case "philox4x32":
        hex(
          Philox.words4x32(
            counter: (n[0], n[1], n[2], n[3]), key: (m[0], m[1]), roundCount: rounds))
      case "philox2x64":
        hex(Philox.words2x64(counter: (c[0], c[1]), key: k[0], roundCount: rounds))
      default:
        hex(
          Philox.words4x64(
            counter: (c[0], c[1], c[2], c[3]), key: (k[0], k[1]), roundCount: rounds))
      }
    return ["output_hex": .texts(output)]
  }

  private static func words(_ inputs: Inputs, _ name: String, count: Int) throws -> [UInt64] {
    let words = try inputs.texts(name).compactMap { UInt64($0, radix: 16) }
    guard words.count == count else { throw InputError("\(name) has not \(count) words") }
    return words
  }

  /// All digits, lower case.
  private static func hex<Word: FixedWidthInteger>(_ words: [Word]) -> [String] {
    words.map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: Word.bitWidth / 4 - digits.count) + digits
    }
  }
}
