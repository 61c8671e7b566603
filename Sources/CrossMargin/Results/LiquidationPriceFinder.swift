// Liquidation prices of the accounts of which the venue reports one, to compare with.

import PortfolioModel
import RiskNumerics

/// Finds the price of one instrument at which an account would be liquidated while its underlying
/// moves alone and everything else, volatility too, stands still.
struct LiquidationPriceFinder {
  private let health: HealthRun
  /// Searches that reach farther and farther, the last of them over the whole range.
  private let searches: [RootSearch]
  private let run: PreparedRun
  private let threadCount: Int

  /// A finder in the range of the liquidation study.
  init(_ run: PreparedRun, threadCount: Int) throws(RunError) {
    health = try HealthRun(book: run.book, settings: run.settings)
    let study = run.settings.liquidation.study
    let down = -ScalarMath.log(1 - study.furthestFallFraction)
    let up = ScalarMath.log(1 + study.furthestRiseFraction)
    let reaches = [0.1, 0.4].filter { $0 < max(down, up) } + [max(down, up)]
    searches = reaches.map { RootSearch(furthestDown: min($0, down), furthestUp: min($0, up)) }
    self.run = run
    self.threadCount = threadCount
  }

  /// Prices in the order of `reported`, of futures and perpetuals on their own mark, else of the
  /// underlying in USD: the nearest at which the surplus of the last level changes sign. nil where the
  /// venue reports none or the account has no margin; 0 where no price within the range is one.
  func prices(_ reported: [ReportedFigures]) throws(RunError) -> [Double?] {
    let prices = Guarded([Double?](repeating: nil, count: reported.count))
    try Parallel.forEach(count: reported.count, threadCount: threadCount) {
      place throws(RunError) in
      let price = try price(reported[place])
      prices.withLock { $0[place] = price }
    }
    return prices.withLock { $0 }
  }

  private func price(_ reported: ReportedFigures) throws(RunError) -> Double? {
    guard reported.liquidationPrice != nil, let instrument = reported.instrument,
      let direction = direction(of: instrument)
    else { return nil }
    for search in searches {
      guard
        let roots = try search.roots(
          health, of: reported.account, directions: direction..<direction + 1)?.first
      else { return nil }
      let nearest = [roots.down, roots.up].compactMap(\.self).min { abs($0) < abs($1) }
      if let nearest { return basePrice(of: instrument) * ScalarMath.exp(nearest) }
    }
    return 0
  }

  /// The direction in which the underlying of an instrument moves alone.
  private func direction(of instrument: InstrumentIndex) -> Int? {
    let lead = run.market.trackedAsset[run.book[instrument].underlying.position]
    return health.directions.firstIndex { $0.name != "together" && $0.lead == lead }
  }

  private func basePrice(of index: InstrumentIndex) -> Double {
    if case .priced(let priced) = run.market.pricings[index.position], !priced.isOption {
      return priced.basePrice
    }
    return run.market.priceUSD(run.book[index].underlying)
  }
}
