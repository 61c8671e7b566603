// The P&L of risk units over all scenarios: products of a scenario matrix with what units hold.

import CKernels

/// Profits [scenarios x units] of some units, a column after the other.
///
/// Each element of a product is one chain of fused multiply-adds in the order of the unit's entries
/// or terms, so the profits of a unit depend on no other unit and on no tiling. The memory serves one
/// set of units after another.
public struct ProfitColumns: ~Copyable {
  /// Number of scenarios.
  public let scenarioCount: Int
  /// Number of units.
  public private(set) var unitCount = 0
  /// Distance of two columns.
  let stride: Int
  private var storage = AlignedStorage(uninitializedCount: 0)

  /// Profits of no units yet.
  public init(scenarioCount: Int) {
    precondition(
      scenarioCount >= 0 && scenarioCount < Int(Int32.max), "scenario count out of range")
    self.scenarioCount = scenarioCount
    let rows = ScenarioMatrix.blockRowCount
    // Kernels write whole tiles. A cache line more, so that the rows of a tile do not fall into the
    // same sets of the cache in every column.
    stride = (scenarioCount + rows - 1) / rows * rows + OrderedSum.laneCount
  }

  /// Makes room for `unitCount` units, whose profits are not defined.
  private mutating func start(unitCount: Int) {
    self.unitCount = unitCount
    if storage.count < unitCount * stride {
      storage = AlignedStorage(uninitializedCount: unitCount * stride)
    }
  }

  /// Sets all profits of `unitCount` units to zero.
  public mutating func fillWithZeros(unitCount: Int) {
    precondition(unitCount >= 0, "no negative unit count")
    start(unitCount: unitCount)
    unsafe storage.slice(0, unitCount * stride).update(repeating: 0)
  }

  /// P = U Q for a range of units.
  ///
  /// Shapes: `unitProfits` [scenarios x columns], quantities [columns x units].
  public mutating func fill(
    _ quantities: SparseQuantities, units: Range<Int>, unitProfits: ScenarioMatrix,
    target: KernelTarget = .active
  ) {
    precondition(units.lowerBound >= 0 && units.upperBound <= quantities.unitCount, "unknown unit")
    precondition(unitProfits.columnCount == quantities.columnCount, "matrix and quantities differ")
    precondition(unitProfits.scenarioCount == scenarioCount, "matrix and profits differ")
    precondition(
      Int(quantities.offsets[quantities.unitCount]) == quantities.entryCount,
      "the last unit was not ended")
    start(unitCount: units.count)
    unsafe quantities.offsets.withUnsafeBufferPointer { offsets in
      unsafe quantities.columns.withUnsafeBufferPointer { columns in
        unsafe quantities.quantities.withUnsafeBufferPointer { amounts in
          unsafe fillTiles(of: unitProfits) { tile, profits in
            unsafe target.table.sparse_product(
              Int64(units.count), offsets.baseAddress.map { unsafe $0 + units.lowerBound },
              columns.baseAddress, amounts.baseAddress, tile, Int64(stride), profits)
          }
        }
      }
    }
  }

  /// P = X C, one column of coefficients for each unit.
  ///
  /// Shapes: `panel` [scenarios x terms], coefficients [terms x units].
  public mutating func fill(
    panel: ScenarioMatrix, _ coefficients: Matrix, target: KernelTarget = .active
  ) {
    precondition(panel.columnCount == coefficients.rowCount, "panel and coefficients differ")
    precondition(panel.scenarioCount == scenarioCount, "panel and profits differ")
    start(unitCount: coefficients.columnCount)
    unsafe coefficients.elements.withUnsafeBufferPointer { elements in
      unsafe fillTiles(of: panel) { tile, profits in
        unsafe target.table.dense_product(
          Int64(unitCount), Int64(coefficients.rowCount), tile, elements.baseAddress,
          Int64(stride), profits)
      }
    }
  }

  /// Calls `kernel` with each block of a matrix and the place of its first scenario's profits.
  private func fillTiles(
    of matrix: ScenarioMatrix,
    _ kernel: (UnsafePointer<Double>?, UnsafeMutablePointer<Double>) -> Void
  ) {
    for block in 0..<matrix.blockCount {
      matrix.withBlock(block) { tile in
        unsafe tile.withUnsafeBufferPointer { tile in
          unsafe kernel(
            tile.baseAddress, storage.base + block * ScenarioMatrix.blockRowCount)
        }
      }
    }
  }

  /// Calls `body` with the profits of a unit. [scenarios]
  public func withColumn<Result, Failure: Error>(
    unit: Int, _ body: (Span<Double>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(unit >= 0 && unit < unitCount, "unknown unit")
    let slice = unsafe storage.slice(unit * stride, scenarioCount)
    return try body(unsafe slice.span)
  }

  /// Calls `body` with the profits of a unit for changing them. [scenarios]
  public mutating func withMutableColumn<Result, Failure: Error>(
    unit: Int, _ body: (inout MutableSpan<Double>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(unit >= 0 && unit < unitCount, "unknown unit")
    let slice = unsafe storage.slice(unit * stride, scenarioCount)
    var span = unsafe slice.mutableSpan
    return try body(&span)
  }

  /// The columns as kernels see them.
  var kernelColumns: cmk_profit_columns {
    unsafe cmk_profit_columns(
      scenario_count: Int64(scenarioCount), stride: Int64(stride), profits: storage.base)
  }
}
