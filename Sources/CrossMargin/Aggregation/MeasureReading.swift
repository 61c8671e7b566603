// Losses of whole accounts in one scenario set: worst, VaR, expected shortfall, and how far the
// delta-gamma form is off.

import PortfolioModel
import RiskNumerics

/// Reads the P&L of accounts in one valued set, batch by batch, tile by tile.
struct MeasureReading: Sendable {
  let valued: ValuedScenarios
  let setPosition: Int
  private let request: ReadingRequest
  private let measures: TailMeasureRules?

  /// Units read together: enough that a tile of unit P&L is worth its way through the caches, few
  /// enough that what is kept of them stays there.
  private static let batchUnitCount = 1_024

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
    var rows: [MeasureRow] = []
    rows.reserveCapacity(accounts.count)
    var readings = UnitReadings(request, unitCount: 0)
    var first = 0
    while first < accounts.count {
      let units = first..<min(first + Self.batchUnitCount, accounts.count)
      readings.start(unitCount: units.count)
      do throws(NonfiniteProfit) {
        try read(quantities, units, into: &readings)
      } catch {
        throw NonfiniteProfit(unit: units.lowerBound + error.unit)
      }
      let tails = measures == nil ? nil : readings.sortedTails()
      for unit in units {
        let position = unit - units.lowerBound
        let worst = readings.worst(unit: position)
        rows.append(
          MeasureRow(
            account: accounts[unit], setPosition: setPosition, worstLossUSD: worst?.loss ?? 0,
            worstScenario: ScenarioIndex(worst?.scenario ?? 0),
            tail: tails.flatMap { tails in measures?.measures(of: tails[unit: position]) },
            deltaGammaGapUSD: request.gap ? readings.gap(unit: position) : nil))
      }
      first = units.upperBound
    }
    return rows
  }

  private func read(
    _ quantities: SparseQuantities, _ units: Range<Int>, into readings: inout UnitReadings
  ) throws(NonfiniteProfit) {
    let height = ScenarioMatrix.blockRowCount
    let profits = valued.unitProfitUSD
    let coefficients = valued.deltaGamma.map { Self.coefficients($0, quantities, units) }
    var approximation = [Double](
      repeating: 0, count: coefficients == nil ? 0 : units.count * height)
    for block in 0..<profits.blockCount {
      let tile = ScenarioTile(
        firstScenario: block * height, rowCount: profits.rowsInBlock(block))
      if let form = valued.deltaGamma, let coefficients {
        try form.panel.withBlock(block) { (panel) throws(NonfiniteProfit) in
          var span = approximation.mutableSpan
          try DenseProduct.write(panel: panel, coefficients, into: &span)
        }
      }
      try profits.withBlock(block) { (unitProfits) throws(NonfiniteProfit) in
        if coefficients == nil {
          try readings.read(quantities, units: units, unitProfits: unitProfits, of: tile)
        } else {
          try readings.read(
            quantities, units: units, unitProfits: unitProfits, of: tile,
            approximation: approximation.span)
        }
      }
    }
  }

  private static func coefficients(
    _ form: DeltaGammaForm, _ quantities: SparseQuantities, _ units: Range<Int>
  ) -> Matrix {
    var matrix = Matrix(rowCount: form.termCount, columnCount: units.count)
    for unit in units {
      matrix.withMutableColumn(unit - units.lowerBound) { column in
        let entries = Int(quantities.offsets[unit])..<Int(quantities.offsets[unit + 1])
        for entry in entries {
          form.add(
            column: Int(quantities.columns[entry]), quantity: quantities.quantities[entry],
            to: &column)
        }
      }
    }
    return matrix
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
    var profitUSD: [Double] = []
    for block in 0..<valued.unitProfitUSD.blockCount {
      let tile = try UnitTile.profits(quantities, valued.unitProfitUSD, block: block)
      profitUSD += tile.prefix(valued.unitProfitUSD.rowsInBlock(block))
    }
    return (profitUSD, row)
  }
}

/// How VaR and expected shortfall of one set are read; errors only where the set is a sample.
struct TailMeasureRules: Sendable {
  /// Losses that the measures and their errors need.
  let tailCount: Int
  private let kind: Kind

  private enum Kind {
    case sample(quantile: SampleMeasure, mean: SampleMeasure)
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
      tailCount = RiskMeasure.tailCount(confidences: levels, scenarioCount: count)
      kind = .sample(
        quantile: quantile.ofSample(scenarioCount: count),
        mean: mean.ofSample(scenarioCount: count))
    case .probabilities(let weights):
      tailCount = RiskMeasure.tailCount(confidences: levels, weights: weights)
      kind = .weighted(quantile: quantile.ofWeighted(weights), mean: mean.ofWeighted(weights))
    }
  }

  func measures(of tail: LossTail) -> TailMeasures {
    switch kind {
    case .sample(let quantile, let mean):
      let (valueAtRisk, shortfall) = (quantile.valueAtRisk(tail), mean.expectedShortfall(tail))
      return TailMeasures(
        valueAtRiskUSD: valueAtRisk.value, valueAtRiskErrorUSD: valueAtRisk.standardError,
        expectedShortfallUSD: shortfall.value, expectedShortfallErrorUSD: shortfall.standardError)
    case .weighted(let quantile, let mean):
      return TailMeasures(
        valueAtRiskUSD: quantile.valueAtRisk(tail).value,
        expectedShortfallUSD: mean.expectedShortfall(tail).value)
    }
  }
}
