// What is read from the P&L of risk units, tile by tile, before it is dropped.

import CKernels

/// NaN or infinity in a P&L tile; the unit is the lowest with one, counted within the tracker.
public struct NonfiniteProfit: Error, Equatable {
  /// Index of the unit within the tracker.
  public let unit: Int

  /// An error for one unit.
  public init(unit: Int) { self.unit = unit }
}

/// Smallest profit of each unit over the scenarios seen, and its scenario; ties go to the lowest
/// scenario.
public struct WorstTracker: Sendable {
  /// Number of units.
  public let unitCount: Int
  private var profits: [Double]
  private var scenarios: [Int32]

  /// A tracker that has seen nothing.
  public init(unitCount: Int) {
    precondition(unitCount >= 0, "no negative unit count")
    self.unitCount = unitCount
    profits = Array(repeating: .infinity, count: unitCount)
    scenarios = Array(repeating: .max, count: unitCount)
  }

  /// Reads a tile of profits [64 x units], of which `rowCount` rows count, the first being
  /// `firstScenario`.
  public mutating func update(
    profits tile: Span<Double>, rowCount: Int, firstScenario: Int, target: KernelTarget = .active
  ) throws(NonfiniteProfit) {
    TileShape(unitCount, rowCount, firstScenario).check(tile.count)
    let units = Int64(unitCount)
    let nonfinite = unsafe tile.withUnsafeBufferPointer { tile in
      unsafe profits.withUnsafeMutableBufferPointer { profits in
        unsafe scenarios.withUnsafeMutableBufferPointer { scenarios in
          unsafe target.table.worst_update(
            units, Int64(rowCount), Int32(firstScenario), tile.baseAddress, profits.baseAddress,
            scenarios.baseAddress)
        }
      }
    }
    if nonfinite >= 0 { throw NonfiniteProfit(unit: Int(nonfinite)) }
  }

  /// The largest loss of a unit (negative if every scenario gains) and its scenario; nil before the
  /// first tile.
  public func worst(unit: Int) -> (loss: Double, scenario: Int)? {
    guard scenarios[unit] != .max else { return nil }
    return (0 - profits[unit], Int(scenarios[unit]))
  }
}

/// The largest losses of one unit, in the order (loss descending, scenario ascending).
public struct LossTail: Sendable, Equatable {
  /// Losses, the largest first.
  public let losses: [Double]
  /// Scenario of each loss.
  public let scenarios: [Int32]

  /// A tail; both arrays have one order.
  public init(losses: [Double], scenarios: [Int32]) {
    precondition(losses.count == scenarios.count, "losses and scenarios differ in count")
    self.losses = losses
    self.scenarios = scenarios
  }

  /// The tail of `keeping` largest losses among all of `losses`, scenario by scenario.
  public init(of losses: [Double], keeping count: Int) {
    let order = losses.indices.sorted {
      losses[$0] > losses[$1] || (losses[$0] == losses[$1] && $0 < $1)
    }
    let kept = order.prefix(count)
    self.losses = kept.map { losses[$0] }
    scenarios = kept.map { Int32($0) }
  }

  /// Number of losses.
  public var count: Int { losses.count }
}

/// The `tailCount` largest losses of each unit over the scenarios seen.
///
/// The result depends neither on the tiles nor on the order of the updates.
public struct TailTracker: Sendable {
  /// Number of units.
  public let unitCount: Int
  /// Losses kept per unit; `RiskMeasure.tailCount` says how many a measure needs.
  public let tailCount: Int
  private var losses: [Double]
  private var scenarios: [Int32]
  private var sizes: [Int64]

  /// A tracker that has seen nothing.
  public init(unitCount: Int, tailCount: Int) {
    precondition(unitCount >= 0 && tailCount >= 1, "a tail keeps at least one loss")
    self.unitCount = unitCount
    self.tailCount = tailCount
    losses = Array(repeating: 0, count: unitCount * tailCount)
    scenarios = Array(repeating: 0, count: unitCount * tailCount)
    sizes = Array(repeating: 0, count: unitCount)
  }

  /// Forgets everything seen and keeps the memory.
  public mutating func reset() {
    for unit in sizes.indices { sizes[unit] = 0 }
  }

