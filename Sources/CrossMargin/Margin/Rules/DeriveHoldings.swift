// What all rule sets of Derive know of a book: linear contracts settled in its cash.

import PortfolioModel

extension RuleCoverage {
  /// Options and one perpetual of each listed underlying, quoted in dollars and settled in the cash
  /// asset.
  static func derive(
    book: Book, table: ContractTable, cashAsset: String, isListed: (String) -> Bool,
    asset: (Asset) -> AssetUse
  ) -> RuleCoverage {
    var hasPerpetual: [AssetIndex] = []
    return RuleCoverage(book: book, table: table, asset: asset) { instrument, listed in
      guard isListed(book.market[instrument.underlying].name), !listed.isInverse,
        book.market[instrument.settlement].name == cashAsset,
        book.market.isDollar(instrument.quote), listed.isOption || listed.isPerpetual
      else { return false }
      if listed.isPerpetual {
        if hasPerpetual.contains(instrument.underlying) { return false }
        hasPerpetual.append(instrument.underlying)
      }
      return true
    }
  }
}

extension DerivePerpetual {
  /// No position.
  static let none = DerivePerpetual(coins: 0, priceUSD: 0, confidence: 1, unsettledUSD: 0)

  /// The perpetual among the contracts of a chain without expiry, of which an account has one at most;
  /// its unsettled gains are part of cash.
  init(_ held: HeldChain, in table: ContractTable) {
    self = .none
    for entry in held.contracts {
      let contract = table.contract(entry)
      self = DerivePerpetual(
        coins: contract.coins(entry.quantity), priceUSD: contract.pricing.basePrice,
        confidence: contract.confidence, unsettledUSD: 0)
    }
  }
}
