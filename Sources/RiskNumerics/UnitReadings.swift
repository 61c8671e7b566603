// What is read from the P&L of risk units, tile by tile, before it is dropped.

import CKernels

/// NaN or infinity in a tile of profits; the unit is the lowest with one, counted within the
/// readings.
public struct NonfiniteProfit: Error, Equatable {
  /// Index of the unit within the readings.
  public let unit: Int

  /// An error for one unit.
  public init(unit: Int) { self.unit = unit }
}

/// The scenarios of one tile.
public struct ScenarioTile: Sendable, Equatable {
  /// Scenario of the first row.
  public var firstScenario: Int
  /// Rows that count, at most 64.
  public var rowCount: Int

  /// Rows from one scenario on.
  public init(firstScenario: Int, rowCount: Int) {
    precondition(
      rowCount >= 0 && rowCount <= ScenarioMatrix.blockRowCount, "a tile has at most 64 rows")
    precondition(
      firstScenario >= 0 && firstScenario + rowCount < Int(Int32.max), "scenario out of range")
    self.firstScenario = firstScenario
    self.rowCount = rowCount
  }

  var kernelTile: cmk_tile {
    cmk_tile(row_count: Int64(rowCount), first_scenario: Int32(firstScenario))
  }
}

/// Which readings are taken of each unit.
public struct ReadingRequest: Sendable, Equatable {
  /// The smallest profit and its scenario.
  public var worst: Bool
  /// Factor of each scenario's profit where `worst` is read; nil: one. [scenarios]
  public var lossFactors: [Double]?
  /// Number of largest losses kept; zero: none. `RiskMeasure.tailCount` says how many a measure
  /// needs.
  public var tailCount: Int
  /// The largest distance from an approximation.
  public var gap: Bool

  /// Readings.
  public init(
    worst: Bool = false, lossFactors: [Double]? = nil, tailCount: Int = 0, gap: Bool = false
  ) {
    precondition(tailCount >= 0, "no negative number of losses")
    self.worst = worst
    self.lossFactors = lossFactors
    self.tailCount = tailCount
    self.gap = gap
  }
}

/// Readings of the profits of risk units over scenarios that come tile by tile, in ascending order.
///
/// Exact for any distribution of profits; what is read of a unit depends on no other unit and on no
/// tiling. Ties go to the lowest scenario. The memory serves one set of units after another.
public struct UnitReadings: Sendable {
  /// Room that the kernel needs in a unit's buffer beyond the losses kept.
  private static let tailRoom = 144
  /// Elements that sorting may write behind the last unit's losses.
  private static let sortRoom = 16

  /// What is read.
  public let request: ReadingRequest
  /// Number of units being read.
  public private(set) var unitCount = 0
  private let lossFactors: [Double]
  private let tailCapacity: Int
  private var worstProfits: [Double] = []
  private var worstScenarios: [Int32] = []
  private var gaps: [Double] = []
  private var bufferLosses: [Double] = []
  private var bufferScenarios: [Int32] = []
  private var sizes: [Int64] = []
  private var thresholds: [Double] = []

  /// Readings of `unitCount` units that have seen nothing.
  public init(_ request: ReadingRequest, unitCount: Int) {
    self.request = request
    // The kernel reads factors in whole tiles.
    let rows = ScenarioMatrix.blockRowCount
    lossFactors = request.lossFactors.map { $0 + [Double](repeating: 1, count: rows) } ?? []
    tailCapacity = request.tailCount == 0 ? 0 : request.tailCount + Self.tailRoom
    start(unitCount: unitCount)
  }

  /// Forgets everything and reads `unitCount` units from now on.
  public mutating func start(unitCount: Int) {
    precondition(unitCount >= 0, "no negative unit count")
    self.unitCount = unitCount
    func renew<Value>(_ values: inout [Value], _ value: Value, isUsed: Bool) {
      values.removeAll(keepingCapacity: true)
      if isUsed { values.append(contentsOf: repeatElement(value, count: unitCount)) }
    }
    renew(&worstProfits, .infinity, isUsed: request.worst)
    renew(&worstScenarios, .max, isUsed: request.worst)
    renew(&gaps, 0, isUsed: request.gap)
    renew(&sizes, 0, isUsed: request.tailCount > 0)
    renew(&thresholds, -.infinity, isUsed: request.tailCount > 0)
    let needed = unitCount * tailCapacity
    if bufferLosses.count < needed {
      bufferLosses = [Double](repeating: 0, count: needed)
      bufferScenarios = [Int32](repeating: 0, count: needed)
    }
  }

  // MARK: Reading

  /// Reads a tile of profits [64 x units]; an approximation has the same shape.
  public mutating func read(
    profits: Span<Double>, of tile: ScenarioTile, approximation: Span<Double>? = nil,
    target: KernelTarget = .active
  ) throws(NonfiniteProfit) {
    precondition(profits.count == unitCount * ScenarioMatrix.blockRowCount, "tile and units differ")
    let count = Int64(unitCount)
    unsafe try read(tile, approximation) { readings, kernelTile in
      unsafe profits.withUnsafeBufferPointer { profits in
        unsafe target.table.read_columns(count, &kernelTile, profits.baseAddress, &readings)
      }
    }
  }

  /// Reads `P = U Q` of a range of units, one for each unit being read.
  ///
  /// Shapes: `unitProfits` [64 x columns], quantities [columns x units].
  public mutating func read(
    _ quantities: SparseQuantities, units: Range<Int>, unitProfits: Span<Double>,
    of tile: ScenarioTile, approximation: Span<Double>? = nil, target: KernelTarget = .active
  ) throws(NonfiniteProfit) {
    precondition(units.count == unitCount, "quantities and units differ")
    unsafe try read(tile, approximation) { readings, kernelTile in
      unsafe SparseProduct.run(
        quantities, units: units, unitProfits: unitProfits, &kernelTile, &readings, target)
    }
  }

