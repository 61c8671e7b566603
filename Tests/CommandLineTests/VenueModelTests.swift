// Rule sets of venues as a user meets them: many in one run, each for some accounts.

import Foundation
import Testing

@Suite struct VenueModelTests {
  /// Parameter files that hold at the valuation time of the sample book.
  private static func files() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: Scratch.package + "/Data/parameters")
      .filter { $0.hasSuffix(".yaml") }
      .filter { name in
        let text = try String(
          contentsOfFile: Scratch.package + "/Data/parameters/" + name, encoding: .utf8)
        return !text.contains("effective_from: 2026-04")
      }.sorted()
  }

  @Test func accountsOfManyVenuesRunTogether() throws {
    let scratch = try Scratch()
    let book = try scratch.book()
    let files = try Self.files()
    #expect(files.count > 15)
    var settings = "valuation_time: 2026-02-06T00:00Z\nseed: 1\nmodels:\n"
    for file in files {
      let name = file.replacing(".yaml", with: "")
      settings += "  \(name): parameters/\(file)\n"
      try FileManager.default.copyItem(
        atPath: Scratch.package + "/Data/parameters/" + file,
        toPath: book + "/parameters/" + file)
    }
    settings += "default_model: deribit_pm\nunmargined_max: 1\n"
    try settings.write(toFile: book + "/run.yaml", atomically: true, encoding: .utf8)
    let accounts = try String(contentsOfFile: book + "/accounts.csv", encoding: .utf8)
      .split(separator: "\n").dropFirst().map(String.init)
    let rows = accounts.enumerated().map { place, account in
      account + "," + files[place % files.count].replacing(".yaml", with: "")
    }
    try (["account,model"] + rows).joined(separator: "\n").appending("\n")
      .write(toFile: book + "/accounts.csv", atomically: true, encoding: .utf8)

    let output = scratch.place("out")
    let run = try Program("run", book, "--output", output)
    #expect(run.exitCode < 2, "\(run.exitCode) \(run.errors)")
    #expect(FileManager.default.fileExists(atPath: output + "/report.html"))
    for place in files.indices {
      let explained = try Program("explain", book, accounts[place])
      #expect(explained.exitCode < 2, "\(files[place]) \(explained.errors)")
      #expect(explained.output.contains(files[place].replacing(".yaml", with: "")))
    }
  }
}
