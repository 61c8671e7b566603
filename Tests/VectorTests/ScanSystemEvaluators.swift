// Systems of which only single rules are published as examples: CME SPAN, Dederi, OKX.

import CrossMargin
import RiskNumerics

enum ScanSystemEvaluators {
  static let all: [String: Evaluator] = [
    "CME SPAN / Scan risk": scan, "CME SPAN / Inter-commodity spread credit": interSpread,
    "CME SPAN / Intra-commodity spread": intraSpread, "Dederi / Forward price": forward,
    "Dederi / Future contingency": futureContingency,
    "OKX / MR9 stablecoin depeg (tiered)": depeg
  ]

  /// Scenarios are counted from 1, as the clearing house does.
  private static let scan: Evaluator = { inputs in
    let scan = SpanScan(
      try inputs.parts("positions").map { position in
        SpanPosition(
          riskArray: try position.numbers("riskArrayLong"), quantity: try position.number("qty"),
          compositeDelta: try position.number("compositeDelta", absent: 0))
      })
    return [
      "scanRisk": .number(scan.scanRisk),
      "activeScenario": .number(Double(scan.activeScenario + 1)),
      "volatilityAdjustedRisk": .number(scan.volatilityAdjustedRisk),
      "timeRisk": .number(scan.timeRisk), "weightedPriceRisk": .number(scan.weightedPriceRisk)
    ]
  }

  private static let interSpread: Evaluator = { inputs in
    let spread = SpanOutright.interSpread(
      try inputs.parts("legs").map { (try $0.number("outright"), try $0.number("qty")) },
      creditRate: try inputs.number("creditRate"))
    return [
      "outright": .number(spread.outright), "credit": .number(spread.credit),
      "margin": .number(spread.margin)
    ]
  }

  private static let intraSpread: Evaluator = { inputs in
    let margin = SpanOutright.intraSpread(
      try inputs.number("leg1"), try inputs.number("leg2"), charge: try inputs.number("charge"))
    return ["margin": .number(margin)]
  }

  private static let forward: Evaluator = { inputs in
    let forward = DederiTerms.forwardUSD(
      indexUSD: try inputs.number("index"), basisAnnual: try inputs.number("annualBasis"),
      days: try inputs.number("days"))
    return ["forward": .number(forward)]
  }

  private static let futureContingency: Evaluator = { inputs in
    let charge = DederiTerms.futureContingencyUSD(
      coins: try inputs.numbers("positions"), indexUSD: try inputs.number("index"),
      fraction: try inputs.number("factor"))
    return ["contingency": .number(charge)]
  }

  private static let depeg: Evaluator = { inputs in
    guard let rows = inputs.value("tiers")?.list else { throw InputError("no tiers") }
    let tiers = try rows.map { row in
      guard let row = row.list, row.count == 3, let from = row[0].number, let rate = row[2].number
      else { throw InputError("a tier is a beginning, an end and a rate") }
      return MarginalTiers.Tier(from: from, rate: rate)
    }
    return ["charge": .number(MarginalTiers(tiers).charge(try inputs.number("hedgedUsd")))]
  }
}
