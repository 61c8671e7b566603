// Options that several commands share.

import ArgumentParser
import Foundation
import RiskNumerics

struct ThreadOption: ParsableArguments {
  @Option(help: "Threads that compute; the results do not depend on it. Default: all processors.")
  var threads: Int?

  var count: Int { threads ?? Parallel.processorCount }

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1.") }
  }
}

struct BookArgument: ParsableArguments {
  @Argument(help: "The folder of the book.", completion: .directory)
  var book: String
}

struct JSONFlag: ParsableArguments {
  @Flag(help: "Print JSON.")
  var json = false
}

/// JSON on standard output, keys sorted and in snake case.
func printJSON(_ value: some Encodable) throws {
  let encoder = JSONEncoder()
  encoder.keyEncodingStrategy = .convertToSnakeCase
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  print(String(decoding: try encoder.encode(value), as: UTF8.self))
}
