// Values and Greeks of options against values from 50-digit arithmetic, within the bounds that stand
// beside the values.

import Foundation
import RiskNumerics
import Testing

/// An option of the table, with the true derivatives that the scales of its errors are made of.
private struct OptionPoint {
  var forward, strike, expiryYears, volatility, sign: Double
  var gamma, vega: Double

  /// s = sigma sqrt(T).
  var deviation: Double { volatility * expiryYears.squareRoot() }
  /// ln(F / K) / s.
  var standardisedMoneyness: Double { log(forward / strike) / deviation }

  /// Where relative accuracy is promised: |d1| < 8 and s >= 1e-4.
  var isInDomain: Bool {
    abs(standardisedMoneyness + deviation / 2) < 8 && deviation >= 1e-4
  }

  /// Sum of the absolute terms of an output's formula; those of one term have their own size.
  func terms(of output: String, value: Double) -> Double {
    let x = abs(standardisedMoneyness)
    let s = deviation
    let density = gamma * forward * s
    return switch output {
    case "vanna": density * (x + s / 2) / volatility
    case "volga": vega * (x * x + s * s / 4) / volatility
    case "charm": density * (x + s / 2) / (2 * expiryYears)
    case "speed": gamma / forward * (1 + x / s + 0.5)
    default: abs(value)
    }
  }

  /// Size of an output where it is largest over all strikes, up to a factor between 0.3 and 3.
  func scale(of output: String) -> Double {
    let s = deviation
    let root = expiryYears.squareRoot()
    return switch output {
    case "value": max(forward, strike)
    case "gamma": 1 / (forward * s)
    case "vega": forward * root
    case "theta": forward * volatility / (2 * root)
    case "vanna": (1 + s) / volatility
    case "volga": (1 + s) * forward * root / volatility
    case "charm": (1 + s) / (2 * expiryYears)
    case "speed": (1 + s) / (forward * s * forward * s)
    default: 1
    }
  }
}

@Suite struct OptionAccuracyTests {
  /// Below this a table says little about the largest error.
  private static let rowCountMin = 1_000

  private let table: AccuracyTable
  private let points: [OptionPoint]

  init() throws {
    table = try AccuracyTable("options")
    let names = [
      "forward", "strike", "expiry_years", "volatility", "sign", "gamma", "vega"
    ]
    let columns = try names.map(table.column)
    points = (0..<table.rowCount).map { row in
      OptionPoint(
        forward: columns[0][row], strike: columns[1][row], expiryYears: columns[2][row],
        volatility: columns[3][row], sign: columns[4][row],
        gamma: columns[5][row], vega: columns[6][row])
    }
  }

  private var streams: OptionStreams {
    var streams = OptionStreams()
    for point in points {
      let terms = OptionTerms(
        strike: point.strike, expiryYears: point.expiryYears, side: point.sign > 0 ? .call : .put)
      streams.append(forward: point.forward, volatility: point.volatility, option: terms)
    }
    return streams
  }

  @Test(arguments: KernelTarget.available)
  func valuesAndGreeks(_ target: KernelTarget) throws {
    let greeks = BlackKernel.greeks(of: streams, target: target)
    try judge("value", greeks.value, target)
    try judge("delta", greeks.delta, target)
    try judge("gamma", greeks.gamma, target)
    try judge("vega", greeks.vega, target)
    try judge("theta", greeks.theta, target)
    let higher = BlackKernel.higherGreeks(of: streams, target: target)
    try judge("vanna", higher.vanna, target)
    try judge("volga", higher.volga, target)
    try judge("charm", higher.charm, target)
    try judge("speed", higher.speed, target)
  }

  private func judge(_ output: String, _ results: [Double], _ target: KernelTarget) throws {
    let truth = try table.column(output)
    var (inside, outside, ofScale) = (ErrorSummary(), ErrorSummary(), ErrorSummary())
    for (row, point) in points.enumerated() {
      let error = results[row] - truth[row]
      let ofTerms = error / point.terms(of: output, value: truth[row])
      if point.isInDomain { inside.add(ofTerms, at: row) } else { outside.add(ofTerms, at: row) }
      ofScale.add(error / point.scale(of: output), at: row)
    }
    print(
      "\(output), \(target): max \(inside.report) of the terms inside the domain,",
      "\(outside.report) outside, \(ofScale.report) of the scale everywhere;",
      "mean \(inside.mean.twoDigits) of the terms, \(inside.count) + \(outside.count) options")
    #expect(inside.count >= Self.rowCountMin && outside.count > 0)
    let isValue = output == "value"
    try expect(output, inside, isValue ? "value_relative" : "greek_of_terms")
    try expect(output, outside, "outside_of_terms")
    try expect(output, ofScale, isValue ? "value_of_scale" : "greek_of_scale")
  }

  private func expect(_ output: String, _ errors: ErrorSummary, _ kind: String) throws {
    let limit = try AccuracyTable.bound("options", kind)
    let point = errors.place.map { "\(points[$0])" } ?? "no option"
    #expect(errors.largest <= limit, "\(output), \(kind): \(point)")
  }
}
