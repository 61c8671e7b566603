// Runs the built program as a user would.

import Foundation

/// One finished run of `crossmargin`.
struct Program {
  let exitCode: Int32
  let output: String
  let errors: String

  /// The program beside the test bundle.
  static let path = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    .appending(path: "crossmargin").path

  /// Runs the program to its end.
  init(_ arguments: String..., environment: [String: String] = [:]) throws {
    try self.init(arguments: arguments, environment: environment)
  }

  init(arguments: [String], environment: [String: String] = [:]) throws {
    let process = Self.process(arguments, environment)
    let scratch = try Scratch()
    let (outputPath, errorPath) = (scratch.place("output"), scratch.place("errors"))
    for path in [outputPath, errorPath] {
      try Data().write(to: URL(filePath: path))
    }
    process.standardOutput = FileHandle(forWritingAtPath: outputPath)
    process.standardError = FileHandle(forWritingAtPath: errorPath)
    try process.run()
    process.waitUntilExit()
    exitCode = process.terminationStatus
    output = try String(contentsOfFile: outputPath, encoding: .utf8)
    errors = try String(contentsOfFile: errorPath, encoding: .utf8)
  }

  /// Starts the program and kills it after some seconds, or lets it end before.
  /// - Returns: whether it was killed.
  static func killed(_ arguments: [String], afterSeconds seconds: Double) throws -> Bool {
    let process = process(arguments, [:])
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    Thread.sleep(forTimeInterval: seconds)
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    return process.terminationReason == .uncaughtSignal
  }

  private static func process(
    _ arguments: [String], _ environment: [String: String]
  ) -> Process {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment
      .merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    return process
  }
}

/// A folder of a test's own, removed at its end.
final class Scratch {
  let path: String

  init() throws {
    path =
      FileManager.default.temporaryDirectory
      .appending(path: "crossmargin-cli-" + UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func place(_ name: String) -> String { path + "/" + name }

  /// The sample book with some accounts.
  func sample(_ name: String, accounts: Int) throws -> String {
    let made = try Program(
      "generate", "--synthetic", "--stress", Self.package + "/Data/stress/events.csv",
      "--accounts", String(accounts), "--output", place(name))
    guard made.exitCode == 0 else { throw CocoaError(.featureUnsupported) }
    return place(name)
  }

  /// The sample book with a breached limit and an account that cannot be margined, without its
  /// liquidation study.
  func book(_ name: String = "book", accounts: Int = 300) throws -> String {
    let book = try sample(name, accounts: accounts)
    try edit(book + "/run.yaml") {
      $0.replacing("liquidatable_count_max: 100", with: "liquidatable_count_max: 0")
        .replacing(/liquidation:\n(  .*\n)+/, with: "")
    }
    let last = "A" + String(10_000_000 + accounts).dropFirst()
    try edit(book + "/positions.csv") { $0 + "\(last),XRP_USDC-PERPETUAL,1,,\n" }
    return book
  }

  /// Replaces a text in a file.
  func edit(_ file: String, _ change: (String) throws -> String) throws {
    let text = try String(contentsOfFile: file, encoding: .utf8)
    try change(text).write(toFile: file, atomically: false, encoding: .utf8)
  }

  /// The top of the package.
  static let package = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path
}

/// The hash of the canonical export of results.
func canonicalHash(_ results: String) throws -> String {
  let export = try Program("export", results, "--canonical", "--hash")
  guard export.exitCode == 0 else { throw CocoaError(.fileReadUnknown) }
  return export.output.trimmingCharacters(in: .whitespacesAndNewlines)
}
