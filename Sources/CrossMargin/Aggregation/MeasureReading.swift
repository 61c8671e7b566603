// Losses of whole accounts in one scenario set: worst, VaR, expected shortfall, and how far the
// delta-gamma form is off.

import PortfolioModel
import RiskNumerics

/// Reads the P&L of accounts in one valued set, batch by batch, tile by tile.
struct MeasureReading: Sendable {
  let valued: ValuedScenarios
  let setPosition: Int
  let confidence: ConfidenceLevels

  /// Units read together: their P&L in one tile stays in the cache of a core.
  private static let batchUnitCount = 256

  /// One row per account; `quantities` has one unit per account.
  func rows(
    _ accounts: [AccountIndex], _ quantities: SparseQuantities
  ) throws(NonfiniteProfit) -> [MeasureRow] {
    precondition(accounts.count == quantities.unitCount, "one unit per account")
    var rows: [MeasureRow] = []
    rows.reserveCapacity(accounts.count)
    var first = 0
    while first < accounts.count {
      let units = first..<min(first + Self.batchUnitCount, accounts.count)
      do throws(NonfiniteProfit) {
        rows += try batch(accounts, quantities, units: units)
      } catch {
        throw NonfiniteProfit(unit: units.lowerBound + error.unit)
      }
      first = units.upperBound
    }
    return rows
  }

  private func batch(
    _ accounts: [AccountIndex], _ quantities: SparseQuantities, units: Range<Int>
  ) throws(NonfiniteProfit) -> [MeasureRow] {
    let height = ScenarioMatrix.blockRowCount
    let profits = valued.unitProfitUSD
    var worst = WorstTracker(unitCount: units.count)
    var tails = tailCount.map { TailTracker(unitCount: units.count, tailCount: $0) }
    var gaps = valued.deltaGamma.map { _ in DifferenceTracker(unitCount: units.count) }
    let coefficients = valued.deltaGamma.map { Self.coefficients($0, quantities, units) }
    var tile = [Double](repeating: 0, count: units.count * height)
    var approximation = tile
    for block in 0..<profits.blockCount {
      let rowCount = profits.rowsInBlock(block)
      let firstScenario = block * height
      UnitTile.write(quantities, units: units, profits, block: block, into: &tile)
      try tails?.update(profits: tile.span, rowCount: rowCount, firstScenario: firstScenario)
      if let form = valued.deltaGamma, let coefficients {
        form.panel.withBlock(block) { panel in
          var span = approximation.mutableSpan
          LinearAlgebra.tileProduct(panel, coefficients, into: &span)
        }
        try gaps?.update(
          tile.span, approximation.span, rowCount: rowCount, firstScenario: firstScenario)
      }
      applyLossFactors(to: &tile, rowCount: rowCount, firstScenario: firstScenario)
      try worst.update(profits: tile.span, rowCount: rowCount, firstScenario: firstScenario)
    }
    return units.map { unit in
      let position = unit - units.lowerBound
      let loss = worst.worst(unit: position)
      return MeasureRow(
        account: accounts[unit], setPosition: setPosition, worstLossUSD: loss?.loss ?? 0,
        worstScenario: ScenarioIndex(loss?.scenario ?? 0),
        tail: tails.map { measures(of: $0.tail(unit: position)) },
        deltaGammaGapUSD: gaps?.largest(unit: position)?.difference)
    }
  }

  /// Losses that VaR, expected shortfall and their errors need; nil for sets without probabilities.
  private var tailCount: Int? {
    let levels = [confidence.valueAtRisk, confidence.expectedShortfall]
    switch valued.set.weighting {
    case .none: return nil
    case .sample:
      return RiskMeasure.tailCount(
        confidences: levels, scenarioCount: valued.set.scenarioCount)
    case .probabilities(let weights):
      return RiskMeasure.tailCount(confidences: levels, weights: weights)
    }
  }

  /// VaR and expected shortfall of a tail of losses; errors only where the set is a sample.
  func measures(of tail: LossTail) -> TailMeasures {
    let quantile = RiskMeasure(confidence: confidence.valueAtRisk)
    let mean = RiskMeasure(confidence: confidence.expectedShortfall)
    if case .probabilities(let weights) = valued.set.weighting {
      return TailMeasures(
        valueAtRiskUSD: quantile.valueAtRisk(tail, weights: weights).value,
        expectedShortfallUSD: mean.expectedShortfall(tail, weights: weights).value)
    }
    let count = valued.set.scenarioCount
    let valueAtRisk = quantile.valueAtRisk(tail, scenarioCount: count)
    let shortfall = mean.expectedShortfall(tail, scenarioCount: count)
    return TailMeasures(
      valueAtRiskUSD: valueAtRisk.value, valueAtRiskErrorUSD: valueAtRisk.standardError,
      expectedShortfallUSD: shortfall.value, expectedShortfallErrorUSD: shortfall.standardError)
  }

  private func applyLossFactors(to tile: inout [Double], rowCount: Int, firstScenario: Int) {
    let factors = valued.set.lossFactors
    guard factors.contains(where: { $0 != 1 }) else { return }
    let height = ScenarioMatrix.blockRowCount
    for start in stride(from: 0, to: tile.count, by: height) {
      for row in 0..<rowCount { tile[start + row] *= factors[firstScenario + row] }
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
      let tile = UnitTile.profits(quantities, valued.unitProfitUSD, block: block)
      profitUSD += tile.prefix(valued.unitProfitUSD.rowsInBlock(block))
    }
    return (profitUSD, row)
  }
}
