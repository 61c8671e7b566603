// Sensitivities of one unit of each column at the base point.

import PortfolioModel
import RiskNumerics

/// Black (1976) value and derivatives of one option at the base point, undiscounted, per coin.
struct BlackDerivatives: Sendable, Equatable {
  var value = 0.0
  /// dB/dF.
  var delta = 0.0
  /// d2B/dF2.
  var gamma = 0.0
  /// dB/dsigma, per 1.00.
  var vega = 0.0
  /// dB/dt at fixed forward and volatility, per year.
  var theta = 0.0
  /// d2B/(dF dsigma).
  var vanna = 0.0
  /// d2B/dsigma2.
  var volga = 0.0
}

/// Sensitivities per unit. [columns]
struct UnitGreeks: Sendable {
  let columns: UnitColumns
  /// Sensitivities of one contract, or of one coin with `deltaTotalUSD` alone.
  let greeks: [Greeks]
  /// Asset that a column is an exposure to: a tracked asset for what tracks it.
  let exposedAsset: [AssetIndex]
  /// Expiry of a column; nil for assets and perpetuals.
  let expiry: [UTCTime?]
  /// Derivatives of options, for the delta-gamma form. [instruments]
  let black: [BlackDerivatives]

  init(market: PricedMarket, base: UnitValue, instruments: [Instrument]) {
    columns = base.columns
    black = Self.derivatives(market)
    let ofAssets = market.assetPricesUSD.map { price in
      var greeks = Greeks()
      greeks.deltaTotalUSD = price ?? 0
      return greeks
    }
    var ofInstruments: [Greeks] = []
    for (position, pricing) in market.pricings.enumerated() {
      guard case .priced(let instrument) = pricing else {
        ofInstruments.append(Greeks())
        continue
      }
      ofInstruments.append(
        Self.greeks(
          of: instrument, black[position], market: market,
          baseUSD: base.baseUSD[base.columns.assetCount + position]))
    }
    greeks = ofAssets + ofInstruments
    exposedAsset =
      market.trackedAsset + instruments.map { market.trackedAsset[$0.underlying.position] }
    expiry = market.assets.map { _ in nil } + instruments.map(\.kind.expiry)
  }

  static func derivatives(_ market: PricedMarket) -> [BlackDerivatives] {
    var streams = OptionStreams()
    for case .priced(let instrument) in market.pricings where instrument.isOption {
      streams.append(
        forward: instrument.basePrice, volatility: instrument.volatilityAnnual,
        option: instrument.optionTerms(expiryYears: market.nodes[instrument.node].expiryYears))
    }
    let results = BlackKernel.greeks(of: streams)
    let higher = BlackKernel.higherGreeks(of: streams)
    var next = 0
    return market.pricings.map { pricing in
      guard case .priced(let instrument) = pricing, instrument.isOption else {
        return BlackDerivatives()
      }
      defer { next += 1 }
      return BlackDerivatives(
        value: results.value[next], delta: results.delta[next], gamma: results.gamma[next],
        vega: results.vega[next], theta: results.theta[next], vanna: higher.vanna[next],
        volga: higher.volga[next])
    }
  }

  /// Sensitivities of one contract, USD. `k` turns one unit of Black value into USD.
  ///
  /// An inverse option is worth `m B/F S_Z` with `S_Z / F` fixed as `F` moves, since it is paid in
  /// its own underlying: its dollar derivatives are those of `B` times `m S_Z / F`.
  private static func greeks(
    of instrument: PricedInstrument, _ black: BlackDerivatives, market: PricedMarket,
    baseUSD: Double
  ) -> Greeks {
    let node = market.nodes[instrument.node]
    let settlementUSD = market.priceUSD(instrument.settlement)
    let forward = instrument.basePrice
    var greeks = Greeks()
    switch instrument.form {
    case .linearFuture:
      greeks.deltaUSD = instrument.multiplier * forward * settlementUSD
    case .inverseFuture:
      greeks.deltaUSD = instrument.multiplier / forward * settlementUSD
    case .linearOption, .inverseOption:
      let isLinear = instrument.form == .linearOption
      let discount = ScalarMath.exp(-node.rateContinuous * node.expiryYears)
      let k = instrument.multiplier * settlementUSD * (isLinear ? discount : 1 / forward)
      greeks.deltaUSD = k * black.delta * forward
      greeks.gammaUSDPerPercent = k * black.gamma * forward * forward / 100
      greeks.vegaUSDPerPoint = k * black.vega / 100
      greeks.vannaUSDPerPoint = k * black.vanna * forward / 100
      greeks.volgaUSDPerPoint = k * black.volga / 10_000
      // A discounted value also grows by the rate as time passes.
      let growth = isLinear ? node.rateContinuous * baseUSD : 0
      greeks.thetaUSDPerDay = UTCTime.perDay(annual: k * black.theta + growth)
      greeks.rhoUSDPerPoint = isLinear ? -node.expiryYears * baseUSD / 100 : 0
    }
    greeks.deltaTotalUSD = greeks.deltaUSD
    return greeks
  }
}
