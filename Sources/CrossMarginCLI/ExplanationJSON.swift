// An explanation as JSON. Keys are these names in snake case.

import CrossMargin

struct ExplanationJSON: Encodable {
  struct Row: Encodable {
    var label: String
    var quantity: Double?
    var unitUSD: Double?
    var amountUSD: Double
  }

  struct Sum: Encodable {
    var title: String
    var rows: [Row]
    var totalUSD: Double
  }

  struct Measure: Encodable {
    var scenarioSet: String
    var worstLossUSD: Double
    var worstScenario: String
    var varUSD: Double?
    var varErrorUSD: Double?
    var esUSD: Double?
    var esErrorUSD: Double?
    var deltaGammaGapUSD: Double?
    var varLowUSD: Double?
    var varHighUSD: Double?
    var esLowUSD: Double?
    var esHighUSD: Double?
  }

  var account: String
  var model: String
  var status: String
  var missing: String?
  var worstScenario: String
  var sums: [Sum]
  var requirements: [RequirementJSON]
  var measures: [Measure]
  var analytic: AnalyticJSON?

  init(_ explanation: AccountExplanation, run: RiskRun, settings: RunSettings) {
    let labels = run.scenarioLabels
    account = explanation.name
    model = explanation.model
    status = explanation.account.status.rawValue
    missing = explanation.account.missing.map { "\($0.reason.rawValue) of \($0.subject)" }
    worstScenario = explanation.worstScenarioLabel
    sums = explanation.sums.map { sum in
      Sum(
        title: sum.title,
        rows: sum.rows.map {
          Row(
            label: $0.label, quantity: $0.quantity, unitUSD: $0.unitUSD, amountUSD: $0.amountUSD)
        }, totalUSD: sum.totalUSD)
    }
    requirements = explanation.requirements.map(RequirementJSON.init)
    measures = explanation.measures.map { measure in
      Measure(
        scenarioSet: settings.scenarioSets[measure.setPosition].name,
        worstLossUSD: measure.worstLossUSD,
        worstScenario: labels[measure.setPosition][measure.worstScenario.position],
        varUSD: measure.tail?.valueAtRiskUSD,
        varErrorUSD: measure.tail?.valueAtRiskErrorUSD,
        esUSD: measure.tail?.expectedShortfallUSD,
        esErrorUSD: measure.tail?.expectedShortfallErrorUSD,
        deltaGammaGapUSD: measure.deltaGammaGapUSD,
        varLowUSD: measure.tail?.interval?.valueAtRiskLow,
        varHighUSD: measure.tail?.interval?.valueAtRiskHigh,
        esLowUSD: measure.tail?.interval?.expectedShortfallLow,
        esHighUSD: measure.tail?.interval?.expectedShortfallHigh)
    }
    analytic = explanation.analytic.map {
      AnalyticJSON($0, holdings: explanation.holdingContributions)
    }
  }
}
