// What a liquidation study found.

import CrossMargin
import PortfolioModel
import RiskNumerics

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
  /// Distances by direction and account. [directions][accounts]
  public var distances: [[LiquidationDistance]]
  /// Accounts whose distances are exact, nearest first.
  public var refined: [AccountIndex]
  /// All roots of the accounts in `refined` along every direction.
  public var roots: [AccountRoots] = []
  /// Ladders by direction.
  public var ladders: [[LadderStep]]
  /// Health today; nil for accounts without margin. [accounts]
  public var today: [AccountHealth?]
  /// Probabilities of liquidation, by account; empty without a history.
  public var passages: [PassageRow]
  /// What moves those of the refined accounts.
  public var sensitivities: [PassageSensitivity]
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
  /// Cascades of liquidations; nil without a sampled set.
  public var contagion: ContagionOutcome?
  /// Cascades after moves of all factors together; empty without markets.
  public var directionCascades: [DirectionCascadeRow] = []
  /// Who pays it.
  public var settings: LiquidationSettings
  /// Instruments of the book.
  public var instruments: [Instrument]
  /// Wall time of the parts, in the order in which they ran.
  public var partTimes: [StageTime] = []
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
    if let mechanics {
      parts.append(
        MechanicsPart(mechanics: mechanics, accountNames: accountNames, settings: settings))
    }
    if let contagion { parts.append(ContagionPart(results: self, outcome: contagion)) }
    return parts
  }

  /// Price of a direction's leading asset after a move, USD.
  func priceUSD(_ direction: Int, _ move: Double) -> Double {
    pricesUSD[direction] * ScalarMath.exp(move)
  }

  /// The nearest move of an account along any direction, by size of the log move.
  public func nearest(_ account: AccountIndex) -> (direction: Int, move: Double)? {
    var best: (direction: Int, move: Double)?
    for (direction, distances) in distances.enumerated() {
      let own = distances[account.position]
      for move in [own.down, own.up].compactMap(\.self)
      where abs(move) < abs(best?.move ?? .infinity) { best = (direction, move) }
    }
    return best
  }

  /// Accounts with a surplus that a move within the sweep takes away, nearest first.
  public var nearestAccounts: [AccountIndex] {
    let moves = today.indices.compactMap { position -> (account: AccountIndex, size: Double)? in
      let account = AccountIndex(position)
      guard let health = today[position], health.surplusUSD >= 0, let near = nearest(account)
      else { return nil }
      return (account, abs(near.move))
    }
    return moves.sorted { ($0.size, $0.account) < ($1.size, $1.account) }.map(\.account)
  }

  /// Accounts with margin whose surplus is below zero today.
  public var liquidatableCount: Int { today.count { ($0?.surplusUSD ?? 0) < 0 } }
}
