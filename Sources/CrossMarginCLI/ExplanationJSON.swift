// An explanation as JSON.

import CrossMargin

struct ExplanationJSON: Encodable {
  struct Row: Encodable {
    var label: String
    var quantity: Double?
    var unit_usd: Double?
    var amount_usd: Double
  }

  struct Sum: Encodable {
    var title: String
    var rows: [Row]
    var total_usd: Double
  }

  struct Measure: Encodable {
    var scenario_set: String
    var worst_loss_usd: Double
    var worst_scenario: Int32
    var var_usd: Double?
    var var_error_usd: Double?
    var es_usd: Double?
    var es_error_usd: Double?
    var delta_gamma_gap_usd: Double?
  }

  var account: String
  var model: String
  var status: String
  var missing: String?
  var worst_scenario: String
  var sums: [Sum]
  var measures: [Measure]

  init(_ explanation: AccountExplanation, sets: [String]) {
    account = explanation.name
    model = explanation.model
    status = explanation.account.status.rawValue
    missing = explanation.account.missing.map { "\($0.reason.rawValue) of \($0.subject)" }
    worst_scenario = explanation.worstScenarioLabel
    sums = explanation.sums.map { sum in
      Sum(
        title: sum.title,
        rows: sum.rows.map {
          Row(
            label: $0.label, quantity: $0.quantity, unit_usd: $0.unitUSD, amount_usd: $0.amountUSD)
        }, total_usd: sum.totalUSD)
    }
    measures = explanation.measures.map { measure in
      Measure(
        scenario_set: sets[measure.setPosition], worst_loss_usd: measure.worstLossUSD,
        worst_scenario: measure.worstScenario.rank, var_usd: measure.tail?.valueAtRiskUSD,
        var_error_usd: measure.tail?.valueAtRiskErrorUSD,
        es_usd: measure.tail?.expectedShortfallUSD,
        es_error_usd: measure.tail?.expectedShortfallErrorUSD,
        delta_gamma_gap_usd: measure.deltaGammaGapUSD)
    }
  }
}
