// P&L of all units in one tile of scenarios: made, read and dropped.

import RiskNumerics

enum UnitTile {
  /// `P = U Q` for one block of scenarios. [64 x units]
  static func profits(
    _ quantities: SparseQuantities, _ unitProfits: ScenarioMatrix, block: Int
  ) -> [Double] {
    var result = [Double](
      repeating: 0, count: quantities.unitCount * ScenarioMatrix.blockRowCount)
    write(quantities, units: 0..<quantities.unitCount, unitProfits, block: block, into: &result)
    return result
  }

  /// The same for a range of units, into memory that is used again.
  static func write(
    _ quantities: SparseQuantities, units: Range<Int>, _ unitProfits: ScenarioMatrix, block: Int,
    into result: inout [Double]
  ) {
    unitProfits.withBlock(block) { tile in
      var span = result.mutableSpan
      SparseProduct.accumulate(quantities, units: units, tile: tile, into: &span)
    }
  }
}
