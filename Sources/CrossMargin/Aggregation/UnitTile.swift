// P&L of all units in one tile of scenarios, where the whole column is asked for.

import RiskNumerics

enum UnitTile {
  /// `P = U Q` for one block of scenarios. [64 x units]
  static func profits(
    _ quantities: SparseQuantities, _ unitProfits: ScenarioMatrix, block: Int
  ) throws(NonfiniteProfit) -> [Double] {
    var result = [Double](
      repeating: 0, count: quantities.unitCount * ScenarioMatrix.blockRowCount)
    try write(quantities, unitProfits, block: block, into: &result)
    return result
  }

  /// The same into memory that is used again.
  static func write(
    _ quantities: SparseQuantities, _ unitProfits: ScenarioMatrix, block: Int,
    into result: inout [Double]
  ) throws(NonfiniteProfit) {
    try unitProfits.withBlock(block) { (tile) throws(NonfiniteProfit) in
      var span = result.mutableSpan
      try SparseProduct.write(
        quantities, units: 0..<quantities.unitCount, unitProfits: tile, into: &span)
    }
  }
}
