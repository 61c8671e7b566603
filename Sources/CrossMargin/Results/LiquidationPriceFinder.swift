// Liquidation prices of the accounts of which the venue reports one, to compare with.

import PortfolioModel
import RiskNumerics

/// Finds the price of one instrument at which an account would be liquidated while its underlying
/// moves alone and everything else, volatility too, stands still.
struct LiquidationPriceFinder {
  private let health: HealthRun
  private let sweep: HealthSweep
  private let run: PreparedRun
  private let threadCount: Int

  /// A finder with the sweep of the liquidation study.
  init(_ run: PreparedRun, threadCount: Int) throws(RunError) {
    health = try HealthRun(book: run.book, settings: run.settings)
    let study = run.settings.liquidation.study
    sweep = HealthSweep(
      step: study.step, furthestDown: -ScalarMath.log(1 - study.furthestFallFraction),
      furthestUp: ScalarMath.log(1 + study.furthestRiseFraction), threadCount: threadCount)
    self.run = run
    self.threadCount = threadCount
  }

  /// Prices in the order of `reported`, of futures and perpetuals on their own mark, else of the
  /// underlying in USD: the nearest at which the surplus of the last level changes sign. nil where the
  /// venue reports none or the account has no margin; 0 where no price within the sweep is one.
  func prices(_ reported: [ReportedFigures]) throws(RunError) -> [Double?] {
    var prices = [Double?](repeating: nil, count: reported.count)
    for (direction, described) in health.directions.enumerated() where described.name != "together"
    {
      let asked = reported.indices.filter { place in
        guard reported[place].liquidationPrice != nil, let instrument = reported[place].instrument
        else { return false }
        return run.market.trackedAsset[run.book[instrument].underlying.position] == described.lead
      }
      if asked.isEmpty { continue }
      let accounts = asked.map { reported[$0].account }
      let today = try surpluses(accounts, direction, 0)
      let moves = try nearestMoves(accounts, today: today, direction)
      for (number, place) in asked.enumerated() where today[number] != nil {
        guard let instrument = reported[place].instrument else { continue }
        prices[place] =
          moves[number].map { basePrice(of: instrument) * ScalarMath.exp($0) } ?? 0
      }
    }
    return prices
  }

  private func surpluses(
    _ accounts: [AccountIndex], _ direction: Int, _ move: Double
  ) throws(RunError) -> [Double?] {
    try health.health(of: accounts, health.directions[direction], move).map { $0?.surplusUSD }
  }

  /// Walks outwards to both sides, all accounts in one step, until each has changed sign.
  private func nearestMoves(
    _ accounts: [AccountIndex], today: [Double?], _ direction: Int
  ) throws(RunError) -> [Double?] {
    var found = [[Double]](repeating: [], count: accounts.count)
    var before = [today, today]
    let stepCounts = [sweep.stepCountDown, sweep.stepCountUp]
    for index in 0..<(stepCounts.max() ?? 0) {
      // Those found at this distance on the other side stay in: the nearer of both counts.
      let open = found.indices.filter { found[$0].isEmpty && today[$0] != nil }
      if open.isEmpty { break }
      for (side, sign) in [-1.0, 1].enumerated() where index < stepCounts[side] {
        let after = try surpluses(
          open.map { accounts[$0] }, direction, sign * sweep.step * Double(index + 1))
        for (place, new) in zip(open, after) {
          guard let old = before[side][place], let new else { continue }
          if (old < 0) != (new < 0) {
            found[place].append(sign * sweep.step * (Double(index) + 0.5))
          }
          before[side][place] = new
        }
      }
    }
    return try refined(found, accounts, direction)
  }

  private func refined(
    _ found: [[Double]], _ accounts: [AccountIndex], _ direction: Int
  ) throws(RunError) -> [Double?] {
    let moves = Guarded([Double?](repeating: nil, count: accounts.count))
    try Parallel.forEach(count: accounts.count, threadCount: threadCount) {
      place throws(RunError) in
      var nearest: Double?
      for start in found[place] {
        let move = try sweep.refined(start, of: accounts[place], health, direction: direction)
        if abs(move) < nearest.map(abs) ?? .infinity { nearest = move }
      }
      moves.withLock { $0[place] = nearest }
    }
    return moves.withLock { $0 }
  }

  private func basePrice(of index: InstrumentIndex) -> Double {
    let underlying = run.book[index].underlying
    if case .priced(let priced) = run.market.pricings[index.position], !priced.isOption {
      return priced.basePrice
    }
    return run.market.priceUSD(underlying)
  }
}
