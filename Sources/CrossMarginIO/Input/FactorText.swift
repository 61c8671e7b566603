// Factor names as they stand in files, read strictly.

import PortfolioModel

package enum FactorText {
  /// What a message says was expected.
  package static let expected =
    "a factor such as spot:BTC, vol:BTC, vol:BTC:2026-03-27T08:00Z, basis:BTC or rate:USD"
  /// What a message says was expected where a factor moves the unit of all prices.
  static let expectedOtherThanUSD = "a factor other than spot:USD, which is 1 by definition"

  /// The factor that a text names; nil where it names none. Kind and asset are written as they are
  /// printed, an expiry in any form of ISO 8601 with zone, and only volatility and basis have one.
  package static func parse(_ text: String) -> FactorName? {
    let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count >= 2, let kind = FactorKind.allCases.first(where: { $0.prefix == parts[0] })
    else { return nil }
    let asset = String(parts[1])
    guard NameText.isName(asset) else { return nil }
    guard parts.count == 3 else { return FactorName(kind, asset) }
    guard kind == .volatility || kind == .basis,
      let expiry = TimeText.microseconds(String(parts[2]))
    else { return nil }
    return FactorName(kind, asset, expiry: UTCTime(microseconds: expiry))
  }

  /// Whether a factor is the price of the unit of all prices.
  static func isUSDPrice(_ factor: FactorName) -> Bool {
    factor.kind == .spot && factor.asset == "USD"
  }
}

/// Names of accounts, instruments, assets and the like.
enum NameText {
  /// What a message says was expected.
  static let expected = "a name that neither begins nor ends with a space"

  /// Whether a text can be a name. Spaces around it are refused, since they make two names that a
  /// reader takes for one.
  static func isName(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last else {
      return false
    }
    return !first.properties.isWhitespace && !last.properties.isWhitespace
  }
}
