// Terms of lending: weights of collateral, modes, and how much one call may repay.

/// Weights of a collateral asset, or of a mode that replaces them.
public struct LendingTerms: Sendable, Equatable {
  /// Share of the value that may be borrowed against.
  public var loanToValue: Double
  /// Share of the value at which the debt becomes liquidatable, above `loanToValue`.
  public var liquidationThreshold: Double
  /// Seized value per repaid value, above 1.
  public var bonusMultiple: Double

  /// Terms.
  public init(loanToValue: Double, liquidationThreshold: Double, bonusMultiple: Double) {
    self.loanToValue = loanToValue
    self.liquidationThreshold = liquidationThreshold
    self.bonusMultiple = bonusMultiple
  }
}

/// A mode for correlated assets ("eMode"): terms that replace those of its assets while the account
/// is in it, and a price that they may share.
public struct LendingMode: Sendable, Equatable {
  /// Terms within the mode.
  public var terms: LendingTerms
  /// Price that replaces the assets' own, USD; nil = their own.
  public var priceUSD: Double?

  /// A mode.
  public init(terms: LendingTerms, priceUSD: Double?) {
    self.terms = terms
    self.priceUSD = priceUSD
  }
}

/// Share of a debt that one call may repay.
public struct CloseFactorTerms: Sendable, Equatable {
  /// Share while the health factor is not far below 1.
  public var partialFraction: Double
  /// Health factor below which all of the debt may be repaid.
  public var healthForAll: Double
  /// Share of the bonus that the protocol takes.
  public var protocolFeeFraction: Double

  /// Terms.
  public init(partialFraction: Double, healthForAll: Double, protocolFeeFraction: Double) {
    self.partialFraction = partialFraction
    self.healthForAll = healthForAll
    self.protocolFeeFraction = protocolFeeFraction
  }
}