  /// Reads a tile of profits [64 x units], of which `rowCount` rows count, the first being
  /// `firstScenario`.
  public mutating func update(
    profits tile: Span<Double>, rowCount: Int, firstScenario: Int, target: KernelTarget = .active
  ) throws(NonfiniteProfit) {
    TileShape(unitCount, rowCount, firstScenario).check(tile.count)
    let (units, capacity) = (Int64(unitCount), Int64(tailCount))
    let nonfinite = unsafe tile.withUnsafeBufferPointer { tile in
      unsafe losses.withUnsafeMutableBufferPointer { losses in
        unsafe scenarios.withUnsafeMutableBufferPointer { scenarios in
          unsafe sizes.withUnsafeMutableBufferPointer { sizes in
            unsafe target.table.tail_update(
              units, Int64(rowCount), Int32(firstScenario), tile.baseAddress, capacity,
              losses.baseAddress, scenarios.baseAddress, sizes.baseAddress)
          }
        }
      }
    }
    if nonfinite >= 0 { throw NonfiniteProfit(unit: Int(nonfinite)) }
  }

  /// The largest loss of a unit (negative if every scenario gains) and its scenario; nil before the
  /// first tile.
  public func worst(unit: Int) -> (loss: Double, scenario: Int)? {
    let tail = tail(unit: unit)
    guard let loss = tail.losses.first, let scenario = tail.scenarios.first else { return nil }
    return (loss, Int(scenario))
  }

  /// The tail of a unit, sorted.
  public func tail(unit: Int) -> LossTail {
    precondition(unit >= 0 && unit < unitCount, "unknown unit")
    let start = unit * tailCount
    let order = (start..<(start + Int(sizes[unit]))).sorted {
      losses[$0] > losses[$1] || (losses[$0] == losses[$1] && scenarios[$0] < scenarios[$1])
    }
    return LossTail(losses: order.map { losses[$0] }, scenarios: order.map { scenarios[$0] })
  }
}

/// Largest |left - right| of each unit over the scenarios seen, and its scenario; ties go to the
/// lowest scenario.
public struct DifferenceTracker: Sendable {
  /// Number of units.
  public let unitCount: Int
  private var differences: [Double]
  private var scenarios: [Int32]

  /// A tracker that has seen nothing.
  public init(unitCount: Int) {
    precondition(unitCount >= 0, "no negative unit count")
    self.unitCount = unitCount
    differences = Array(repeating: -1, count: unitCount)
    scenarios = Array(repeating: .max, count: unitCount)
  }

  /// Reads two tiles [64 x units] of the same scenarios, of which `rowCount` rows count.
  public mutating func update(
    _ left: Span<Double>, _ right: Span<Double>, rowCount: Int, firstScenario: Int,
    target: KernelTarget = .active
  ) throws(NonfiniteProfit) {
    TileShape(unitCount, rowCount, firstScenario).check(left.count)
    TileShape(unitCount, rowCount, firstScenario).check(right.count)
    let units = Int64(unitCount)
    let nonfinite = unsafe left.withUnsafeBufferPointer { left in
      unsafe right.withUnsafeBufferPointer { right in
        unsafe differences.withUnsafeMutableBufferPointer { differences in
          unsafe scenarios.withUnsafeMutableBufferPointer { scenarios in
            unsafe target.table.max_abs_difference_update(
              units, Int64(rowCount), Int32(firstScenario), left.baseAddress, right.baseAddress,
              differences.baseAddress, scenarios.baseAddress)
          }
        }
      }
    }
    if nonfinite >= 0 { throw NonfiniteProfit(unit: Int(nonfinite)) }
  }

  /// The largest difference of a unit and its scenario; nil before the first tile.
  public func largest(unit: Int) -> (difference: Double, scenario: Int)? {
    guard scenarios[unit] != .max else { return nil }
    return (differences[unit], Int(scenarios[unit]))
  }
}

/// The shape of a tile that a tracker reads.
private struct TileShape {
  let unitCount, rowCount, firstScenario: Int

  init(_ unitCount: Int, _ rowCount: Int, _ firstScenario: Int) {
    self.unitCount = unitCount
    self.rowCount = rowCount
    self.firstScenario = firstScenario
  }

  func check(_ elementCount: Int) {
    let rows = ScenarioMatrix.blockRowCount
    precondition(rowCount >= 0 && rowCount <= rows, "a tile has 64 rows")
    precondition(elementCount == unitCount * rows, "tile and tracker differ in units")
    precondition(
      firstScenario >= 0 && firstScenario + rowCount < Int(Int32.max), "scenario out of range")
  }
}
