// Runs every vector through the evaluator of its group and counts what came out.

import VectorReading

/// Computes the expected fields of a vector from its inputs; may compute more than one vector asks.
typealias Evaluator = @Sendable (Inputs) throws -> [String: JSONValue]

/// Result of a run over many vectors.
struct RunResult {
  /// Counts of one group.
  struct Tally: Equatable {
    var passed = 0
    var failed = 0
    /// Vectors without an evaluator: neither passed nor failed.
    var uncovered = 0
  }

  /// By group.
  private(set) var tallies: [String: Tally] = [:]
  /// One line per failed vector.
  private(set) var failures: [String] = []

  init(_ vectors: [Vector], evaluators: [String: Evaluator]) {
    for vector in vectors {
      guard let evaluator = evaluators[vector.group] else {
        tallies[vector.group, default: Tally()].uncovered += 1
        continue
      }
      let differences = Self.differences(vector, evaluator)
      if differences.isEmpty {
        tallies[vector.group, default: Tally()].passed += 1
      } else {
        tallies[vector.group, default: Tally()].failed += 1
        failures.append("\(vector.id): " + differences.joined(separator: "; "))
      }
    }
  }

  private static func differences(_ vector: Vector, _ evaluator: Evaluator) -> [String] {
    do {
      let computed = try evaluator(Inputs(vector.inputs))
      return try Comparison(vector, computed: computed).differences
    } catch {
      return ["\(error)"]
    }
  }

  /// Sum over all groups.
  var total: Tally {
    var sum = Tally()
    for tally in tallies.values {
      sum.passed += tally.passed
      sum.failed += tally.failed
      sum.uncovered += tally.uncovered
    }
    return sum
  }

  /// One line per group in order of its name, then the sum.
  var table: String {
    let width = max(5, tallies.keys.map(\.count).max() ?? 0)
    func row(_ cells: [String]) -> String {
      let name = cells[0] + String(repeating: " ", count: width - cells[0].count)
      let numbers = cells.dropFirst().map {
        String(repeating: " ", count: max(0, 17 - $0.count)) + $0
      }
      return name + numbers.joined()
    }
    func row(_ name: String, _ tally: Tally) -> String {
      row([name, "\(tally.passed)", "\(tally.failed)", "\(tally.uncovered)"])
    }
    let groups = tallies.sorted { $0.key < $1.key }.map { row($0.key, $0.value) }
    return
      ([row(["group", "passed", "failed", "not yet covered"])] + groups + [row("total", total)])
      .joined(separator: "\n")
  }
}
