// What the generator needs to know about prices to size accounts: one forward, one volatility, one
// Black value. Results that people read come from the engine, never from here.

import Foundation
import PortfolioModel
import RiskNumerics

/// Forwards and volatilities of a market, found by instrument.
struct ReferencePricing {
  private struct Delivery: Hashable {
    var pair: AssetPair
    var expiry: UTCTime
  }
  private struct Quote: Hashable {
    var delivery: Delivery
    var strike: Double
  }

  private let market: MarketSnapshot
  private let instruments: [Instrument]
  private var forwards: [Delivery: Double] = [:]
  private var volatilities: [Quote: Double] = [:]
  private var slices: [Delivery: SVISlice] = [:]
  private var marks: [Int32: Mark] = [:]

  init(market: MarketSnapshot, instruments: [Instrument]) {
    self.market = market
    self.instruments = instruments
    for forward in market.forwards {
      forwards[Delivery(pair: forward.pair, expiry: forward.expiry)] = forward.forward
    }
    for quote in market.volatilities {
      let delivery = Delivery(pair: quote.pair, expiry: quote.expiry)
      volatilities[Quote(delivery: delivery, strike: quote.strike)] = quote.volatilityAnnual
    }
    for slice in market.surfaces {
      slices[Delivery(pair: slice.pair, expiry: slice.expiry)] = slice
    }
    for mark in market.marks { marks[mark.instrument.rank] = mark }
  }

  /// The forward of a pair to an expiry, quote asset; nil where the market has none.
  func forward(_ pair: AssetPair, _ expiry: UTCTime) -> Double? {
    forwards[Delivery(pair: pair, expiry: expiry)]
  }

  /// Price of a future or perpetual: its mark, else the forward of its expiry.
  func price(_ index: InstrumentIndex) -> Double? {
    if let mark = marks[index.rank], mark.price > 0 { return mark.price }
    let instrument = instruments[index.position]
    guard let expiry = instrument.kind.expiry else { return nil }
    return forward(
      AssetPair(underlying: instrument.underlying, quote: instrument.quote), expiry)
  }

  /// Pricing terms of an option; nil without forward or volatility.
  func option(_ index: InstrumentIndex) -> ReferenceOption? {
    let instrument = instruments[index.position]
    guard case .option(let expiry, let strike, let type) = instrument.kind else { return nil }
    let pair = AssetPair(underlying: instrument.underlying, quote: instrument.quote)
    let delivery = Delivery(pair: pair, expiry: expiry)
    guard let forward = forwards[delivery] else { return nil }
    let years = market.valuationTime.years(to: expiry)
    let quoted =
      marks[index.rank]?.impliedVolatilityAnnual
      ?? volatilities[Quote(delivery: delivery, strike: strike)]
      ?? slices[delivery].map {
        (max(0, $0.totalVariance(logMoneyness: log(strike / forward))) / years).squareRoot()
      }
    return quoted.map {
      ReferenceOption(
        forward: forward, volatilityAnnual: $0,
        terms: RiskNumerics.OptionTerms(
          strike: strike, expiryYears: years, side: type == .call ? .call : .put))
    }
  }
}

/// What the value of a European option on a forward depends on.
struct ReferenceOption {
  /// Forward over which it is written, quote asset.
  var forward: Double
  var volatilityAnnual: Double
  var terms: RiskNumerics.OptionTerms

  /// Undiscounted value in the quote asset after a relative move of the forward.
  func value(forwardMove: Double, volatilityFactor: Double) -> Double {
    BlackKernel.value(
      forward: forward * (1 + forwardMove), volatility: volatilityAnnual * volatilityFactor,
      option: terms)
  }
}
