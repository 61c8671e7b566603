// From factor moves to the P&L of risk units: a panel of moves times dense coefficients.

import CKernels

/// The product of a panel of moves and coefficients of units.
public enum DenseProduct {
  /// P = X C for one tile.
  ///
  /// Shapes: `panel` [64 x terms], coefficients [terms x units], `result` [64 x units], leading
  /// dimensions of tiles 64. Each element is one chain of fused multiply-adds in the order of the
  /// terms, so the result of a unit depends on no other unit and on no tiling. Columns with NaN or
  /// infinity are not written.
  public static func write(
    panel: Span<Double>, _ coefficients: Matrix, into result: inout MutableSpan<Double>,
    target: KernelTarget = .active
  ) throws(NonfiniteProfit) {
    precondition(
      result.count >= coefficients.columnCount * ScenarioMatrix.blockRowCount,
      "the result is too small")
    let nonfinite = unsafe result.withUnsafeMutableBufferPointer { result in
      var tile = ScenarioTile(firstScenario: 0, rowCount: ScenarioMatrix.blockRowCount).kernelTile
      var readings = unsafe cmk_readings(columns: result.baseAddress)
      return unsafe run(panel, coefficients, &tile, &readings, target)
    }
    if nonfinite >= 0 { throw NonfiniteProfit(unit: Int(nonfinite)) }
  }

  /// Runs the kernel; returns the first unit with NaN or infinity, or -1.
  static func run(
    _ panel: Span<Double>, _ coefficients: Matrix, _ tile: inout cmk_tile,
    _ readings: inout cmk_readings, _ target: KernelTarget
  ) -> Int64 {
    precondition(
      panel.count == coefficients.rowCount * ScenarioMatrix.blockRowCount,
      "panel and coefficients differ in terms")
    return unsafe panel.withUnsafeBufferPointer { panel in
      unsafe coefficients.elements.withUnsafeBufferPointer { elements in
        unsafe target.table.dense_product(
          Int64(coefficients.columnCount), &tile, Int64(coefficients.rowCount), panel.baseAddress,
          elements.baseAddress, &readings)
      }
    }
  }
}
