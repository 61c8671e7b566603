// The analytic part of an explanation as JSON. Keys are these names in snake case.

import CrossMargin

struct AnalyticJSON: Encodable {
  struct Pair: Encodable {
    var varUSD: Double
    var esUSD: Double

    init(_ pair: AnalyticRow.Pair) {
      varUSD = pair.valueAtRiskUSD
      esUSD = pair.expectedShortfallUSD
    }
  }

  struct Measures: Encodable {
    var method: String
    var fallbackReason: String?
    var varUSD: Double
    var esUSD: Double
    var saddlepoint: Pair?
    var cornishFisherVarUSD: Double?
    var revaluationVarGapUSD: Double
    var revaluationVarGapErrorUSD: Double?
    var revaluationEsGapUSD: Double
    var revaluationEsGapErrorUSD: Double

    init(_ row: AnalyticRow) {
      method = row.method.rawValue
      fallbackReason = row.fallbackReason
      varUSD = row.measures.valueAtRiskUSD
      esUSD = row.measures.expectedShortfallUSD
      saddlepoint = row.saddlepoint.map(Pair.init)
      cornishFisherVarUSD = row.cornishFisherUSD
      revaluationVarGapUSD = row.revaluation.valueAtRiskUSD
      revaluationVarGapErrorUSD = row.revaluation.valueAtRiskErrorUSD
      revaluationEsGapUSD = row.revaluation.expectedShortfallUSD
      revaluationEsGapErrorUSD = row.revaluation.expectedShortfallErrorUSD
    }
  }

  struct Contribution: Encodable {
    var kind: String
    var name: String
    var contribution: Pair
  }

  struct Holding: Encodable {
    var name: String
    var quantity: Double
    var contribution: Pair
    var marginal: Pair
    var incremental: Pair?
  }

  struct Move: Encodable {
    var factor: String
    var move: Double
    var lossUSD: Double
  }

  struct Stress: Encodable {
    var target: String
    var rank: Int
    var distance: Double
    var outsideProbability: Double
    var lossProbability: Double?
    var revaluedLossUSD: Double
    var formLossUSD: Double
    var formErrorFraction: Double?
    var moves: [Move]
  }

  var measures: Measures?
  var contributions: [Contribution]
  var holdings: [Holding]
  var reverseStress: [Stress]

  init(_ result: AnalyticResult, holdings: [HoldingContribution]) {
    measures = result.measures.first.map(Measures.init)
    contributions = result.contributions.map {
      Contribution(kind: $0.kind.rawValue, name: $0.name, contribution: Pair($0.contribution))
    }
    self.holdings = holdings.map {
      Holding(
        name: $0.name, quantity: $0.quantity, contribution: Pair($0.contribution),
        marginal: Pair($0.marginal), incremental: $0.incremental.map(Pair.init))
    }
    reverseStress = result.stresses.map { stress in
      Stress(
        target: stress.target.rawValue, rank: stress.rank, distance: stress.distance,
        outsideProbability: stress.outsideProbability, lossProbability: stress.lossProbability,
        revaluedLossUSD: stress.revaluedLossUSD, formLossUSD: stress.formLossUSD,
        formErrorFraction: stress.formErrorFraction,
        moves: stress.moves.map {
          Move(factor: "\($0.factor)", move: $0.move, lossUSD: $0.lossUSD)
        })
    }
  }
}
