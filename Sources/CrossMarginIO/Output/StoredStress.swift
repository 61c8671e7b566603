// Stored reverse stresses, read back for the report.

import CrossMargin
import GRDB

/// A stored stress and the account that it is about.
public struct StoredStress: Sendable, Equatable {
  /// The move of one factor as stored.
  public struct Move: Sendable, Equatable {
    /// Name of the factor.
    public var factor: String
    /// Log return for spot, log change for volatility, change for basis and rate.
    public var move: Double
  }

  /// Name or pseudonym of the account.
  public var account: String
  /// What the scenario does.
  public var target: ReverseStressRow.Target
  /// Mahalanobis distance, standard deviations.
  public var distance: Double
  /// Probability that moves of the account's factors are farther away.
  public var outsideProbability: Double
  /// Probability that the delta-gamma form loses at least as much; nil where it is not known.
  public var lossProbability: Double?
  /// Loss by full revaluation, USD.
  public var revaluedLossUSD: Double
  /// The moves that lose most, the largest loss first.
  public var moves: [Move]
}

extension ResultReader {
  /// The most plausible scenarios in which accounts lose a target, the nearest accounts first; empty
  /// where the run searched none. Accounts that have lost it already are left out.
  public func nearestStresses(
    _ target: ReverseStressRow.Target, limit: Int
  ) throws(OutputError) -> [StoredStress] {
    guard schema.extras.contains(.reverseStress) else { return [] }
    return try database.read { connection in
      let moves = (1...ResultExtras.namedMoveCount).map { ", s.factor_\($0), s.move_\($0)" }
      let rows = try Row.fetchAll(
        connection,
        sql: """
          SELECT a.name, s.distance, s.outside_probability, s.loss_probability,
            s.revalued_loss_usd\(moves.joined())
          FROM account_reverse_stress s JOIN account a USING (account)
          WHERE s.target = ? AND s.rank = 0 AND s.distance > 0 ORDER BY s.distance, s.account LIMIT ?
          """, arguments: [target.rawValue, limit])
      return rows.map { row in
        StoredStress(
          account: row[0], target: target, distance: row[1], outsideProbability: row[2],
          lossProbability: row[3], revaluedLossUSD: row[4],
          moves: (0..<ResultExtras.namedMoveCount).compactMap { place in
            guard let factor: String = row[5 + 2 * place], let move: Double = row[6 + 2 * place]
            else { return nil }
            return StoredStress.Move(factor: factor, move: move)
          })
      }
    }
  }

  /// Number of accounts that have lost a target already.
  public func lostCount(_ target: ReverseStressRow.Target) throws(OutputError) -> Int {
    guard schema.extras.contains(.reverseStress) else { return 0 }
    return try database.read { connection in
      try Int.fetchOne(
        connection,
        sql: "SELECT count(*) FROM account_reverse_stress WHERE target = ? AND distance = 0",
        arguments: [target.rawValue]) ?? 0
    }
  }
}
