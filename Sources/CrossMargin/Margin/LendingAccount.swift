// Lending as Aave v3 judges it: a health factor from weighted collateral, with modes for assets that
// move together.

/// A balance supplied or borrowed.
public struct LendingBalance: Sendable, Equatable {
  /// Tokens, at least 0.
  public var tokens: Double
  /// Price, USD.
  public var priceUSD: Double
  /// Terms of the asset as collateral.
  public var terms: LendingTerms
  /// Whether the asset belongs to the account's mode.
  public var isInMode: Bool

  /// A balance.
  public init(tokens: Double, priceUSD: Double, terms: LendingTerms, isInMode: Bool) {
    self.tokens = tokens
    self.priceUSD = priceUSD
    self.terms = terms
    self.isInMode = isInMode
  }
}

/// An account.
///
/// Source: aave/aave-v3-core, GenericLogic and LiquidationLogic.
public struct LendingAccount: Sendable, Equatable {
  /// Collateral.
  public var collateral: [LendingBalance]
  /// Debts.
  public var debts: [LendingBalance]
  /// Mode that the account is in; nil for none.
  public var mode: LendingMode?

  /// An account.
  public init(collateral: [LendingBalance], debts: [LendingBalance], mode: LendingMode?) {
    self.collateral = collateral
    self.debts = debts
    self.mode = mode
  }

  /// Price of a balance, USD.
  public func priceUSD(_ balance: LendingBalance) -> Double {
    balance.isInMode ? mode?.priceUSD ?? balance.priceUSD : balance.priceUSD
  }

  /// Terms of a balance as collateral.
  public func terms(_ balance: LendingBalance) -> LendingTerms {
    balance.isInMode ? mode?.terms ?? balance.terms : balance.terms
  }

  private func sumUSD(_ balances: [LendingBalance], _ weight: (LendingTerms) -> Double) -> Double {
    balances.reduce(0) { $0 + $1.tokens * priceUSD($1) * weight(terms($1)) }
  }

  /// Value of all debts, USD.
  public var debtUSD: Double { sumUSD(debts) { _ in 1 } }

  /// Collateral at its liquidation thresholds, USD.
  public var thresholdUSD: Double { sumUSD(collateral, \.liquidationThreshold) }

  /// Collateral at its loan-to-value, USD: the most that may be owed after borrowing.
  public var borrowLimitUSD: Double { sumUSD(collateral, \.loanToValue) }

  /// `sum(collateral x threshold) / debt`; infinite without debt. Below 1 liquidatable.
  public var healthFactor: Double {
    Self.healthFactor(thresholdUSD: thresholdUSD, debtUSD: debtUSD)
  }

  /// The health factor of sums that are already known.
  public static func healthFactor(thresholdUSD: Double, debtUSD: Double) -> Double {
    debtUSD > 0 ? thresholdUSD / debtUSD : .infinity
  }

  /// What may still be borrowed, USD, at least 0.
  public var borrowableUSD: Double { max(borrowLimitUSD - debtUSD, 0) }
}
