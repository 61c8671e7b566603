// Full revaluation as the referee of the delta-gamma form: both in the same draws.

import PortfolioModel
import RiskNumerics

/// What full revaluation and the form say about one account in the same draws.
struct RevaluedDraws: Sendable {
  /// Measures of the form in the draws.
  var form: AnalyticRow.Pair
  /// Measures of full revaluation less those of the form.
  var gap: AnalyticRow.Pair
  /// Standard deviation over draws of the difference of the two indicators of a loss beyond VaR.
  var indicatorDeviation: Double
  /// Standard error of the gap of expected shortfall.
  var shortfallGapErrorUSD: Double

  /// The gaps with their standard errors, that of VaR from the density of the loss there.
  func gap(densityAtValueAtRisk density: Double?, drawCount: Int) -> AnalyticRow.RevaluationGap {
    let error = density.flatMap { density in
      density > 0 ? indicatorDeviation / (density * Double(drawCount).squareRoot()) : nil
    }
    return AnalyticRow.RevaluationGap(
      valueAtRiskUSD: gap.valueAtRiskUSD, valueAtRiskErrorUSD: error,
      expectedShortfallUSD: gap.expectedShortfallUSD,
      expectedShortfallErrorUSD: shortfallGapErrorUSD)
  }
}

/// Reads accounts in the draws, batch by batch.
struct RevaluationReferee {
  private let plan: AnalyticPlan
  private let valueAtRisk: SampleMeasure
  private let shortfall: SampleMeasure
  private let request: ReadingRequest
  private static let batchUnitCount = 64

  init(_ plan: AnalyticPlan) {
    self.plan = plan
    let count = plan.draws.set.scenarioCount
    let levels = [plan.confidence.valueAtRisk, plan.confidence.expectedShortfall]
    valueAtRisk = RiskMeasure(confidence: levels[0]).ofSample(scenarioCount: count)
    shortfall = RiskMeasure(confidence: levels[1]).ofSample(scenarioCount: count)
    request = ReadingRequest(
      worst: false, lossFactors: nil,
      tailCount: RiskMeasure.tailCount(confidences: levels, scenarioCount: count), gap: false)
  }

  /// One entry per unit of `quantities`.
  func draws(_ quantities: SparseQuantities) throws(NonfiniteProfit) -> [RevaluedDraws] {
    let scenarioCount = plan.draws.set.scenarioCount
    var exact = UnitReadings(request, scenarioCount: scenarioCount)
    var approximate = UnitReadings(request, scenarioCount: scenarioCount)
    var profits = ProfitColumns(scenarioCount: scenarioCount)
    var forms = ProfitColumns(scenarioCount: scenarioCount)
    var results: [RevaluedDraws] = []
    results.reserveCapacity(quantities.unitCount)
    while results.count < quantities.unitCount {
      let first = results.count
      let units = first..<min(first + Self.batchUnitCount, quantities.unitCount)
      profits.fill(quantities, units: units, unitProfits: plan.draws.unitProfitUSD)
      forms.fill(panel: plan.form.panel, plan.form.coefficients(quantities, units))
      do throws(NonfiniteProfit) {
        try exact.read(profits)
        try approximate.read(forms)
      } catch {
        throw NonfiniteProfit(unit: first + error.unit)
      }
      for unit in 0..<units.count {
        let (full, form) = (exact.tail(unit: unit), approximate.tail(unit: unit))
        results.append(
          profits.withColumn(unit: unit) { profits in
            forms.withColumn(unit: unit) { forms in
              compared(full: full, form: form, profits, forms)
            }
          })
      }
    }
    return results
  }

  private func compared(
    full: LossTail, form: LossTail, _ profits: Span<Double>, _ forms: Span<Double>
  ) -> RevaluedDraws {
    func pair(_ tail: LossTail) -> AnalyticRow.Pair {
      AnalyticRow.Pair(
        valueAtRiskUSD: valueAtRisk.valueAtRisk(tail).value,
        expectedShortfallUSD: shortfall.expectedShortfall(tail).value)
    }
    let (exact, approximate) = (pair(full), pair(form))
    // The influence of a draw on each measure; that of expected shortfall counts from the quantile
    // at its own level.
    let borders = (
      full: shortfall.valueAtRisk(full).value, form: shortfall.valueAtRisk(form).value
    )
    var (indicators, excesses, squares) = (OrderedSum(), OrderedSum(), OrderedSum())
    for scenario in profits.indices {
      let (loss, estimate) = (-profits[scenario], -forms[scenario])
      let isOne = (loss > exact.valueAtRiskUSD) != (estimate > approximate.valueAtRiskUSD)
      indicators.add(isOne ? 1 : 0)
      let excess = max(loss - borders.full, 0) - max(estimate - borders.form, 0)
      excesses.add(excess)
      squares.add(excess * excess)
    }
    let count = Double(profits.count)
    let mean = excesses.total / count
    let variance = max(squares.total / count - mean * mean, 0)
    return RevaluedDraws(
      form: approximate,
      gap: AnalyticRow.Pair(
        valueAtRiskUSD: exact.valueAtRiskUSD - approximate.valueAtRiskUSD,
        expectedShortfallUSD: exact.expectedShortfallUSD - approximate.expectedShortfallUSD),
      indicatorDeviation: (indicators.total / count).squareRoot(),
      shortfallGapErrorUSD: (variance / count).squareRoot()
        / (1 - plan.confidence.expectedShortfall))
  }
}
