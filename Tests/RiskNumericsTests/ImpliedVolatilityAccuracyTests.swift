// Implied volatilities against the roots found in 50-digit arithmetic, within what half a unit in the
// last place of the price leaves open.

import RiskNumerics
import Testing

@Suite struct ImpliedVolatilityAccuracyTests {
  private let table: AccuracyTable
  private let prices: [Double]
  private let truth: [Double]
  private let attainable: [Double]

  init() throws {
    table = try AccuracyTable("implied_volatility")
    prices = try table.column("price")
    truth = try table.column("volatility")
    attainable = try table.column("attainable_relative_error")
  }

  private func solutions(_ target: KernelTarget) throws -> ImpliedVolatilityStreams {
    let names = ["forward", "strike", "expiry_years", "sign"]
    let columns = try names.map(table.column)
    var options = OptionStreams()
    for row in 0..<table.rowCount {
      let terms = OptionTerms(
        strike: columns[1][row], expiryYears: columns[2][row],
        side: columns[3][row] > 0 ? .call : .put)
      options.append(forward: columns[0][row], volatility: 0, option: terms)
    }
    return ImpliedVolatility.solve(prices: prices, of: options, target: target)
  }

  @Test(arguments: KernelTarget.available)
  func rootsAreWithinTheAttainableError(_ target: KernelTarget) throws {
    let results = try solutions(target).volatility
    let units = try AccuracyTable.bound("implied_volatility", "ulp")
    let factor = try AccuracyTable.bound("implied_volatility", "attainable_factor")
    var (relative, ofAllowed) = (ErrorSummary(), ErrorSummary())
    for row in 0..<table.rowCount {
      let error = results[row] - truth[row]
      let allowed = units * truth[row].ulp + factor * attainable[row] * truth[row]
      ofAllowed.add(error / allowed, at: row)
      // Where the price leaves nothing open, the error is the solver's own.
      if attainable[row] <= truth[row].ulp / truth[row] {
        relative.add(error / truth[row].ulp, at: row)
      }
    }
    print(
      "implied_volatility, \(target): max \(relative.report) ulp, mean \(relative.mean.twoDigits)",
      "on \(relative.count) well determined roots; max \(ofAllowed.report) of the allowed error,",
      "mean \(ofAllowed.mean.twoDigits), \(ofAllowed.count) roots")
    #expect(ofAllowed.count >= 1_000 && relative.count >= 100)
    let place = ofAllowed.place ?? 0
    #expect(
      ofAllowed.largest <= 1, "row \(place): \(results[place]) for \(truth[place])")
  }

  /// The error that the solver reports is that of the table, to the digits of a first-order estimate.
  @Test(arguments: KernelTarget.available)
  func theAttainableErrorIsReported(_ target: KernelTarget) throws {
    let reported = try solutions(target).attainableRelativeError
    for row in 0..<table.rowCount where attainable[row] < 1e-6 {
      #expect(relativeDistance(reported[row], attainable[row]) < 0.01, "row \(row)")
    }
  }
}
