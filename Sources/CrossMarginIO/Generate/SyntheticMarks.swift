// Marks of the synthetic market: what its own forwards and volatilities say, on the venue's ticks.

import Foundation
import PortfolioModel

enum SyntheticMarks {
  /// Funding of a period, and premium of perpetuals over spot, as fractions.
  private static let fundingRate = 0.00005
  private static let perpetualPremium = 0.0002

  /// A mark for every instrument, in their order.
  static func make(market: MarketSnapshot, instruments: [Instrument]) -> [Mark] {
    let pricing = ReferencePricing(market: market, instruments: instruments)
    return instruments.enumerated().compactMap { rank, instrument in
      let index = InstrumentIndex(rank)
      let spot = market[instrument.underlying].priceUSD / market[instrument.quote].priceUSD
      var mark: Mark
      switch instrument.kind {
      case .spot: mark = Mark(instrument: index, price: spot)
      case .perpetual:
        let places = spot < 1_000 ? 4 : 2
        mark = Mark(
          instrument: index, price: Rounding.decimals(spot * (1 + perpetualPremium), places))
        mark.fundingRate = fundingRate
      case .future(let expiry):
        guard
          let forward = pricing.forward(
            AssetPair(underlying: instrument.underlying, quote: instrument.quote), expiry)
        else { return nil }
        mark = Mark(instrument: index, price: forward)
      case .option:
        guard let terms = pricing.option(index) else { return nil }
        mark = Mark(
          instrument: index,
          price: Rounding.decimals(
            terms.value(forwardMove: 0, volatilityFactor: 1) / terms.forward, 6))
        mark.impliedVolatilityAnnual = terms.volatilityAnnual
      }
      mark.time = market.valuationTime.adding(days: -30.0 / 86_400)
      return mark
    }
  }
}
