// Margin of a delta-hedged book with charges for its deltas: Kraken.

/// Parts of Kraken's options portfolio margin, USD; netting is positive and lowers the sum.
///
/// Source: Kraken documentation of the demo venue. How the charge for net delta and the netting
/// between assets are formed is not public; callers bring both.
public struct DeltaHedgedMargin: Sendable, Equatable {
  /// Worst loss of the delta-hedged book over the scenarios, at least 0.
  public var hedgedScanUSD: Double
  /// `sum |delta| x price x maintenance factor x 2` of options.
  public var absoluteDeltaUSD: Double
  /// Charge for the net delta of the portfolio.
  public var netDeltaUSD: Double
  /// Margin of futures.
  public var futuresUSD: Double
  /// Relief between assets.
  public var nettingUSD: Double

  /// Margin from the profits of the delta-hedged book in each scenario, USD, and the option deltas,
  /// coins.
  public init(
    hedgedProfitsUSD: [Double], optionDeltasCoins: [Double], priceUSD: Double,
    maintenanceFactor: Double
  ) {
    hedgedScanUSD = max(-(hedgedProfitsUSD.min() ?? 0), 0)
    absoluteDeltaUSD =
      optionDeltasCoins.reduce(0) { $0 + abs($1) } * priceUSD * maintenanceFactor * 2
    netDeltaUSD = 0
    futuresUSD = 0
    nettingUSD = 0
  }

  /// Sum in the order of the parts, USD.
  public var totalUSD: Double {
    hedgedScanUSD + absoluteDeltaUSD + netDeltaUSD + futuresUSD - nettingUSD
  }
}
