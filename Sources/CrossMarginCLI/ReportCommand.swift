// `crossmargin report`: the report of finished results, made again.

import ArgumentParser
import CrossMarginIO

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write the report of finished results again, from their database.",
    discussion: """
      Example:
        crossmargin report Data/book/results/2026-02-06T00:00Z --output /tmp/report.html
      """)

  @Argument(help: "The folder of the results.", completion: .directory)
  var results: String
  @Option(
    name: .shortAndLong, help: "The file to write. Default: report.html in the folder.",
    completion: .file())
  var output: String?

  func run() throws {
    let place = output ?? results + "/report.html"
    try ReportPage(ReportData(ResultReader(results))).write(to: place)
    print("report: \(place)")
  }
}
