// The likeliest moves that liquidate an account, and what they say about it.

import PortfolioModel
import RiskNumerics

/// How an account and its nearest liquidation stand to each other.
public enum LiquidationOutcome: String, Sendable, Equatable, CaseIterable, BitwiseCopyable {
  /// One nearest point.
  case single
  /// Two points as near as each other: the account fears both directions alike.
  case twin
  /// No move of the factors within 40 standard deviations takes its surplus.
  case none
  /// It has no surplus today.
  case lost
}

/// A joint move of all factors that leaves an account without surplus.
public struct LiquidationPoint: Sendable, Equatable {
  /// The part of one factor.
  public struct Move: Sendable, Equatable {
    /// The factor.
    public var factor: FactorName
    /// Its log move.
    public var move: Double
    /// Its share z^2 / beta^2 of the squared distance; the shares of a point sum to 1.
    public var share: Double

    /// All fields in order.
    public init(factor: FactorName, move: Double, share: Double) {
      self.factor = factor
      self.move = move
      self.share = share
    }
  }

  /// beta: Mahalanobis distance, standard deviations over the horizon.
  public var distance: Double
  /// The moves, in the order of factor names.
  public var moves: [Move]
  /// The moves of a second point as near; empty where there is none.
  public var twinMoves: [Move]
  /// Phi(-beta), at the end of the horizon, for normal moves.
  public var oneSidedProbability: Double
  /// The same with the curvature of the border [Breitung 1984]; nil where it has no sense.
  public var curvedProbability: Double?
  /// Equity there before haircuts, USD.
  public var equityUSD: Double

  /// All fields in order.
  public init(
    distance: Double, moves: [Move], twinMoves: [Move], oneSidedProbability: Double,
    curvedProbability: Double?, equityUSD: Double
  ) {
    self.distance = distance
    self.moves = moves
    self.twinMoves = twinMoves
    self.oneSidedProbability = oneSidedProbability
    self.curvedProbability = curvedProbability
    self.equityUSD = equityUSD
  }
}

/// What a search of the nearest liquidation found.
public struct FoundLiquidation: Sendable, Equatable {
  /// How it ended.
  public var outcome: LiquidationOutcome
  /// The point; nil for outcomes `none` and `lost`.
  public var point: LiquidationPoint?

  /// All fields in order.
  public init(outcome: LiquidationOutcome, point: LiquidationPoint?) {
    self.outcome = outcome
    self.point = point
  }
}

/// The nearest liquidation of an account by its second-order form, the requirement frozen at today's.
public struct FormDistance: Sendable, Equatable {
  /// The account.
  public var account: AccountIndex
  /// Surplus at the last level today, USD.
  public var surplusUSD: Double
  /// What was found.
  public var found: FoundLiquidation
  /// Surplus at the point by full revaluation with the requirement of today, USD; nil where that was
  /// not asked for or there is no point.
  public var frozenSurplusUSD: Double?
  /// The same with the requirement scanned again there, USD.
  public var rescannedSurplusUSD: Double?

  /// All fields in order.
  public init(
    account: AccountIndex, surplusUSD: Double, found: FoundLiquidation,
    frozenSurplusUSD: Double? = nil, rescannedSurplusUSD: Double? = nil
  ) {
    self.account = account
    self.surplusUSD = surplusUSD
    self.found = found
    self.frozenSurplusUSD = frozenSurplusUSD
    self.rescannedSurplusUSD = rescannedSurplusUSD
  }
}

/// The nearest liquidation of an account by full revaluation, with the requirement of today and with
/// the one that is scanned again at every point.
public struct RefinedDistance: Sendable, Equatable {
  /// The account.
  public var account: AccountIndex
  /// Surplus at the last level today, USD.
  public var surplusUSD: Double
  /// What was found with the requirement frozen.
  public var frozen: FoundLiquidation
  /// What was found with the requirement scanned again.
  public var rescanned: FoundLiquidation
  /// Surplus, scanned again, at the point of the frozen requirement, USD: positive where rescanning
  /// leaves more room; nil without that point.
  public var surplusAtFrozenPointUSD: Double?
}
