// What an account holds after the market moved: futures have paid their gains.

import PortfolioModel

extension AccountHoldings {
  /// The same holdings on a moved market: what each future and perpetual gained from its mark of
  /// today is an amount of its settlement asset.
  func carried(from today: PricedMarket, to moved: PricedMarket) -> AccountHoldings {
    var result = self
    for (instrument, quantity) in contracts {
      guard case .priced(let old) = today.pricings[instrument.position], !old.isOption,
        case .priced(let new) = moved.pricings[instrument.position]
      else { continue }
      let gain = old.gain(toMark: new.basePrice)
      guard gain != 0 else { continue }
      let amount = quantity * old.multiplier * gain
      result.add(amount, of: old.settlement)
      result.unsettledUSD += amount * moved.priceUSD(old.settlement)
    }
    return result
  }
}
