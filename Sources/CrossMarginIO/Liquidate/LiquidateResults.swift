// What a liquidation study found.

import CrossMargin
import PortfolioModel
import RiskNumerics

/// The nearest move of an account along any direction.
public struct NearestMove: Sendable, Equatable {
  /// Position of the direction.
  public var direction: Int32
  /// Log move of its leading asset.
  public var move: Double

  /// The nearer of a move that is known and those of one direction.
  static func nearer(_ known: Self?, _ direction: Int, _ moves: Double?...) -> Self? {
    var best = known
    for case let move? in moves where abs(move) < abs(best?.move ?? .infinity) {
      best = NearestMove(direction: Int32(direction), move: move)
    }
    return best
  }
}

/// A finished study.
public struct LiquidateResults: Sendable {
  /// The book's folder.
  public var book: String
  /// Its market.
  public var market: MarketSnapshot
  /// Directions that were swept.
  public var directions: [HealthDirection]
  /// Price of the leading asset of each direction today, USD.
  public var pricesUSD: [Double]
  /// Distances of all accounts in their order, as the sweep saw them. [directions]
  public var distances: [SpilledRows<LiquidationDistance>] = []
  /// The nearest move of each account along any direction, by size of the log move; nil where none
  /// within the sweep liquidates. [accounts]
  public var nearestMoves: [NearestMove?]
  /// Accounts whose distances are exact, nearest first.
  public var refined: [AccountIndex] = []
  /// All roots of the accounts in `refined` along every direction.
  public var roots: [AccountRoots] = []
  /// Ladders by direction.
  public var ladders: [[LadderStep]] = []
  /// Health today; nil for accounts without margin. [accounts]
  public var today: [AccountHealth?] = []
  /// Probabilities of liquidation, by account; nil without a history.
  public var passages: SpilledRows<PassageRow>?
  /// What moves those of the refined accounts.
  public var sensitivities: [PassageSensitivity] = []
  /// Days within which they are meant.
  public var horizonDays: Double
  /// Distances, roots, cures and surfaces of accounts; nil without a history.
  public var distance: DistanceResults?
  /// Bad debt under common scenarios; nil without a sampled set.
  public var badDebt: BadDebtResult?
  /// How large the fund must be; nil without a sampled set.
  public var fund: FundResult?
  /// Who pays what the tiers leave; nil where they suffice or without a sampled set.
  public var deleveraging: DeleveragingResult?
  /// Mechanisms side by side; nil where nobody asked.
  public var mechanics: MechanicsResult?
  /// Accounts that they liquidate, by account, then row; nil where nobody asked.
  public var mechanicsAccounts: SpilledRows<MechanicsAccount>?
  /// Cascades of liquidations; nil without a sampled set.
  public var contagion: ContagionOutcome?
  /// Cascades after moves of all factors together; empty without markets.
  public var directionCascades: [DirectionCascadeRow] = []
  /// Prices of oracles and what errors of them do; nil where the book says nothing of them.
  public var oracles: OracleResult?
  /// Who pays it.
  public var settings: LiquidationSettings
  /// Instruments of the book.
  public var instruments: [Instrument]
  /// What the parts cost, in the order in which they ran.
  public var partCosts: [StageCost] = []
  /// Names of accounts as they are shown.
  public var accountNames: [String]

  /// What tables and page are made of, in the order of the page.
  var parts: [any LiquidatePart] {
    var parts: [any LiquidatePart] = [LadderPart(results: self), NearestPart(results: self)]
    if !sensitivities.isEmpty { parts.append(SensitivityPart(results: self)) }
    if let distance { parts += distance.parts(of: self) }
    if let badDebt { parts.append(BadDebtPart(results: self, badDebt: badDebt)) }
    if let badDebt, let fund {
      parts.append(
        FundPart(
          fund: fund, badDebt: badDebt, settings: settings, accountNames: accountNames))
      parts.append(DeleveragingPart(deleveraging: deleveraging, badDebt: badDebt))
    }
    if let oracles { parts.append(OraclePart(oracles: oracles, market: market)) }
    if let mechanics, let mechanicsAccounts {
      parts.append(
        MechanicsPart(
          mechanics: mechanics, accounts: mechanicsAccounts, accountNames: accountNames,
          settings: settings))
    }
    if let contagion { parts.append(ContagionPart(results: self, outcome: contagion)) }
    return parts
  }

  /// Price of a direction's leading asset after a move, USD.
  func priceUSD(_ direction: Int, _ move: Double) -> Double {
    pricesUSD[direction] * ScalarMath.exp(move)
  }

  /// Probabilities of some accounts, of those that have one.
  public func passages(of accounts: some Collection<AccountIndex>) -> [AccountIndex: PassageRow] {
    guard let passages else { return [:] }
    let asked = Set(accounts)
    return Dictionary(
      uniqueKeysWithValues: passages.lazy.filter { asked.contains($0.account) }
        .map { ($0.account, $0) })
  }

  /// Distances of all accounts in their order, those of refined accounts exact. [directions]
  var distancesByAccount: some Sequence<[LiquidationDistance]> {
    let exact = Dictionary(grouping: roots, by: \.account)
    return sequence(state: distances.map { $0.makeIterator() }) { iterators in
      var own: [LiquidationDistance] = []
      for direction in iterators.indices {
        guard var distance = iterators[direction].next() else { return nil }
        for found in exact[distance.account] ?? [] where found.direction == direction {
          (distance.down, distance.up) = (found.down, found.up)
        }
        own.append(distance)
      }
      return own.isEmpty ? nil : own
    }
  }

  /// The same of some accounts.
  func distances(
    of accounts: some Collection<AccountIndex>
  ) -> [AccountIndex: [LiquidationDistance]] {
    let asked = Set(accounts)
    var found: [AccountIndex: [LiquidationDistance]] = [:]
    for own in distancesByAccount where asked.contains(own[0].account) {
      found[own[0].account] = own
    }
    return found
  }

  /// Accounts with a surplus that a move within the sweep takes away, nearest first.
  public var nearestAccounts: [AccountIndex] {
    let moves = today.indices.compactMap { position -> (account: AccountIndex, size: Double)? in
      let account = AccountIndex(position)
      guard let health = today[position], health.surplusUSD >= 0,
        let near = nearestMoves[position]
      else { return nil }
      return (account, abs(near.move))
    }
    return moves.sorted { ($0.size, $0.account) < ($1.size, $1.account) }.map(\.account)
  }

  /// Accounts with margin whose surplus is below zero today.
  public var liquidatableCount: Int { today.count { ($0?.surplusUSD ?? 0) < 0 } }
}
