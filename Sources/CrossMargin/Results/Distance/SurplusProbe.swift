// One account asked for its surplus at many joint moves.

import PortfolioModel
import RiskNumerics

/// One account asked at many points z; the first error is kept until somebody asks for it.
final class SurplusProbe {
  let own: WhitenedAccount
  let today: AccountHealth
  private let account: RescannedAccount
  private let space: FactorSpace
  private var failure: RunError?

  /// A probe; nil where the account has no margin or nothing it holds moves.
  init?(
    _ account: RescannedAccount, _ space: FactorSpace, holdings: AccountHoldings
  ) throws(RunError) {
    guard let own = try space.account(holdings) else { return nil }
    let none = [Double](repeating: 0, count: own.factors.count)
    guard let today = try account.health(at: space.move(own.factors, none)) else { return nil }
    self.account = account
    self.space = space
    self.own = own
    self.today = today
  }

  private func health(_ z: [Double]) -> AccountHealth? {
    do throws(RunError) {
      return try account.health(at: space.move(own.factors, own.moves(z)))
    } catch {
      failure = failure ?? error
      return nil
    }
  }

  /// Surplus with the requirement scanned again, USD; not a number where there is none.
  func surplusUSD(_ z: [Double]) -> Double { health(z)?.surplusUSD ?? .nan }

  /// Equity before haircuts, USD.
  func equityUSD(_ z: [Double]) -> Double { health(z)?.equityUSD ?? .nan }

  /// A value that was found, unless something failed on the way.
  func checked(_ value: Double) throws(RunError) -> Double {
    if let failure { throw failure }
    return value
  }
}

/// The same account with the requirement of today, many points at a time.
final class FrozenProbe {
  private let own: WhitenedAccount
  private let surplusUSD: Double
  private var held: PointValuation.Portfolio = []
  private var valuation: PointValuation

  init(_ run: DistanceRun, holdings: AccountHoldings, _ own: WhitenedAccount, surplusUSD: Double) {
    self.own = own
    self.surplusUSD = surplusUSD
    valuation = PointValuation(
      factors: run.space.factors, market: run.health.today, base: run.health.base,
      term: run.health.settings.volatilityTerm)
    holdings.forEachColumn(run.health.base.columns) { column, quantity in
      if quantity != 0 { held.append((column, quantity)) }
    }
  }

  /// Surpluses at points z, USD.
  func surplusesUSD(_ points: [[Double]]) -> [Double] {
    var results: [Double] = []
    results.reserveCapacity(points.count)
    while results.count < points.count {
      let end = min(results.count + PointValuation.pointCountMax, points.count)
      let some = points[results.count..<end].map(own.moves)
      let moves = own.factors.indices.map { factor in some.map { $0[factor] } }
      results += valuation.profitsUSD(held, factors: own.factors, moves: moves).map {
        surplusUSD + $0
      }
    }
    return results
  }
}

extension WhitenedAccount {
  /// Directions in z: each factor alone, where they can move alone, and each with the most likely
  /// moves of the others.
  var rays: [[Double]] {
    let count = factors.count
    let joint = (0..<count).map { row in (0..<count).map { root[row, $0] } }
    guard let inverse = try? LinearAlgebra.solve(root, .identity(count)), inverse.isFinite else {
      return joint
    }
    return joint + (0..<count).map { column in (0..<count).map { inverse[$0, column] } }
  }
}
