// The market after prices moved, as a market of its own: what requirements are scanned again in.

import PortfolioModel
import RiskNumerics

/// A joint move of prices and volatilities.
struct MarketMove: Sendable, Equatable {
  /// Price of each asset over its price today, positive. [assets]
  var spotRatios: [Double]
  /// Log change of 30-day volatility of each asset. [assets]
  var volatilityMoves: [Double]
  /// How volatility moves spread over expiries; nil = the same for all.
  var volatilityTerm: VolatilityTermStructure?

  /// A move of one asset, and of what tracks it.
  init(of asset: AssetIndex, ratio: Double, market: PricedMarket) {
    spotRatios = market.trackedAsset.map { $0 == asset ? ratio : 1 }
    volatilityMoves = market.assets.map { _ in 0 }
  }

  /// A move of all assets.
  init(spotRatios: [Double], volatilityMoves: [Double], volatilityTerm: VolatilityTermStructure?) {
    self.spotRatios = spotRatios
    self.volatilityMoves = volatilityMoves
    self.volatilityTerm = volatilityTerm
  }

  /// Forward over its value today.
  func forwardRatio(_ pair: AssetPair) -> Double {
    spotRatios[pair.underlying.position] / spotRatios[pair.quote.position]
  }

  /// Volatility over its value today at an expiry.
  func volatilityRatio(_ asset: AssetIndex, expiryDays: Double) -> Double {
    let move = volatilityMoves[asset.position]
    if move == 0 { return 1 }
    return ScalarMath.exp(move * (volatilityTerm?.spread(expiryDays: expiryDays) ?? 1))
  }
}

extension Book {
  /// The book on the moved market: prices of assets, forwards, marks of futures and perpetuals, and
  /// volatilities, which keep their strikes. Marks of options stay as they are, which nothing is
  /// valued by. Positions and balances are those of today: see `AccountHoldings.carried`.
  func moved(_ move: MarketMove) -> Book {
    var book = self
    let now = market.valuationTime
    for place in market.assets.indices {
      book.market.assets[place].priceUSD *= move.spotRatios[place]
    }
    for place in market.forwards.indices {
      book.market.forwards[place].forward *= move.forwardRatio(market.forwards[place].pair)
    }
    for (place, quote) in market.volatilities.enumerated() {
      book.market.volatilities[place].volatilityAnnual *= move.volatilityRatio(
        quote.pair.underlying, expiryDays: now.days(to: quote.expiry))
    }
    for (place, slice) in market.surfaces.enumerated() {
      let ratio = move.volatilityRatio(
        slice.pair.underlying, expiryDays: now.days(to: slice.expiry))
      book.market.surfaces[place].a *= ratio * ratio
      book.market.surfaces[place].b *= ratio * ratio
      // w(ln K/F') = w(ln K/F + ln F'/F): the vertex keeps its strike.
      book.market.surfaces[place].m -= ScalarMath.log(move.forwardRatio(slice.pair))
    }
    for (place, mark) in market.marks.enumerated() {
      let instrument = self[mark.instrument]
      switch instrument.kind {
      case .option(let expiry, _, _):
        if let volatility = mark.impliedVolatilityAnnual {
          book.market.marks[place].impliedVolatilityAnnual =
            volatility
            * move.volatilityRatio(instrument.underlying, expiryDays: now.days(to: expiry))
        }
      case .spot, .perpetual, .future:
        book.market.marks[place].price *= move.forwardRatio(
          AssetPair(underlying: instrument.underlying, quote: instrument.quote))
      }
    }
    return book
  }
}
