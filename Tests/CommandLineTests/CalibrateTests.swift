// Calibration as a user meets it.

import Foundation
import Testing

@Suite struct CalibrateTests {
  let scratch: Scratch
  let book: String

  init() throws {
    scratch = try Scratch()
    book = try scratch.book()
  }

  private func table(_ path: String) throws -> [[Substring]] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
  }

  /// The book's volatilities come from SVI slices, so that surfaces give them back, and a book that
  /// prices from the surfaces has the same values.
  @Test func installedSurfacesPriceTheBook() throws {
    let before = scratch.place("before")
    // Some accounts of the fixture cannot be valued.
    #expect(try Program("run", book, "--output", before).exitCode == 1)
    let output = scratch.place("calibration")
    let run = try Program(
      "calibrate", book, "--volatilities", "--install", "--output", output)
    #expect(run.exitCode == 0, "\(run.errors)")
    let fits = try table(output + "/fits.csv")
    let butterfly = try #require(fits[0].firstIndex(of: "butterfly_free"))
    let largest = try #require(fits[0].firstIndex(of: "largest_vol"))
    #expect(fits.count == 13)
    for row in fits.dropFirst() {
      #expect(row[butterfly] == "true")
      #expect(try #require(Double(row[largest])) < 0.001)
    }
    #expect(!FileManager.default.fileExists(atPath: book + "/market/vols.csv"))
    #expect(FileManager.default.fileExists(atPath: output + "/vols.csv"))
    let after = scratch.place("after")
    let again = try Program("run", book, "--output", after)
    #expect(again.exitCode == 1, "\(again.errors)")
    func equities(_ results: String) throws -> [Double] {
      try Program("export", results, "--table", "account").output.split(separator: "\r\n")
        .dropFirst().compactMap { Double($0.split(separator: ",")[4]) }
    }
    let (quoted, fitted) = (try equities(before), try equities(after))
    #expect(quoted.count == 300 && fitted.count == 300)
    for (old, new) in zip(quoted, fitted) { #expect(abs(old - new) <= 0.001 * abs(old) + 1) }
    let components = try table(output + "/components.csv")
    let share = components.dropFirst().compactMap { Double($0[1]) }.reduce(0, +)
    #expect(abs(share - 1) < 1e-9)
    let correlations = try table(output + "/correlations.csv")
    for (place, row) in correlations.dropFirst().enumerated() {
      #expect(Double(row[2 + place]) == 1)
    }
    let report = try String(contentsOfFile: output + "/report.html", encoding: .utf8)
    #expect(report.contains("Volatilities of BTC") && report.hasSuffix("</html>\n"))
  }

  @Test func whatCannotBeFittedIsSaid() throws {
    let none = try Program("calibrate", book)
    #expect(none.exitCode == 2 && none.errors.contains("--volatilities"))
    #expect(!FileManager.default.fileExists(atPath: book + "/calibration"))
    let model = try Program("calibrate", book, "--model", "cubic")
    #expect(model.exitCode == 2 && model.errors.contains("svi, essvi, ssvi"))
    let spread = try Program("calibrate", book, "--volatilities", "--spread", "0")
    #expect(spread.exitCode == 2 && spread.errors.contains("positive"))
  }
}
