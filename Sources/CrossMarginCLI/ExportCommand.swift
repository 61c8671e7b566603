// `crossmargin export`: results as text.

import ArgumentParser
import CrossMarginIO
import Foundation

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Print a table of results as CSV, or all tables in the form that is hashed.",
    discussion: """
      Example:
        crossmargin export RESULTS --table account
        crossmargin export RESULTS --canonical --hash

      Two runs are equal when the hashes of their canonical exports are.
      """)

  @Argument(help: "The folder of the results.", completion: .directory)
  var results: String
  @Option(help: "The table to print as CSV.")
  var table: String?
  @Flag(help: "Print all tables, ordered by key, without clock columns.")
  var canonical = false
  @Flag(help: "With --canonical: print only the SHA-256 of the text.")
  var hash = false

  func validate() throws {
    if canonical == (table != nil) { throw ValidationError("Give --table or --canonical.") }
    if hash, !canonical { throw ValidationError("--hash goes with --canonical.") }
  }

  func run() throws {
    let reader = try ResultReader(results)
    if let table {
      try CSVExport(reader).write(table: table) { Self.write($0) }
    } else if hash {
      print(try CanonicalExport(reader).sha256())
    } else {
      try CanonicalExport(reader).write { Self.write($0) }
    }
  }

  private static func write(_ piece: [UInt8]) {
    FileHandle.standardOutput.write(Data(piece))
  }
}
