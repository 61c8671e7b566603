// The surplus of one account over two factors, the others at rest.

import PortfolioModel
import RiskNumerics

/// Surplus on a grid of log moves of two factors, requirement scanned again at every point.
public struct HealthSurface: Sendable, Equatable {
  /// The account.
  public var account: AccountIndex
  /// The factor along columns: a price.
  public var xFactor: FactorName
  /// The factor along rows: the next price, or the volatility where the account knows one price.
  public var yFactor: FactorName
  /// Log moves of columns, ascending.
  public var xMoves: [Double]
  /// Log moves of rows, ascending.
  public var yMoves: [Double]
  /// Surplus at the last level, USD. [rows][columns]
  public var surplusUSD: [[Double]]
}

extension DistanceRun {
  /// The surface of an account over its two most important factors: the two prices that its form
  /// moves most with, or its price and that price's volatility; nil for accounts that have not two, or
  /// no margin somewhere on it.
  ///
  /// It reaches so many standard deviations to each side, 4 or half as far again as the nearest
  /// liquidation, at most 8.
  public func surface(
    of account: AccountIndex, nearest: Double?, pointCount: Int = 41, threadCount: Int = 1
  ) throws -> HealthSurface? {
    precondition(pointCount >= 3, "a surface has points")
    guard let rescanned = try health.rescanned(account),
      let own = try space.account(health.holdings(of: account)),
      let axes = axes(of: own)
    else { return nil }
    let reach = min(max(4, 1.5 * (nearest ?? 0)), 8)
    func moves(_ factor: Int) -> [Double] {
      let deviation = space.covariance[factor, factor].squareRoot()
      return (0..<pointCount).map {
        (Double($0) / Double(pointCount - 1) * 2 - 1) * reach * deviation
      }
    }
    let (xMoves, yMoves) = (moves(axes.x), moves(axes.y))
    var rows: [[Double]] = []
    try Parallel.ordered(
      count: pointCount, threadCount: threadCount, windowCount: 2 * threadCount,
      produce: { row in
        try xMoves.map { x in
          let move = space.move([axes.x, axes.y], [x, yMoves[row]])
          return try rescanned.health(at: move)?.surplusUSD ?? .nan
        }
      },
      consume: { rows.append($1) })
    guard rows.allSatisfy({ $0.allSatisfy(\.isFinite) }) else { return nil }
    return HealthSurface(
      account: account, xFactor: space.factors[axes.x], yFactor: space.factors[axes.y],
      xMoves: xMoves, yMoves: yMoves, surplusUSD: rows)
  }

  /// Whether an account holds an option.
  public func holdsOptions(_ account: AccountIndex) -> Bool {
    health.holdings(of: account).contracts.contains { instrument, quantity in
      guard case .priced(let priced) = health.today.pricings[instrument.position] else {
        return false
      }
      return quantity != 0 && priced.isOption
    }
  }

  private func axes(of own: WhitenedAccount) -> (x: Int, y: Int)? {
    func weight(_ place: Int) -> Double {
      abs(own.slopesUSD[place]) + abs(own.curvatureUSD[place, place])
    }
    let order = own.factors.indices.sorted { (-weight($0), $0) < (-weight($1), $1) }
    let prices = order.filter { space.factors[own.factors[$0]].kind == .spot }
    guard let first = prices.first else { return nil }
    let x = own.factors[first]
    // A coin that hardly counts beside the first, such as a dollar coin, is no axis.
    if prices.count > 1, weight(prices[1]) > 0.02 * weight(first) {
      return (x, own.factors[prices[1]])
    }
    let volatility = order.first { space.factors[own.factors[$0]].kind == .volatility }
    return volatility.map { (x, own.factors[$0]) }
  }
}
