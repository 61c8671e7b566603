// All prices at which single accounts are liquidated.

import PortfolioModel
import RiskNumerics

/// How roots were found.
public enum RootMethod: String, Sendable, Equatable {
  /// Straight pieces between break points, one division each: exact.
  case breakPoints = "break_points"
  /// A scan with all kinks that are known, and a search of every dip between its points.
  case scan
}

/// Where the surplus of one account changes its sign along one direction.
public struct AccountRoots: Sendable, Equatable {
  /// The account.
  public var account: AccountIndex
  /// Position of the direction in `HealthRun.directions`.
  public var direction: Int
  /// Log moves at which it does, ascending; none is an answer.
  public var moves: [Double]
  /// How they were found.
  public var method: RootMethod

  /// The nearest one down; nil = none within the range.
  public var down: Double? { moves.last { $0 < 0 } }
  /// The nearest one up.
  public var up: Double? { moves.first { $0 >= 0 } }
}

/// Finds all roots of accounts within a range of log moves by full revaluation, requirements scanned
/// again.
public struct RootSearch: Sendable {
  /// Log move between points of a scan.
  public var step: Double
  /// Farthest log move down, positive.
  public var furthestDown: Double
  /// Farthest log move up, positive.
  public var furthestUp: Double

  /// A search.
  public init(step: Double = 0.005, furthestDown: Double, furthestUp: Double) {
    precondition(step > 0 && furthestDown >= 0 && furthestUp >= 0, "a search has a range")
    self.step = step
    self.furthestDown = furthestDown
    self.furthestUp = furthestUp
  }

  /// Roots along some directions; nil for an account without margin.
  ///
  /// Without options and with one asset moving, health is straight between break points in the price,
  /// which the walk confirms or refuses; refused ones and all others are scanned.
  public func roots(
    _ health: HealthRun, of account: AccountIndex, directions: Range<Int>
  ) throws(RunError) -> [AccountRoots]? {
    guard let rescanned = try health.rescanned(account) else { return nil }
    var results: [AccountRoots] = []
    for position in directions {
      let direction = health.directions[position]
      var failure: RunError?
      var isCovered = true
      func surplus(_ x: Double) -> Double {
        do throws(RunError) {
          if let state = try rescanned.health(at: health.move(direction, x)) {
            return state.surplusUSD
          }
          isCovered = false
        } catch { failure = failure ?? error }
        return .nan
      }
      var result = AccountRoots(account: account, direction: position, moves: [], method: .scan)
      if let walked = walked(rescanned, direction, surplus) {
        result.moves = walked
        result.method = .breakPoints
      } else {
        let grid = grid(with: Self.kinks(rescanned, direction))
        result.moves = ScalarSearch.zeros(on: grid, surplus)
      }
      if let failure { throw failure }
      if !isCovered { return nil }
      results.append(result)
    }
    return results
  }

  private func walked(
    _ account: RescannedAccount, _ direction: HealthDirection, _ surplus: (Double) -> Double
  ) -> [Double]? {
    let isAlone = direction.spotLoadings.allSatisfy { $0 == 0 || $0 == 1 }
    let hasOption = account.holdings.contracts.contains { instrument, quantity in
      quantity != 0 && account.option(instrument) != nil
    }
    guard isAlone, !hasOption else { return nil }
    let walk = BreakPointWalk(
      ScalarMath.exp(-furthestDown)...ScalarMath.exp(furthestUp),
      scale: account.holdings.grossNotionalUSD + account.balancesUSD
    ) { surplus(ScalarMath.log($0)) }
    return walk.map { $0.zeros.map(ScalarMath.log) }
  }

  private func grid(with kinks: [Double]) -> [Double] {
    let first = Int((furthestDown / step).rounded(.up))
    let last = Int((furthestUp / step).rounded(.up))
    let even = (-first...last).map {
      min(max(Double($0) * step, -furthestDown), furthestUp)
    }
    let sorted = (even + kinks.filter { $0 > -furthestDown && $0 < furthestUp }).sorted()
    return sorted.reduce(into: []) { if $0.last != $1 { $0.append($1) } }
  }

  /// Log moves at which a forward, or a forward in one of the scenarios of the rule set, meets a
  /// strike that the account holds.
  private static func kinks(_ account: RescannedAccount, _ direction: HealthDirection) -> [Double] {
    let shifts = Set(account.run.rules[0].scenarios.map(\.priceMove).filter { $0 > -1 } + [0])
      .sorted()
    var kinks: [Double] = []
    for (instrument, quantity) in account.holdings.contracts where quantity != 0 {
      guard let option = account.option(instrument) else { continue }
      let pair = account.run.market.nodes[option.node].pair
      let loading =
        direction.spotLoadings[pair.underlying.position]
        - direction.spotLoadings[pair.quote.position]
      if loading == 0 { continue }
      let strike = ScalarMath.log(option.strike / option.basePrice)
      kinks += shifts.map { (strike - ScalarMath.log(1 + $0)) / loading }
    }
    return kinks
  }
}

extension RescannedAccount {
  /// An option as it is priced today; nil for everything else.
  func option(_ instrument: InstrumentIndex) -> PricedInstrument? {
    guard case .priced(let priced) = run.market.pricings[instrument.position], priced.isOption
    else { return nil }
    return priced
  }

  /// Sum of the absolute values of its balances, USD.
  var balancesUSD: Double {
    holdings.amounts.reduce(0) { $0 + abs($1.amount) * run.market.priceUSD($1.asset) }
  }
}
