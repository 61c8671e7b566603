// The parameters of each coin of the synthetic market, its instruments, forwards and volatilities.

import Foundation
import PortfolioModel

/// Invented parameters of one coin.
struct SyntheticCoin: Sendable {
  var name: String
  var spotUSD: Double
  /// Traded per day at this small venue, USD.
  var dailyVolumeUSD: Double
  /// Carry of the forward over spot: short end, and slope per year, continuous.
  var carryShortAnnual: Double
  var carrySlopeAnnual: Double
  /// Nil where the coin has neither options nor dated futures.
  var surface: SyntheticSurface?
  /// Grid on which strikes lie, USD.
  var strikeStepUSD: Double
  /// USD per contract of inverse futures and perpetuals.
  var inverseMultiplierUSD: Double
  /// Standard deviation of a daily log return, and its loadings on the normals of a day.
  var dailyDeviation: Double
  var spotLoadings: [Double]
  var volatilityLoadings: [Double]

  static let all = [
    SyntheticCoin(
      name: "BTC", spotUSD: 68_250, dailyVolumeUSD: 3e8, carryShortAnnual: 0.045,
      carrySlopeAnnual: 0.015,
      surface: SyntheticSurface(
        shortVolatilityAnnual: 0.58, longVolatilityAnnual: 0.47, transitionYears: 0.15, rho: -0.22,
        eta: 1.1),
      strikeStepUSD: 500, inverseMultiplierUSD: 10, dailyDeviation: 0.024,
      spotLoadings: [1, 0, 0, 0, 0, 0], volatilityLoadings: [-0.40, 0, 0, 0.917, 0, 0]),
    SyntheticCoin(
      name: "ETH", spotUSD: 2_100, dailyVolumeUSD: 1.5e8, carryShortAnnual: 0.035,
      carrySlopeAnnual: 0.01,
      surface: SyntheticSurface(
        shortVolatilityAnnual: 0.78, longVolatilityAnnual: 0.64, transitionYears: 0.15, rho: -0.15,
        eta: 1.0),
      strikeStepUSD: 25, inverseMultiplierUSD: 1, dailyDeviation: 0.034,
      spotLoadings: [0.85, 0.527, 0, 0, 0, 0],
      volatilityLoadings: [-0.35, -0.19, 0, 0.86, 0, 0, 0.32]),
    SyntheticCoin(
      name: "SOL", spotUSD: 92.4, dailyVolumeUSD: 6e7, carryShortAnnual: 0, carrySlopeAnnual: 0,
      surface: nil,
      strikeStepUSD: 1, inverseMultiplierUSD: 1, dailyDeviation: 0.044,
      spotLoadings: [0.78, 0.2, 0.593, 0, 0, 0], volatilityLoadings: [])
  ]

  /// 08:00 UTC of the expiry days, and the names that instruments carry.
  static let expiries: [(name: String, time: UTCTime)] = [
    ("13FEB26", 1_770_969_600), ("27FEB26", 1_772_179_200), ("27MAR26", 1_774_598_400),
    ("26JUN26", 1_782_460_800), ("25SEP26", 1_790_323_200), ("25DEC26", 1_798_185_600)
  ].map { ($0.0, UTCTime(microseconds: Int64($0.1) * 1_000_000)) }

  /// Strikes lie at these multiples of the at-the-money deviation around the forward.
  private static let strikeDeviations = [-2, -1.5, -1, -0.6, -0.3, 0, 0.3, 0.6, 1, 1.5, 2]

  /// Carry of an expiry, per year.
  func carryAnnual(expiryYears: Double) -> Double {
    carryShortAnnual + carrySlopeAnnual * expiryYears
  }

  /// Forward in USD, on a tick of 0.01.
  func forwardUSD(expiryYears: Double) -> Double {
    Rounding.decimals(spotUSD * exp(carryAnnual(expiryYears: expiryYears) * expiryYears), 2)
  }

  /// Strikes of an expiry, ascending, distinct.
  func strikesUSD(expiryYears: Double, surface: SyntheticSurface) -> [Double] {
    let forward = forwardUSD(expiryYears: expiryYears)
    let deviation =
      surface.atTheMoneyVolatilityAnnual(expiryYears: expiryYears) * expiryYears.squareRoot()
    var strikes: [Double] = []
    for multiple in Self.strikeDeviations {
      let raw = forward * exp(multiple * deviation)
      let strike = (raw / strikeStepUSD).rounded() * strikeStepUSD
      strikes.append(max(strike, (strikes.last ?? 0) + strikeStepUSD))
    }
    return strikes
  }

  /// Instruments of the coin in a market that holds its assets.
  func instruments(in market: MarketSnapshot) -> [Instrument] {
    guard let coin = market.assetIndex(named: name), let usd = market.assetIndex(named: "USD"),
      let usdc = market.assetIndex(named: "USDC")
    else { return [] }
    let inversePair = AssetPair(underlying: coin, quote: usd)
    var instruments = [
      Instrument(
        name: "\(name)_USDC-PERPETUAL", kind: .perpetual,
        pair: AssetPair(underlying: coin, quote: usdc), settlement: usdc, multiplier: 1,
        payout: .linear)
    ]
    if let surface {
      func inverse(_ suffix: String, _ kind: InstrumentKind, multiplier: Double) -> Instrument {
        Instrument(
          name: "\(name)-\(suffix)", kind: kind, pair: inversePair, settlement: coin,
          multiplier: multiplier, payout: .inverse)
      }
      instruments.append(inverse("PERPETUAL", .perpetual, multiplier: inverseMultiplierUSD))
      for expiry in Self.expiries {
        instruments.append(
          inverse(expiry.name, .future(expiry: expiry.time), multiplier: inverseMultiplierUSD))
        let years = market.valuationTime.years(to: expiry.time)
        for strike in strikesUSD(expiryYears: years, surface: surface) {
          for (letter, type) in [("C", OptionType.call), ("P", OptionType.put)] {
            let kind = InstrumentKind.option(expiry: expiry.time, strike: strike, type: type)
            instruments.append(
              inverse("\(expiry.name)-\(Int(strike))-\(letter)", kind, multiplier: 1))
          }
        }
      }
    }
    for rank in instruments.indices { instruments[rank].venue = SyntheticMarket.venueName }
    return instruments
  }

  /// Appends forwards and volatilities of the coin to its market.
  func quote(in market: inout MarketSnapshot) {
    guard let surface, let coin = market.assetIndex(named: name),
      let usd = market.assetIndex(named: "USD")
    else { return }
    let pair = AssetPair(underlying: coin, quote: usd)
    for expiry in Self.expiries {
      let years = market.valuationTime.years(to: expiry.time)
      let forward = forwardUSD(expiryYears: years)
      market.forwards.append(ForwardQuote(pair: pair, expiry: expiry.time, forward: forward))
      let slice = surface.slice(pair: pair, expiry: expiry.time, expiryYears: years)
      for strike in strikesUSD(expiryYears: years, surface: surface) {
        let variance = slice.totalVariance(logMoneyness: log(strike / forward))
        market.volatilities.append(
          VolatilityQuote(
            pair: pair, expiry: expiry.time, strike: strike,
            volatilityAnnual: Rounding.decimals((variance / years).squareRoot(), 6)))
      }
    }
  }
}
