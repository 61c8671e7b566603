// What the inputs of scan margin have in common: lists of objects, option legs, times.

import CrossMargin
import Foundation
import PortfolioModel
import RiskNumerics

extension Inputs {
  /// A list of inputs within inputs; empty where it is absent.
  func parts(_ name: String) throws -> [Inputs] {
    guard has(name) else { return [] }
    guard let list = value(name)?.list else { throw InputError("\(name) is no list") }
    return try list.map { try Inputs($0) }
  }

  /// An option of a chain.
  func optionLeg() throws -> OptionLeg {
    OptionLeg(
      strike: try number("strike"), side: try flag("isCall") ? .call : .put,
      coins: try number("amount"), volatilityAnnual: try number("vol"))
  }

  /// The lowest of some confidences, those that are absent left out.
  func lowestConfidence(_ names: [String]) throws -> Double {
    try names.filter(has).map(number).min() ?? 1
  }
}

extension UTCTime {
  /// An instant as in `2026-05-08T08:00:00Z`; nil where the text is none.
  init?(internet text: String) {
    guard let date = ISO8601DateFormatter().date(from: text) else { return nil }
    self.init(microseconds: Int64((date.timeIntervalSince1970 * 1e6).rounded()))
  }
}

/// The instrument that a name such as BTC-28JUN24 or BTC-USD-8MAY26-78000-C tells of.
struct InstrumentName {
  /// Strike and side of an option; nil for other instruments.
  private(set) var option: (strike: Double, side: OptionSide)?
  /// Expiry at 08:00 UTC; nil for perpetuals.
  private(set) var expiry: UTCTime?

  private static let months = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"
  ]

  init(_ name: String) throws {
    let words = name.split(separator: "-").map(String.init)
    if let last = words.last, last.hasPrefix("PERP") { return }
    guard let place = words.lastIndex(where: { Self.expiry($0) != nil }) else {
      throw InputError("\(name) names no expiry")
    }
    expiry = Self.expiry(words[place])
    let rest = words[(place + 1)...].map { $0 }
    if rest.isEmpty { return }
    guard rest.count == 2, let strike = Double(rest[0]), ["C", "P"].contains(rest[1]) else {
      throw InputError("\(name) names no option")
    }
    option = (strike, rest[1] == "C" ? .call : .put)
  }

  /// A date such as 8MAY26.
  private static func expiry(_ word: String) -> UTCTime? {
    let digits = word.prefix { $0.isNumber }
    let rest = word.dropFirst(digits.count)
    guard let day = Int(digits), let year = Int(rest.dropFirst(3)), rest.count == 5,
      let month = months.firstIndex(of: String(rest.prefix(3)))
    else { return nil }
    func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return UTCTime(internet: "20\(padded(year))-\(padded(month + 1))-\(padded(day))T08:00:00Z")
  }
}
