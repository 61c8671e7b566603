// How long the stages of a job take, and how much memory.

/// What a stage of a job cost.
public struct StageCost: Sendable, Equatable {
  /// Its name.
  public var name: String
  /// Wall time, seconds.
  public var elapsedSeconds: Double
  /// The most memory that the process had held at once by its end, bytes, mapped files included.
  public var peakResidentBytes: Int
}

/// Costs of stages, in the order in which they began.
final class StageTimer {
  /// The stages so far.
  private(set) var stages: [StageCost] = []
  /// When the timer was made, microseconds since 1970.
  let startedMicroseconds = ProcessClock.wallMicroseconds()

  /// Times some work as a stage.
  func measure<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result {
    let began = ProcessClock.monotonicNanoseconds()
    let result = try body()
    stages.append(
      StageCost(
        name: name, elapsedSeconds: Double(ProcessClock.monotonicNanoseconds() - began) * 1e-9,
        peakResidentBytes: ProcessClock.peakResidentBytes()))
    return result
  }
}
