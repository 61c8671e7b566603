// One liquidation call as on Aave v3: how much debt may be repaid and what is seized for it.

extension CloseFactorTerms {
  /// Aave v3: half of the debt, all of it below a health factor of 0.95.
  public static func aave(protocolFeeFraction: Double) -> CloseFactorTerms {
    CloseFactorTerms(
      partialFraction: 0.5, healthForAll: 0.95, protocolFeeFraction: protocolFeeFraction)
  }

  /// Share of a debt that may be repaid at a health factor; 0 at or above 1.
  public func fraction(health: Double) -> Double {
    health >= 1 ? 0 : health < healthForAll ? 1 : partialFraction
  }
}

/// What one call moves, tokens.
public struct LendingLiquidation: Sendable, Equatable {
  /// Debt repaid.
  public var debtTokens: Double
  /// Collateral taken from the account.
  public var collateralTokens: Double
  /// Of which the protocol keeps.
  public var protocolTokens: Double

  /// A call that repays at most `wantedTokens` of a debt of an account for its collateral.
  ///
  /// Seized is `debt P_debt / P_collateral x bonus`, at most the balance, to which the debt is then
  /// scaled back; the protocol keeps a share of the bonus.
  public init(
    account: LendingAccount, debt: Int, collateral: Int, wantedTokens: Double,
    terms: CloseFactorTerms
  ) {
    let (owed, held) = (account.debts[debt], account.collateral[collateral])
    let bonus = account.terms(held).bonusMultiple
    let tokensPerDebt = account.priceUSD(owed) / account.priceUSD(held)
    let allowed = owed.tokens * terms.fraction(health: account.healthFactor)
    debtTokens = min(wantedTokens, allowed)
    collateralTokens = debtTokens * tokensPerDebt * bonus
    if collateralTokens > held.tokens {
      collateralTokens = held.tokens
      debtTokens = held.tokens / tokensPerDebt / bonus
    }
    let withoutBonus = collateralTokens / bonus
    protocolTokens = (collateralTokens - withoutBonus) * terms.protocolFeeFraction
  }
}
