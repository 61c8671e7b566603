// Full revaluation as the referee of the delta-gamma form: both in the same draws.

import PortfolioModel
import RiskNumerics

/// What full revaluation and the form say about one account in the same draws.
struct RevaluedDraws: Sendable {
  /// Measures of the form in the draws.
  var form: AnalyticRow.Pair
  /// Measures of full revaluation less those of the form.
  var gap: AnalyticRow.Pair
  /// Number of draws that only one of the two has beyond its VaR.
  var disputedCount: Int
  /// Root mean square over the draws around VaR of the difference of both losses, less its mean.
  var differenceDeviationUSD: Double
  /// Standard error of the gap of expected shortfall.
  var shortfallGapErrorUSD: Double

  /// Fewer disputed draws say nothing about how many there would be in others.
  private static let disputedCountMin = 10

  /// The gaps with their standard errors.
  ///
  /// Where draws change sides of VaR, the error of the gap is that of the difference of the two
  /// indicators over the density of the loss. Where hardly any does, the order of the losses is the
  /// same for both, the gap is that of one draw, and differs as it does between draws around VaR.
  func gap(density: () -> Double?, drawCount: Int) -> AnalyticRow.RevaluationGap {
    var error: Double? = differenceDeviationUSD
    if disputedCount >= Self.disputedCountMin {
      error = density().flatMap { density in
        density > 0 ? Double(disputedCount).squareRoot() / (density * Double(drawCount)) : nil
      }
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
    var disputedCount = 0
    var (excesses, squares) = (OrderedSum(), OrderedSum())
    for scenario in profits.indices {
      let (loss, estimate) = (-profits[scenario], -forms[scenario])
      let isDisputed = (loss > exact.valueAtRiskUSD) != (estimate > approximate.valueAtRiskUSD)
      if isDisputed { disputedCount += 1 }
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
      disputedCount: disputedCount,
      differenceDeviationUSD: differenceDeviation(around: form, profits, forms),
      shortfallGapErrorUSD: (variance / count).squareRoot()
        / (1 - plan.confidence.expectedShortfall))
  }
  /// How much the difference of both losses varies among the draws whose ranks lie within the
  /// square root of the rank of VaR around it.
  private func differenceDeviation(
    around form: LossTail, _ profits: Span<Double>, _ forms: Span<Double>
  ) -> Double {
    let rank = Int((Double(profits.count) * (1 - plan.confidence.valueAtRisk)).rounded(.down))
    let width = max(2, Int(Double(rank).squareRoot().rounded()))
    let ranks = max(0, rank - width)...max(0, min(rank + width, form.count - 1))
    var (sum, squares) = (OrderedSum(), OrderedSum())
    for rank in ranks {
      let scenario = form.scenario(rank: rank)
      let difference = forms[scenario] - profits[scenario]
      sum.add(difference)
      squares.add(difference * difference)
    }
    let count = Double(ranks.count)
    let mean = sum.total / count
    return max(squares.total / count - mean * mean, 0).squareRoot()
  }
}
