// What is said about accounts from their delta-gamma forms.

import PortfolioModel

/// How VaR and expected shortfall of a delta-gamma form were found.
public enum AnalyticMethod: String, Sendable, CaseIterable {
  /// No factor moves what the account holds: there is no loss.
  case riskless
  /// The form has no curvature: closed form.
  case linear
  /// The exact distribution, by an integral along a contour.
  case inversion
  /// The saddlepoint, where the integral did not converge.
  case saddlepoint
  /// The form in the draws, where the integral did not converge and no saddlepoint is known.
  case sampled
}

/// VaR and expected shortfall of one account from its delta-gamma form, USD, positive = loss.
public struct AnalyticRow: Sendable, Equatable {
  /// VaR and expected shortfall by one approximation.
  public struct Pair: Sendable, Equatable {
    /// VaR.
    public var valueAtRiskUSD: Double
    /// Expected shortfall.
    public var expectedShortfallUSD: Double

    /// A pair.
    public init(valueAtRiskUSD: Double, expectedShortfallUSD: Double) {
      self.valueAtRiskUSD = valueAtRiskUSD
      self.expectedShortfallUSD = expectedShortfallUSD
    }
  }

  /// What full revaluation adds: the measure of the account less that of its form, both in the same
  /// draws.
  public struct RevaluationGap: Sendable, Equatable {
    /// Of VaR.
    public var valueAtRiskUSD: Double
    /// Its standard error; nil where the density of the loss there could not be found.
    public var valueAtRiskErrorUSD: Double?
    /// Of expected shortfall.
    public var expectedShortfallUSD: Double
    /// Its standard error.
    public var expectedShortfallErrorUSD: Double

    /// All fields in order.
    public init(
      valueAtRiskUSD: Double, valueAtRiskErrorUSD: Double?, expectedShortfallUSD: Double,
      expectedShortfallErrorUSD: Double
    ) {
      self.valueAtRiskUSD = valueAtRiskUSD
      self.valueAtRiskErrorUSD = valueAtRiskErrorUSD
      self.expectedShortfallUSD = expectedShortfallUSD
      self.expectedShortfallErrorUSD = expectedShortfallErrorUSD
    }
  }

  /// The account.
  public var account: AccountIndex
  /// How the measures were found.
  public var method: AnalyticMethod
  /// Why they were not found exactly; nil where they were.
  public var fallbackReason: String?
  /// The measures of the form.
  public var measures: Pair
  /// The saddlepoint; nil outside of its domain.
  public var saddlepoint: Pair?
  /// VaR by Cornish and Fisher; nil outside of its domain.
  public var cornishFisherUSD: Double?
  /// What full revaluation adds.
  public var revaluation: RevaluationGap

  /// All fields in order.
  public init(
    account: AccountIndex, method: AnalyticMethod, fallbackReason: String? = nil, measures: Pair,
    saddlepoint: Pair? = nil, cornishFisherUSD: Double? = nil, revaluation: RevaluationGap
  ) {
    self.account = account
    self.method = method
    self.fallbackReason = fallbackReason
    self.measures = measures
    self.saddlepoint = saddlepoint
    self.cornishFisherUSD = cornishFisherUSD
    self.revaluation = revaluation
  }
}

/// What a part of an account contributes to its VaR and expected shortfall: the parts of one kind
/// add up to the measures [Tasche 1999].
public struct ContributionRow: Sendable, Equatable {
  /// Kinds of parts.
  public enum Kind: String, Sendable, CaseIterable {
    /// Everything that is an exposure to one asset.
    case underlying
    /// The moves of one factor; half of what two factors do together belongs to each.
    case factor
  }

  /// The account.
  public var account: AccountIndex
  /// The kind of part.
  public var kind: Kind
  /// The asset or the factor.
  public var name: String
  /// Its contributions.
  public var contribution: AnalyticRow.Pair

  /// All fields in order.
  public init(
    account: AccountIndex, kind: Kind, name: String, contribution: AnalyticRow.Pair
  ) {
    self.account = account
    self.kind = kind
    self.name = name
    self.contribution = contribution
  }
}

/// What one holding has to do with VaR and expected shortfall of its account.
public struct HoldingContribution: Sendable, Equatable {
  /// The asset or the instrument.
  public var name: String
  /// Coins or contracts.
  public var quantity: Double
  /// What it contributes; contributions add up to the measures.
  public var contribution: AnalyticRow.Pair
  /// Change of the measures for one more coin or contract.
  public var marginal: AnalyticRow.Pair
  /// The measures less those without the holding; nil where these could not be found exactly. These do not add up.
  public var incremental: AnalyticRow.Pair?
}

/// A scenario that was searched for: the worst of an ellipsoid, or the most plausible breach.
public struct ReverseStressRow: Sendable, Equatable {
  /// What a scenario does.
  public enum Target: String, Sendable, CaseIterable {
    /// It is the worst among those that are not farther away.
    case worstCase = "worst_case"
    /// The account loses its maintenance surplus, the requirement held at today's.
    case maintenance
    /// The account loses its equity.
    case equity
  }

  /// The move of one factor.
  public struct Move: Sendable, Equatable {
    /// The factor.
    public var factor: FactorName
    /// Log return for spot, log change for volatility, change for basis and rate.
    public var move: Double
    /// What it adds to the loss by the delta-gamma form, half of what two factors do together, USD.
    public var lossUSD: Double

    /// All fields in order.
    public init(factor: FactorName, move: Double, lossUSD: Double) {
      self.factor = factor
      self.move = move
      self.lossUSD = lossUSD
    }
  }

  /// The account.
  public var account: AccountIndex
  /// What the scenario does.
  public var target: Target
  /// Place among the scenarios that do the same, the nearest (worst) first, from 0.
  public var rank: Int
  /// Mahalanobis distance, standard deviations.
  public var distance: Double
  /// Probability that moves of the account's factors are farther away than this.
  public var outsideProbability: Double
  /// Probability that the delta-gamma form loses at least `revaluedLossUSD`; nil where it could not
  /// be found.
  public var lossProbability: Double?
  /// Loss in the scenario by full revaluation, USD: the surplus or the equity, to the rounding of the
  /// search, where those are the target.
  public var revaluedLossUSD: Double
  /// Loss of the form in the scenario, USD.
  public var formLossUSD: Double
  /// Loss by full revaluation, as a share of what was looked for, at the scenario that the form alone
  /// leads to, less 1; nil where it leads to none.
  public var formErrorFraction: Double?
  /// All moves, the one with the largest loss first.
  public var moves: [Move]

  /// All fields in order.
  public init(
    account: AccountIndex, target: Target, rank: Int, distance: Double,
    outsideProbability: Double, lossProbability: Double? = nil, revaluedLossUSD: Double,
    formLossUSD: Double, formErrorFraction: Double? = nil, moves: [Move]
  ) {
    self.account = account
    self.target = target
    self.rank = rank
    self.distance = distance
    self.outsideProbability = outsideProbability
    self.lossProbability = lossProbability
    self.revaluedLossUSD = revaluedLossUSD
    self.formLossUSD = formLossUSD
    self.formErrorFraction = formErrorFraction
    self.moves = moves
  }
}
