// From unit P&L to the P&L of risk units: sparse quantities times a tile of scenarios.

import CKernels

/// Quantities [columns x units], sparse, unit after unit.
///
/// Entries of a unit stay in the order given: it is the order of its sum.
public struct SparseQuantities: Sendable, Equatable {
  /// Number of columns of the matrix that the quantities multiply.
  public let columnCount: Int
  /// Entries of unit u are those from `offsets[u]` up to `offsets[u + 1]`.
  public private(set) var offsets: [Int64] = [0]
  /// Column of each entry.
  public private(set) var columns: [Int32] = []
  /// Quantity of each entry.
  public private(set) var quantities: [Double] = []

  /// No units.
  public init(columnCount: Int) {
    precondition(columnCount >= 0 && columnCount <= Int(Int32.max), "column count out of range")
    self.columnCount = columnCount
  }

  /// Number of units.
  public var unitCount: Int { offsets.count - 1 }

  /// Number of entries of all units.
  public var entryCount: Int { columns.count }

  /// Adds an entry to the unit that is being built.
  public mutating func append(column: Int, quantity: Double) {
    precondition(column >= 0 && column < columnCount, "column outside the matrix")
    columns.append(Int32(column))
    quantities.append(quantity)
  }

  /// Ends the unit that is being built; one without entries is a column of zeros.
  public mutating func endUnit() { offsets.append(Int64(columns.count)) }

  /// Removes all units and keeps the memory.
  public mutating func removeAll() {
    offsets.removeAll(keepingCapacity: true)
    offsets.append(0)
    columns.removeAll(keepingCapacity: true)
    quantities.removeAll(keepingCapacity: true)
  }
}

/// The product of a tile of unit P&L and sparse quantities.
public enum SparseProduct {
  /// P = U Q for one tile and a range of units.
  ///
  /// Shapes: `unitProfits` [64 x columns], quantities [columns x units], `result` [64 x units in the
  /// range], leading dimensions 64. Each element is one chain of fused multiply-adds in the order
  /// of the unit's entries, so the result of a unit depends on no other unit and on no tiling.
  /// Columns with NaN or infinity are not written.
  public static func write(
    _ quantities: SparseQuantities, units: Range<Int>, unitProfits: Span<Double>,
    into result: inout MutableSpan<Double>, target: KernelTarget = .active
  ) throws(NonfiniteProfit) {
    precondition(
      result.count >= units.count * ScenarioMatrix.blockRowCount, "the result is too small")
    let nonfinite = unsafe result.withUnsafeMutableBufferPointer { result in
      var tile = ScenarioTile(firstScenario: 0, rowCount: ScenarioMatrix.blockRowCount).kernelTile
      var readings = unsafe cmk_readings(columns: result.baseAddress)
      return unsafe run(
        quantities, units: units, unitProfits: unitProfits, &tile, &readings, target)
    }
    if nonfinite >= 0 { throw NonfiniteProfit(unit: Int(nonfinite)) }
  }

  /// Runs the kernel; returns the first unit with NaN or infinity, or -1.
  static func run(
    _ quantities: SparseQuantities, units: Range<Int>, unitProfits: Span<Double>,
    _ tile: inout cmk_tile, _ readings: inout cmk_readings, _ target: KernelTarget
  ) -> Int64 {
    let rows = ScenarioMatrix.blockRowCount
    precondition(units.lowerBound >= 0 && units.upperBound <= quantities.unitCount, "unknown unit")
    precondition(unitProfits.count == quantities.columnCount * rows, "tile and quantities differ")
    precondition(
      Int(quantities.offsets[quantities.unitCount]) == quantities.entryCount,
      "the last unit was not ended")
    return unsafe quantities.offsets.withUnsafeBufferPointer { offsets in
      unsafe quantities.columns.withUnsafeBufferPointer { columns in
        unsafe quantities.quantities.withUnsafeBufferPointer { amounts in
          unsafe unitProfits.withUnsafeBufferPointer { unitProfits in
            unsafe target.table.sparse_product(
              Int64(units.count), &tile, offsets.baseAddress.map { unsafe $0 + units.lowerBound },
              columns.baseAddress, amounts.baseAddress, unitProfits.baseAddress, &readings)
          }
        }
      }
    }
  }
}

extension cmk_readings {
  /// The profits themselves, nothing else.
  init(columns: UnsafeMutablePointer<Double>?) {
    unsafe self.init(
      loss_factors: nil, worst_profits: nil, worst_scenarios: nil,
      tails: cmk_tails(
        count: 0, capacity: 0, losses: nil, scenarios: nil, sizes: nil, thresholds: nil),
      approximation: nil, gaps: nil, columns: columns)
  }
}
