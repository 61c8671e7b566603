// What is read from the P&L of risk units: worst loss, largest losses, distance from another.

import CKernels

/// NaN or infinity in the profits of a unit, counted within the readings; the lowest with one.
public struct NonfiniteProfit: Error, Equatable {
  /// Index of the unit within the readings.
  public let unit: Int

  /// An error for one unit.
  public init(unit: Int) { self.unit = unit }
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

/// Readings of the profits of risk units.
///
/// Exact for any distribution of profits; what is read of a unit depends on no other unit. Ties go
/// to the lowest scenario. The memory serves one set of units after another.
public struct UnitReadings: Sendable {
  /// Elements that the kernel may write behind the losses kept and the room it works in.
  private static let kernelRoom = Int(CMK_READING_ROOM)

  /// What is read.
  public let request: ReadingRequest
  /// Number of units read last.
  public private(set) var unitCount = 0
  private let scenarioCount: Int
  /// Losses kept of each unit.
  private let tailCount: Int
  private let lossFactors: [Double]
  private var worstLosses: [Double] = []
  private var worstScenarios: [Int32] = []
  private var gaps: [Double] = []
  private var tailLosses: [Double] = []
  private var tailScenarios: [Int32] = []
  private var tailRanks: [Int32] = []
  private var workProfits: [Double] = []
  private var workScenarios: [Int32] = []

  /// Readings of units over `scenarioCount` scenarios.
  public init(_ request: ReadingRequest, scenarioCount: Int) {
    precondition(scenarioCount >= 1, "readings need a scenario")
    self.request = request
    self.scenarioCount = scenarioCount
    tailCount = min(request.tailCount, scenarioCount)
    if let factors = request.lossFactors {
      precondition(factors.count == scenarioCount, "one factor per scenario")
      // The kernel reads factors in whole tiles.
      lossFactors = factors + [Double](repeating: 1, count: ScenarioMatrix.blockRowCount)
    } else {
      lossFactors = []
    }
  }

  /// Reads the profits of units.
  public mutating func read(
    _ profits: borrowing ProfitColumns, target: KernelTarget = .active
  ) throws(NonfiniteProfit) {
    precondition(!request.gap, "a gap is that from an approximation")
    unsafe try read(
      profits.kernelColumns, unitCount: profits.unitCount, approximation: nil, target)
  }

  /// Reads the profits of units, and how far an approximation of the same shape is off.
  public mutating func read(
    _ profits: borrowing ProfitColumns, approximation: borrowing ProfitColumns,
    target: KernelTarget = .active
  ) throws(NonfiniteProfit) {
    precondition(request.gap, "no gap was asked for")
    precondition(
      approximation.scenarioCount == profits.scenarioCount
        && approximation.unitCount == profits.unitCount, "profits and approximation differ")
    unsafe try read(
      profits.kernelColumns, unitCount: profits.unitCount,
      approximation: approximation.kernelColumns.profits, target)
  }

  private mutating func read(
    _ columns: cmk_profit_columns, unitCount: Int, approximation: UnsafePointer<Double>?,
    _ target: KernelTarget
  ) throws(NonfiniteProfit) {
    precondition(unsafe Int(columns.scenario_count) == scenarioCount, "profits and readings differ")
    makeRoom(unitCount: unitCount, stride: unsafe Int(columns.stride))
    var columns = unsafe columns
    let nonfinite = unsafe withReadings(approximation) { readings in
      unsafe target.table.read_columns(Int64(unitCount), &columns, &readings)
    }
    if nonfinite >= 0 { throw NonfiniteProfit(unit: Int(nonfinite)) }
  }

  private mutating func makeRoom(unitCount: Int, stride: Int) {
    self.unitCount = unitCount
    func grow<Value>(_ values: inout [Value], _ zero: Value, to count: Int) {
      if values.count < count { values = [Value](repeating: zero, count: count) }
    }
    if request.worst {
      grow(&worstLosses, 0, to: unitCount)
      grow(&worstScenarios, 0, to: unitCount)
    }
    if request.gap { grow(&gaps, 0, to: unitCount) }
    if tailCount > 0 {
      grow(&tailLosses, 0, to: unitCount * tailCount + Self.kernelRoom)
      grow(&tailScenarios, 0, to: unitCount * tailCount + Self.kernelRoom)
      grow(&tailRanks, 0, to: unitCount * tailCount + Self.kernelRoom)
      grow(&workProfits, 0, to: stride + Self.kernelRoom)
      grow(&workScenarios, 0, to: stride + Self.kernelRoom)
    }
  }

  private mutating func withReadings(
    _ approximation: UnsafePointer<Double>?, _ body: (inout cmk_readings) -> Int64
  ) -> Int64 {
    let (request, tailCount) = (request, Int64(tailCount))
    return unsafe lossFactors.withUnsafeBufferPointer { factors in
      unsafe worstLosses.withUnsafeMutableBufferPointer { worstLosses in
        unsafe worstScenarios.withUnsafeMutableBufferPointer { worstScenarios in
          unsafe gaps.withUnsafeMutableBufferPointer { gaps in
            unsafe tailLosses.withUnsafeMutableBufferPointer { tailLosses in
              unsafe tailScenarios.withUnsafeMutableBufferPointer { tailScenarios in
                unsafe tailRanks.withUnsafeMutableBufferPointer { tailRanks in
                  unsafe workProfits.withUnsafeMutableBufferPointer { workProfits in
                    unsafe workScenarios.withUnsafeMutableBufferPointer { workScenarios in
                      var readings = unsafe cmk_readings(
                        loss_factors: request.lossFactors == nil ? nil : factors.baseAddress,
                        worst_losses: request.worst ? worstLosses.baseAddress : nil,
                        worst_scenarios: request.worst ? worstScenarios.baseAddress : nil,
                        approximation: approximation,
                        gaps: request.gap ? gaps.baseAddress : nil, tail_count: tailCount,
                        tail_losses: tailLosses.baseAddress,
                        tail_scenarios: tailScenarios.baseAddress,
                        tail_ranks: tailRanks.baseAddress, work_profits: workProfits.baseAddress,
                        work_scenarios: workScenarios.baseAddress)
                      return unsafe body(&readings)
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
  }

  // MARK: Results

  /// The largest loss of a unit (negative if every scenario gains) and its scenario.
  public func worst(unit: Int) -> (loss: Double, scenario: Int) {
    precondition(request.worst, "the worst profit was not read")
    precondition(unit >= 0 && unit < unitCount, "unknown unit")
    return (worstLosses[unit], Int(worstScenarios[unit]))
  }

  /// The largest distance of a unit's profit from the approximation.
  public func gap(unit: Int) -> Double {
    precondition(request.gap, "no gap was read")
    precondition(unit >= 0 && unit < unitCount, "unknown unit")
    return gaps[unit]
  }

  /// The largest losses of a unit: as many as were asked for, all if there are fewer.
  public func tail(unit: Int) -> LossTail {
    precondition(tailCount > 0, "no losses were kept")
    precondition(unit >= 0 && unit < unitCount, "unknown unit")
    let range = unit * tailCount..<(unit + 1) * tailCount
    return LossTail(
      losses: tailLosses[range], scenarios: tailScenarios[range], byScenario: tailRanks[range])
  }
}
