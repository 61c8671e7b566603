// Standard error: messages, and one line of progress where a person is watching.

import CrossMarginIO
import Foundation
import RiskNumerics

enum Terminal {
  /// Whether a person sees standard error.
  static let isInteractive = isatty(STDERR_FILENO) == 1

  /// Writes one message to standard error.
  static func writeError(_ message: String) {
    FileHandle.standardError.write(Data((message + "\n").utf8))
  }
}

/// A line on standard error that is written over as work goes on; nothing where nobody watches.
final class ProgressLine: Sendable {
  private struct State {
    var began = Date()
    var label = ""
    var lastWritten = Date.distantPast
    var width = 0
  }

  private let state = Guarded(State())
  private let isShown: Bool

  init(isShown: Bool = Terminal.isInteractive) { self.isShown = isShown }

  /// Begins a stage.
  func stage(_ label: String) {
    guard isShown else { return }
    state.withLock { state in
      state.began = Date()
      state.label = label
      Self.write(label, &state)
    }
  }

  /// So much of the stage is done; shows rate and time left.
  func update(done: Int, of total: Int, unit: String) {
    guard isShown, total > 0 else { return }
    state.withLock { state in
      let now = Date()
      guard now.timeIntervalSince(state.lastWritten) > 0.1 || done == total else { return }
      let seconds = max(now.timeIntervalSince(state.began), 1e-3)
      let rate = Double(done) / seconds
      let left = rate > 0 ? Double(total - done) / rate : 0
      let percent = 100 * done / total
      Self.write(
        "\(state.label): \(percent) %, \(done) of \(total) \(unit), "
          + "\(Int(rate)) a second, \(Int(left.rounded(.up))) s left", &state)
    }
  }

  /// Shows one stage of work, told of what is done by `work`, and removes the line at its end.
  static func during<Value>(
    _ label: String, unit: String, _ work: (@escaping @Sendable (Int, Int) -> Void) throws -> Value
  ) rethrows -> Value {
    let line = ProgressLine()
    defer { line.finish() }
    line.stage(label)
    return try work { line.update(done: $0, of: $1, unit: unit) }
  }

  /// Shows how far a liquidation study is.
  func show(_ step: LiquidationProgress) {
    switch step {
    case .part(let name): stage("liquidation: " + name)
    case .steps(let done, let total): update(done: done, of: total, unit: "steps")
    }
  }

  /// Removes the line.
  func finish() {
    guard isShown else { return }
    state.withLock { state in
      Self.write("", &state)
      FileHandle.standardError.write(Data("\r".utf8))
    }
  }

  private static func write(_ text: String, _ state: inout State) {
    let padding = String(repeating: " ", count: max(0, state.width - text.count))
    FileHandle.standardError.write(Data(("\r" + text + padding).utf8))
    state.width = text.count
    state.lastWritten = Date()
  }
}
