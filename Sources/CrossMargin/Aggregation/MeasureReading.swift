// Losses of whole accounts in one scenario set: worst, VaR, expected shortfall, and how far the
// delta-gamma form is off.

import PortfolioModel
import RiskNumerics

/// Reads the P&L of accounts in one valued set, batch by batch.
struct MeasureReading: Sendable {
  let valued: ValuedScenarios
  let setPosition: Int
  private let request: ReadingRequest
  private let measures: TailMeasureRules?

  /// Units whose profits are computed together: enough that a tile of unit P&L is worth its way
  /// through the caches, and not more than 32 MiB of profits where scenarios are many.
  private var batchUnitCount: Int {
    max(64, min(1_024, (1 << 22) / max(valued.set.scenarioCount, 1)))
  }

  init(valued: ValuedScenarios, setPosition: Int, confidence: ConfidenceLevels) {
    self.valued = valued
    self.setPosition = setPosition
    measures = TailMeasureRules(valued.set, confidence)
    let factors = valued.set.lossFactors
    request = ReadingRequest(
      worst: true, lossFactors: factors.contains { $0 != 1 } ? factors : nil,
      tailCount: measures?.tailCount ?? 0, gap: valued.deltaGamma != nil)
  }

  /// One row per account; `quantities` has one unit per account.
  func rows(
    _ accounts: [AccountIndex], _ quantities: SparseQuantities
  ) throws(NonfiniteProfit) -> [MeasureRow] {
    precondition(accounts.count == quantities.unitCount, "one unit per account")
    let scenarioCount = valued.set.scenarioCount
    var readings = UnitReadings(request, scenarioCount: scenarioCount)
    var profits = ProfitColumns(scenarioCount: scenarioCount)
    var approximation = ProfitColumns(scenarioCount: scenarioCount)
    var rows: [MeasureRow] = []
    rows.reserveCapacity(accounts.count)
    while rows.count < accounts.count {
      let units = rows.count..<min(rows.count + batchUnitCount, accounts.count)
      profits.fill(quantities, units: units, unitProfits: valued.unitProfitUSD)
      do throws(NonfiniteProfit) {
        if let form = valued.deltaGamma {
          approximation.fill(panel: form.panel, form.coefficients(quantities, units))
          try readings.read(profits, approximation: approximation)
        } else {
          try readings.read(profits)
        }
      } catch {
        throw NonfiniteProfit(unit: units.lowerBound + error.unit)
      }
      for unit in units {
        rows.append(row(accounts[unit], readings, position: unit - units.lowerBound))
      }
    }
    return rows
  }

  private func row(
    _ account: AccountIndex, _ readings: UnitReadings, position: Int
  ) -> MeasureRow {
    let worst = readings.worst(unit: position)
    return MeasureRow(
      account: account, setPosition: setPosition, worstLossUSD: worst.loss,
      worstScenario: ScenarioIndex(worst.scenario),
      tail: measures.map { $0.measures(of: readings.tail(unit: position)) },
      deltaGammaGapUSD: request.gap ? readings.gap(unit: position) : nil)
  }

  /// The book in this set, from its net quantities.
  func book(netQuantities: [Double]) throws(NonfiniteProfit) -> (
    profitUSD: [Double], row: MeasureRow
  ) {
    var quantities = SparseQuantities(columnCount: netQuantities.count)
    for (column, quantity) in netQuantities.enumerated() where quantity != 0 {
      quantities.append(column: column, quantity: quantity)
    }
    quantities.endUnit()
    let row = try rows([AccountIndex(0)], quantities)[0]
    var profits = ProfitColumns(scenarioCount: valued.set.scenarioCount)
    profits.fill(quantities, units: 0..<1, unitProfits: valued.unitProfitUSD)
    let profitUSD = profits.withColumn(unit: 0) { column in column.indices.map { column[$0] } }
    return (profitUSD, row)
  }
}

extension DeltaGammaForm {
  /// Coefficients of some units. [terms x units]
  func coefficients(_ quantities: SparseQuantities, _ units: Range<Int>) -> Matrix {
    var matrix = Matrix(rowCount: termCount, columnCount: units.count)
    for unit in units {
      matrix.withMutableColumn(unit - units.lowerBound) { column in
        let entries = Int(quantities.offsets[unit])..<Int(quantities.offsets[unit + 1])
        for entry in entries {
          add(
            column: Int(quantities.columns[entry]), quantity: quantities.quantities[entry],
            to: &column)
        }
      }
    }
    return matrix
  }
}

/// How VaR and expected shortfall of one set are read; errors only where the set is a sample.
struct TailMeasureRules: Sendable {
  /// Losses that the measures and their errors need.
  let tailCount: Int
  private let kind: Kind

  private enum Kind {
    case sample(quantile: SampleMeasure, mean: SampleMeasure, interval: TailIntervalRule?)
    case weighted(quantile: WeightedMeasure, mean: WeightedMeasure)
  }

  /// The rules of a set; nil where its scenarios have no probabilities.
  init?(_ set: ScenarioSet, _ confidence: ConfidenceLevels) {
    let quantile = RiskMeasure(confidence: confidence.valueAtRisk)
    let mean = RiskMeasure(confidence: confidence.expectedShortfall)
    let levels = [confidence.valueAtRisk, confidence.expectedShortfall]
    switch set.weighting {
    case .none: return nil
    case .sample:
      let count = set.scenarioCount
      let interval = confidence.interval.map {
        TailIntervalRule(
          level: $0, valueAtRisk: quantile, expectedShortfall: mean, scenarioCount: count)
      }
      tailCount = max(
        RiskMeasure.tailCount(confidences: levels, scenarioCount: count),
        interval?.tailCount ?? 0)
      kind = .sample(
        quantile: quantile.ofSample(scenarioCount: count),
        mean: mean.ofSample(scenarioCount: count), interval: interval)
    case .probabilities(let weights):
      tailCount = RiskMeasure.tailCount(confidences: levels, weights: weights)
      kind = .weighted(quantile: quantile.ofWeighted(weights), mean: mean.ofWeighted(weights))
    }
  }

  func measures(of tail: LossTail) -> TailMeasures {
    switch kind {
    case .sample(let quantile, let mean, let interval):
      let (valueAtRisk, shortfall) = (quantile.valueAtRisk(tail), mean.expectedShortfall(tail))
      return TailMeasures(
        valueAtRiskUSD: valueAtRisk.value, valueAtRiskErrorUSD: valueAtRisk.standardError,
        expectedShortfallUSD: shortfall.value, expectedShortfallErrorUSD: shortfall.standardError,
        interval: interval?.interval(tail))
    case .weighted(let quantile, let mean):
      return TailMeasures(
        valueAtRiskUSD: quantile.valueAtRisk(tail).value,
        expectedShortfallUSD: mean.expectedShortfall(tail).value)
    }
  }
}
