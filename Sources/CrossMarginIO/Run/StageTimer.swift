// How long the stages of a job take.

/// Wall seconds of stages, in the order in which they began.
final class StageTimer {
  /// The stages so far.
  private(set) var stages: [(name: String, seconds: Double)] = []
  /// When the timer was made, microseconds since 1970.
  let startedMicroseconds = ProcessClock.wallMicroseconds()

  /// Times some work as a stage.
  func measure<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result {
    let began = ProcessClock.monotonicNanoseconds()
    let result = try body()
    stages.append((name, Double(ProcessClock.monotonicNanoseconds() - began) * 1e-9))
    return result
  }
}
