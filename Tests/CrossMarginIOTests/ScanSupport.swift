// What the tests of scanning share: a folder for files, seeded random numbers, and the reading of a
// whole table into plain values.

import CrossMarginIO
import Foundation

/// A folder of a test's own, removed at its end.
final class ScanScratch {
  let path: String

  init() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "crossmargin-test-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func place(_ name: String) -> String { path + "/" + name }

  @discardableResult
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: place(name)))
    return place(name)
  }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }

  func setPermissions(_ name: String, _ permissions: Int) throws {
    try FileManager.default.setAttributes(
      [.posixPermissions: permissions], ofItemAtPath: place(name))
  }

  /// Runs a program of the system to its end.
  func run(_ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.featureUnsupported) }
  }

  /// The bytes that `gzip` makes of some bytes.
  func gzipped(_ bytes: [UInt8]) throws -> [UInt8] {
    let plain = try write("plain-" + UUID().uuidString, bytes)
    try run(["gzip", "-n", "-9", plain])
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: plain + ".gz")))
  }
}

/// SplitMix64 [Steele, Lea, Flood 2014]: the same numbers for the same seed on every machine.
struct ScanRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var bits = state
    bits = (bits ^ bits >> 30) &* 0xbf58_476d_1ce4_e5b9
    bits = (bits ^ bits >> 27) &* 0x94d0_49bb_1331_11eb
    return bits ^ bits >> 31
  }
}

/// All that a reading of a table gives.
struct ScannedTable: Equatable {
  struct Row: Equatable {
    var line: Int
    var fields: [String]
  }

  var header: [String] = []
  var rows: [Row] = []
  var issues: [String] = []
  var error: InputError?

  init() {}

  init(path: String, file: String = "t.csv") {
    do throws(InputError) {
      var scanner = try CSVScanner(ByteSource(path: path, file: file))
      header = scanner.header
      var found = FieldIssues()
      defer { issues = found.first.map(\.description) }
      while try scanner.next(&found) {
        let fields = header.indices.map { scanner.text(at: $0) }
        rows.append(Row(line: scanner.line, fields: fields))
      }
    } catch {
      self.error = error
    }
  }

  init(_ text: String) throws { try self.init(bytes: Array(text.utf8)) }

  init(bytes: [UInt8]) throws {
    let scratch = try ScanScratch()
    self.init(path: try scratch.write("t.csv", bytes))
  }

  var problem: TableProblem? {
    guard case .malformed(_, _, let problem) = error else { return nil }
    return problem
  }

  var problemLine: Int? {
    guard case .malformed(_, let line, _) = error else { return nil }
    return line
  }
}
