// `crossmargin calibrate`: surfaces, correlations and impact from the quotes of a book.

import ArgumentParser
import CrossMargin
import CrossMarginIO
import RiskNumerics

struct CalibrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Fit volatility surfaces to the quotes of a book; estimate correlations and impact.",
    discussion: """
      Examples:
        crossmargin calibrate BOOK
        crossmargin calibrate BOOK --model ssvi --volatilities --spread 0.01
        crossmargin calibrate BOOK --install

      Forwards are those of the book. Each expiry is fitted to bids and asks of its options out of the
      money, weighted by spread; slices are free of butterfly arbitrage and stay below those of later
      expiries. Results are surfaces.csv, fits.csv, quotes.csv, correlations.csv, components.csv,
      impact.csv and report.html. With --install the book prices from the surfaces from then on.
      """)

  @OptionGroup var input: BookArgument
  @Option(name: .shortAndLong, help: "The folder of the results. Default: BOOK/calibration.")
  var output: String?
  @Option(
    help:
      "Form of the surfaces: \(SmileModel.allCases.map(\.rawValue).joined(separator: ", ")).")
  var model = SmileModel.svi
  @Flag(help: "Fit market/vols.csv instead of bids and asks.")
  var volatilities = false
  @Option(help: "Spread of each of those volatilities, annual fraction.")
  var spread = 0.01
  @Flag(
    help: "Let market/surfaces.csv take the place of market/vols.csv, which moves to the results.")
  var install = false
  @OptionGroup var json: JSONFlag

  func validate() throws {
    if spread <= 0 || !spread.isFinite { throw ValidationError("--spread must be positive.") }
  }

  func run() throws {
    try Numerics.prepare()
    var options = CalibrationOptions(bookFolder: input.book)
    options.outputFolder = output
    options.model = model
    options.source = volatilities ? .volatilities(spread: spread) : .bidsAndAsks
    options.isInstalled = install
    let job = CalibrationJob(options)
    let results = try job.run()
    try job.write(results)
    if json.json {
      try printJSON(results.surfaces.expiries.map { FitJSON($0, results) })
    } else {
      writeText(results)
      print("results: \(job.outputFolder)")
    }
  }

  private func writeText(_ results: CalibrationResults) {
    for expiry in results.surfaces.expiries {
      let fit = FitJSON(expiry, results)
      var line = "\(fit.underlying) \(fit.expiry): \(fit.quotes) quotes"
      if let form = fit.form, let median = fit.medianInSpreads, let error = fit.rmsVol {
        line += ", \(form), rms error \(percent(error)), median \(rounded(median)) spreads"
        line += fit.butterflyFree == true ? "" : ", butterfly arbitrage"
        line += fit.calendarFree == true ? "" : ", calendar arbitrage against the next expiry"
      } else {
        line += ": not fitted"
      }
      print(line)
    }
    if let reason = results.factorsReason { print("no correlations: \(reason)") }
  }

  private func percent(_ value: Double) -> String { "\((value * 10_000).rounded() / 100) %" }
  private func rounded(_ value: Double) -> String { "\((value * 1_000).rounded() / 1_000)" }
}

extension SmileModel: ExpressibleByArgument {}

/// A fit as JSON.
private struct FitJSON: Encodable {
  var underlying: String
  var expiry: String
  var quotes: Int
  var form: String?
  var rmsVol: Double?
  var medianInSpreads: Double?
  var insideFraction: Double?
  var leastDensityFactor: Double?
  var butterflyFree: Bool?
  var calendarFree: Bool?

  init(_ expiry: CalibratedExpiry, _ results: CalibrationResults) {
    underlying = results.name(of: expiry.quotes.pair)
    self.expiry = expiry.quotes.expiry.description
    quotes = expiry.quotes.quotes.count
    guard let smile = expiry.smile else { return }
    form = smile.form.rawValue
    rmsVol = smile.errors.rootMeanSquare
    medianInSpreads = smile.errors.medianInSpreads
    insideFraction = smile.errors.insideFraction
    leastDensityFactor = smile.leastDensityFactor.value
    butterflyFree = smile.isButterflyFree
    calendarFree = smile.isCalendarFree
  }
}