  /// Reads `P = X C`, one column of coefficients for each unit.
  ///
  /// Shapes: `panel` [64 x terms], coefficients [terms x units].
  public mutating func read(
    panel: Span<Double>, _ coefficients: Matrix, of tile: ScenarioTile,
    approximation: Span<Double>? = nil, target: KernelTarget = .active
  ) throws(NonfiniteProfit) {
    precondition(coefficients.columnCount == unitCount, "coefficients and units differ")
    unsafe try read(tile, approximation) { readings, kernelTile in
      unsafe DenseProduct.run(panel, coefficients, &kernelTile, &readings, target)
    }
  }

  private mutating func read(
    _ tile: ScenarioTile, _ approximation: Span<Double>?,
    _ kernel: (inout cmk_readings, inout cmk_tile) -> Int64
  ) throws(NonfiniteProfit) {
    precondition((approximation != nil) == request.gap, "a gap is that from an approximation")
    if let approximation {
      precondition(
        approximation.count >= unitCount * ScenarioMatrix.blockRowCount,
        "the approximation is too small")
    }
    if let factors = request.lossFactors {
      precondition(tile.firstScenario + tile.rowCount <= factors.count, "a factor per scenario")
    }
    var kernelTile = tile.kernelTile
    let nonfinite = unsafe withReadings { readings in
      guard let approximation else { return unsafe kernel(&readings, &kernelTile) }
      return unsafe approximation.withUnsafeBufferPointer { approximation in
        unsafe readings.approximation = approximation.baseAddress
        return unsafe kernel(&readings, &kernelTile)
      }
    }
    if nonfinite >= 0 { throw NonfiniteProfit(unit: Int(nonfinite)) }
  }

  private mutating func withReadings(_ body: (inout cmk_readings) -> Int64) -> Int64 {
    let request = request
    let capacity = Int64(tailCapacity)
    return unsafe lossFactors.withUnsafeBufferPointer { factors in
      unsafe worstProfits.withUnsafeMutableBufferPointer { worstProfits in
        unsafe worstScenarios.withUnsafeMutableBufferPointer { worstScenarios in
          unsafe gaps.withUnsafeMutableBufferPointer { gaps in
            unsafe Self.withTails(
              &bufferLosses, &bufferScenarios, &sizes, &thresholds, count: request.tailCount,
              capacity: capacity
            ) { tails in
              var readings = unsafe cmk_readings(
                loss_factors: request.lossFactors == nil ? nil : factors.baseAddress,
                worst_profits: request.worst ? worstProfits.baseAddress : nil,
                worst_scenarios: request.worst ? worstScenarios.baseAddress : nil, tails: tails,
                approximation: nil, gaps: request.gap ? gaps.baseAddress : nil, columns: nil)
              return unsafe body(&readings)
            }
          }
        }
      }
    }
  }

  private static func withTails<Result>(
    _ losses: inout [Double], _ scenarios: inout [Int32], _ sizes: inout [Int64],
    _ thresholds: inout [Double], count: Int, capacity: Int64, _ body: (cmk_tails) -> Result
  ) -> Result {
    unsafe losses.withUnsafeMutableBufferPointer { losses in
      unsafe scenarios.withUnsafeMutableBufferPointer { scenarios in
        unsafe sizes.withUnsafeMutableBufferPointer { sizes in
          unsafe thresholds.withUnsafeMutableBufferPointer { thresholds in
            unsafe body(
              cmk_tails(
                count: Int64(count), capacity: capacity, losses: losses.baseAddress,
                scenarios: scenarios.baseAddress, sizes: sizes.baseAddress,
                thresholds: thresholds.baseAddress))
          }
        }
      }
    }
  }

  // MARK: Results

  /// The largest loss of a unit (negative if every scenario gains) and its scenario; nil before the
  /// first tile.
  public func worst(unit: Int) -> (loss: Double, scenario: Int)? {
    precondition(request.worst, "the worst profit was not read")
    guard worstScenarios[unit] != .max else { return nil }
    return (0 - worstProfits[unit], Int(worstScenarios[unit]))
  }

  /// The largest distance of a unit's profit from the approximation.
  public func gap(unit: Int) -> Double {
    precondition(request.gap, "no gap was read")
    return gaps[unit]
  }

  /// The tails of all units, sorted. Afterwards only `start` may follow.
  public mutating func sortedTails(target: KernelTarget = .active) -> LossTails {
    precondition(request.tailCount > 0, "no losses were kept")
    let (units, count, capacity) = (unitCount, request.tailCount, Int64(tailCapacity))
    let room = units * count + Self.sortRoom
    var losses = [Double](repeating: 0, count: room)
    var scenarios = [Int32](repeating: 0, count: room)
    var byScenario = [Int32](repeating: 0, count: room)
    unsafe Self.withTails(
      &bufferLosses, &bufferScenarios, &sizes, &thresholds, count: count, capacity: capacity
    ) { tails in
      var tails = unsafe tails
      unsafe losses.withUnsafeMutableBufferPointer { losses in
        unsafe scenarios.withUnsafeMutableBufferPointer { scenarios in
          unsafe byScenario.withUnsafeMutableBufferPointer { byScenario in
            unsafe target.table.sort_tails(
              Int64(units), &tails, losses.baseAddress, scenarios.baseAddress,
              byScenario.baseAddress)
          }
        }
      }
    }
    return LossTails(
      count: count, sizes: sizes, losses: losses, scenarios: scenarios, byScenario: byScenario)
  }
}
