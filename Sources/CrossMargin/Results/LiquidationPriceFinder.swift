// Liquidation prices of the accounts of which the venue reports one, to compare with.

import PortfolioModel
import RiskNumerics

/// Finds the price of one instrument at which an account would be liquidated while its underlying
/// moves alone and everything else, volatility too, stands still.
struct LiquidationPriceFinder {
  private let health: HealthRun
  private let search: RootSearch
  private let run: PreparedRun
  private let threadCount: Int

  /// A finder in the range of the liquidation study.
  init(_ run: PreparedRun, threadCount: Int) throws(RunError) {
    health = try HealthRun(book: run.book, settings: run.settings)
    let study = run.settings.liquidation.study
    search = RootSearch(
      furthestDown: -ScalarMath.log(1 - study.furthestFallFraction),
      furthestUp: ScalarMath.log(1 + study.furthestRiseFraction))
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
      let direction = direction(of: instrument),
      let roots = try search.roots(
        health, of: reported.account, directions: direction..<direction + 1)?.first
    else { return nil }
    let nearest = [roots.down, roots.up].compactMap(\.self).min { abs($0) < abs($1) }
    return nearest.map { basePrice(of: instrument) * ScalarMath.exp($0) } ?? 0
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
