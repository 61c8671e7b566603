// Known answers: the groups of risk vectors that concern numerics, every field of every one.
// CROSSMARGIN_VECTORS names a folder with risk.json to read instead of Tests/Vectors/numerics.json.

import Foundation
import RiskNumerics
import Testing

@Suite struct VectorTests {
  private static let groups = [
    "discrete_var_es", "historical_var", "estimator_se", "normal_quantile", "philox", "ewma_vol",
    "ewma_effective_days", "student_var_es", "normal_var_es"
  ]

  private func vectors(_ group: String) throws -> [JSONValue] {
    let environment = ProcessInfo.processInfo.environment
    let file =
      if let folder = environment["CROSSMARGIN_VECTORS"] {
        try TestFiles.json("risk.json", in: URL(filePath: folder))
      } else {
        try TestFiles.json("numerics.json")
      }
    return try #require(file["vectors"]?.list).filter { $0["group"]?.text == group }
  }

  @Test(arguments: groups) func everyVectorOfTheGroup(_ group: String) throws {
    let vectors = try vectors(group)
    #expect(!vectors.isEmpty)
    var passed = 0
    for vector in vectors {
      let identifier = try #require(vector["id"]?.text)
      let inputs = try #require(vector["inputs"])
      let expected = try #require(vector["expected"]?.members)
      if group == "philox" {
        let words = try philox(inputs)
        let right = expected["output_hex"]?.list?.compactMap(\.text) == words
        if right { passed += 1 } else { print("\(identifier): \(words)") }
        #expect(right, "\(identifier)")
        continue
      }
      let results = try results(group, inputs)
      let tolerance = try #require(vector["tolerance"])
      // Fields without a counterpart would be an untested promise.
      #expect(Set(results.keys) == Set(expected.keys), "\(identifier)")
      var isRight = true
      for (field, value) in results.sorted(by: { $0.key < $1.key }) {
        let wanted = try #require(expected[field]?.number)
        let distance = abs(value - wanted)
        let right =
          distance <= (tolerance["abs"]?.number ?? 0)
          || distance <= (tolerance["rel"]?.number ?? 0) * abs(wanted)
        if !right { print("\(identifier) \(field): \(value), expected \(wanted)") }
        #expect(right, "\(identifier) \(field): \(value), expected \(wanted)")
        isRight = isRight && right
      }
      if isRight { passed += 1 }
    }
    print("\(group): \(passed) of \(vectors.count)")
  }

  private func results(_ group: String, _ inputs: JSONValue) throws -> [String: Double] {
    func number(_ name: String) throws -> Double { try #require(inputs[name]?.number) }
    switch group {
    case "discrete_var_es":
      let losses = try #require(inputs["losses"]?.numbers)
      let measure = RiskMeasure(confidence: try number("alpha"))
      let tail = LossTail(of: losses, keeping: losses.count)
      let count = losses.count
      return [
        "VaR_inverse_cdf": measure.valueAtRisk(tail, scenarioCount: count).value,
        "ES_acerbi_tasche": measure.expectedShortfall(tail, scenarioCount: count).value,
        "VaR_linear_type7":
          measure.valueAtRisk(tail, scenarioCount: count, convention: .linearType7).value
      ]
    case "historical_var": return try historical(try #require(inputs["pnl"]?.numbers))
    case "estimator_se": return try estimator(inputs)
    case "normal_quantile": return ["z": NormalDistribution.quantile(try number("p"))]
    case "ewma_vol":
      let returns = try #require(inputs["returns_percent"]?.numbers)
      let lambda = try number("lambda_")
      return [
        "equal_weight": Covariance.volatility(returns: returns),
        "ewma_unnormalised":
          Covariance.volatility(returns: returns, lambda: lambda, isNormalised: false),
        "ewma_normalised":
          Covariance.volatility(returns: returns, lambda: lambda, isNormalised: true)
      ]
    case "ewma_effective_days":
      let days = Covariance.effectivePeriods(
        lambda: try number("lambda_"), tolerance: try number("tolerance"))
      return ["K": days, "K_floor": days.rounded(.down)]
    case "student_var_es":
      let (student, degrees) = (
        StudentDistribution(degrees: try number("nu")), try number("nu")
      )
      let value = student.quantile(try number("alpha"))
      let mean = student.tailMean(value)
      let unit = ((degrees - 2) / degrees).squareRoot()
      return [
        "VaR": value, "ES": mean, "VaR_unit_variance": value * unit,
        "ES_unit_variance": mean * unit
      ]
    default:
      let value = NormalLoss().quantile(try number("alpha"))
      return ["VaR": value, "ES": NormalLoss().tailMean(value)]
    }
  }

  private func historical(_ profits: [Double]) throws -> [String: Double] {
    let losses = profits.map { -$0 }
    let tail = LossTail(of: losses, keeping: losses.count)
    var results: [String: Double] = [:]
    for (name, confidence) in [("0_01", 0.99), ("0_05", 0.95)] {
      let measure = RiskMeasure(confidence: confidence)
      results["quantile_" + name] =
        -measure.valueAtRisk(tail, scenarioCount: losses.count).value
      results["mean_at_or_below_" + name] =
        -measure.meanBeyondValueAtRisk(tail, scenarioCount: losses.count)
      results["acerbi_tasche_loss_ES_" + name] =
        measure.expectedShortfall(tail, scenarioCount: losses.count).value
    }
    return results
  }

  private func estimator(_ inputs: JSONValue) throws -> [String: Double] {
    let name = try #require(inputs["distribution"]?.text)
    let confidence = try #require(inputs["alpha"]?.number)
    let count = Int(try #require(inputs["n"]?.number))
    let distribution: any TailDistribution =
      name == "normal"
      ? NormalLoss() : StudentDistribution(degrees: try #require(Double(name.dropFirst())))
    let value = distribution.valueAtRisk(confidence: confidence, drawCount: count)
    let mean = distribution.expectedShortfall(confidence: confidence, drawCount: count)
    return [
      "VaR": value.value, "ES": mean.value, "se_VaR": try #require(value.standardError),
      "se_ES": try #require(mean.standardError)
    ]
  }

  private func philox(_ inputs: JSONValue) throws -> [String] {
    let rounds = Int(try #require(inputs["rounds"]?.number))
    func words(_ name: String) throws -> [UInt64] {
      try #require(inputs[name]?.list).map { word in
        let digits = try #require(word.text)
        return try #require(UInt64(digits, radix: 16))
      }
    }
    let (c, k) = (try words("counter_hex"), try words("key_hex"))
    func hex(_ words: [some FixedWidthInteger], _ width: Int) -> [String] {
      words.map {
        let digits = String($0, radix: 16)
        return String(repeating: "0", count: width - digits.count) + digits
      }
    }
    let narrow = (c + k).map { UInt32(truncatingIfNeeded: $0) }
    switch inputs["generator"]?.text {
    case "philox2x32":
      let counter = (narrow[0], narrow[1])
      return hex(Philox.words2x32(counter: counter, key: narrow[2], roundCount: rounds), 8)
    case "philox4x32":
      let counter = (narrow[0], narrow[1], narrow[2], narrow[3])
      let key = (narrow[4], narrow[5])
      return hex(Philox.words4x32(counter: counter, key: key, roundCount: rounds), 8)
    case "philox2x64":
      return hex(Philox.words2x64(counter: (c[0], c[1]), key: k[0], roundCount: rounds), 16)
    default:
      let counter = (c[0], c[1], c[2], c[3])
      return hex(Philox.words4x64(counter: counter, key: (k[0], k[1]), roundCount: rounds), 16)
    }
  }
}
