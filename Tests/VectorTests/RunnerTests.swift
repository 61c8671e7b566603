// The runner itself: what must count as a failure does, and what nobody answers is named.

import Foundation
import Testing
import VectorReading

@Suite struct RunnerTests {
  private static let evaluators: [String: Evaluator] = [
    "square": { inputs in
      let x = try inputs.number("x")
      return [
        "value": .number(x * x), "root": .number((-x).squareRoot()), "name": .text("square"),
        "rootTruncated": .number(-x.squareRoot()), "rootTrunc3": .number(-x.squareRoot()),
        "debtTruncated": .number(-x * x - 0.5), "edgeTruncated": .number(x * x - 1e-7),
        "rows": .list([.number(x), .object(["inner": .number(x)])])
      ]
    }
  ]

  private func run(_ vector: String) throws -> RunResult {
    RunResult(
      [try Vector(try JSONValue.parsed(vector), place: "here")], evaluators: Self.evaluators)
  }

  /// A vector of the group `square` at x = 3.
  private func square(_ rest: String) throws -> RunResult {
    try run(#"{"id": "a", "group": "square", "inputs": {"x": 3}, "# + rest + "}")
  }

  @Test(arguments: [
    #""expected": {"value": 9}, "tolerance": {"exact": true}"#,
    #""expected": {"value": 9.001}, "tolerance": {"rel": 0.001}"#,
    #""expected": {"value": 9.001}, "tolerance": {"abs": 0.01, "rel": 0}"#,
    #""expected": {"value": 9.001}, "tolerance": 0.01"#,
    #""expected": {"value": 9.001}, "tolerance": {"value": 0.01}"#,
    #""expected": {"value": 9.001, "name": "square"}, "tolerance": {"rel_val": 0.001}"#,
    #""expected": {"rows": [3, {"inner": 3}]}, "tolerance": {"abs": 0}"#,
    #""expected": {"rootTruncated": -1}, "tolerance": {"rule": "truncate toward zero"}"#,
    #""expected": {"rootTrunc3": -1.732, "value": 9}, "tolerance": {"rule": "truncation as named"}"#,
    #""expected": {"debtTruncated": -9, "edgeTruncated": 9}, "tolerance": {"rule": "truncate toward zero"}"#,
    #""expected": {"edgeTruncated": 8}, "tolerance": {"rule": "truncate toward zero"}"#,
    #""expected": {"value": 9}, "tolerance": {"abs": 0}, "published": {"value": 9.1, "abs": 0.2}"#
  ]) func agreement(_ rest: String) throws {
    let result = try square(rest)
    #expect(result.failures == [])
    #expect(result.total == RunResult.Tally(passed: 1))
  }

  @Test(arguments: [
    (#""expected": {"value": 9.001}, "tolerance": {"abs": 1e-4, "rel": 1e-5}"#, "got 9.0"),
    (#""expected": {"value": 9.001}, "tolerance": {"exact": true}"#, "tolerance exact"),
    (#""expected": {"value": 9, "cube": 27}, "tolerance": {"abs": 0}"#, "cube is not computed"),
    (#""expected": {"root": 1}, "tolerance": {"abs": 1e9}"#, "nan"),
    (#""expected": {"value": "9"}, "tolerance": {"abs": 0}"#, #"expected "9""#),
    (#""expected": {"value": null}, "tolerance": {"abs": 0}"#, "expected null"),
    (#""expected": {"name": "cube"}, "tolerance": {"exact": true}"#, #"got "square""#),
    (#""expected": {"rows": [3]}, "tolerance": {"abs": 0}"#, "rows: expected [3.0]"),
    (#""expected": {"rows": [3, {"inner": 4}]}, "tolerance": {"abs": 0}"#, "rows[1].inner"),
    (#""expected": {"rows": [3, {"outer": 3}]}, "tolerance": {"abs": 0}"#, "rows[1].outer"),
    (#""expected": {}, "tolerance": {"abs": 0}"#, "nothing is expected"),
    (
      #""expected": {"rootTrunc3": -1.733}, "tolerance": {"rule": "truncation as named"}"#,
      "cut to 3 decimals"
    ),
    (#""expected": {"value": 9}"#, "no tolerance"),
    (
      #""expected": {"debtTruncated": -10}, "tolerance": {"rule": "truncate toward zero"}"#,
      "cut to"
    ),
    (#""expected": {"value": 9}, "tolerance": {"rule": "as named"}"#, "not understood"),
    (
      #""expected": {"value": 9}, "tolerance": {"abs": 0}, "published": {"value": 8, "abs": 0.5}"#,
      "published value: expected 8.0"
    ),
    (
      #""expected": {"value": 9}, "tolerance": {"abs": 0}, "published": {"cube": 27, "abs": 1}"#,
      "published cube is not computed"
    )
  ]) func disagreement(_ rest: String, _ message: String) throws {
    let result = try square(rest)
    #expect(result.total == RunResult.Tally(failed: 1))
    let failure = try #require(result.failures.first)
    #expect(failure.hasPrefix("a: "))
    #expect(failure.contains(message), "\(failure)")
  }

  @Test func aMissingInputIsAFailure() throws {
    let result = try run(
      #"{"id": "a", "group": "square", "inputs": {}, "expected": {"value": 9}, "tolerance": 0}"#)
    #expect(result.failures == ["a: no number x"])
  }

  @Test func anInputMayNameAParameterSetOfItsFile() throws {
    let vector = try Vector(
      try JSONValue.parsed(
        #"{"id": "a", "group": "g", "inputs": {"terms": "set-1", "name": "x"}, "expected": 1}"#),
      place: "here", parameterSets: ["set-1": .object(["rate": .number(2)])])
    #expect(vector.inputs["terms"]?["rate"] == .number(2))
    #expect(vector.inputs["name"] == .text("x"))
  }

  @Test func aGroupWithoutEvaluatorIsNamedAndNotPassed() throws {
    let vectors = try [
      #"{"id": "a", "topic": "cube", "inputs": {}, "expected": {}}"#,
      #"{"id": "b", "system": "S", "model": "M", "inputs": {}, "expected": {}}"#
    ].map { try Vector(try JSONValue.parsed($0), place: "here") }
    let result = RunResult(vectors, evaluators: Self.evaluators)
    #expect(result.tallies["cube"] == RunResult.Tally(uncovered: 1))
    #expect(result.tallies["S / M"] == RunResult.Tally(uncovered: 1))
    #expect(result.total == RunResult.Tally(uncovered: 2))
    #expect(result.failures == [])
  }

  @Test(arguments: [
    #"{"group": "square", "inputs": {}, "expected": {}}"#,
    #"{"id": "a", "system": "S", "inputs": {}, "expected": {}}"#,
    #"{"id": "a", "group": "square", "expected": {}}"#,
    #"{"id": "a", "group": "square", "inputs": {}}"#
  ]) func aVectorWithoutItsPartsIsRefused(_ text: String) throws {
    let value = try JSONValue.parsed(text)
    #expect(throws: InputError.self) { try Vector(value, place: "here") }
  }

  @Test func aFolderThatIsNotThereIsAnError() {
    #expect(throws: (any Error).self) {
      try VectorFolder(URL(filePath: "/nowhere/at/all"))
    }
  }
}
