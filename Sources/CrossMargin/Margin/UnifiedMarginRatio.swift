// Binance portfolio margin: one ratio of adjusted equity to maintenance over all accounts.

/// An asset of an account.
public struct UnifiedAsset: Sendable, Equatable {
  /// Balance of the margin wallet, tokens.
  public var balance: Double
  /// Borrowed with interest, tokens, at least 0.
  public var loan: Double
  /// Balance of the futures wallet, tokens.
  public var futuresBalance: Double
  /// Unrealised profit of futures settled in the asset, tokens.
  public var futuresUnrealised: Double
  /// Index price, USD.
  public var indexUSD: Double
  /// What the asset counts for.
  public var terms: CollateralTerms

  /// An asset.
  public init(
    balance: Double, loan: Double, futuresBalance: Double, futuresUnrealised: Double,
    indexUSD: Double, terms: CollateralTerms
  ) {
    self.balance = balance
    self.loan = loan
    self.futuresBalance = futuresBalance
    self.futuresUnrealised = futuresUnrealised
    self.indexUSD = indexUSD
    self.terms = terms
  }

  /// `(balance - loan + futures balance + unrealised) x index`, USD.
  public var equityUSD: Double {
    (balance - loan + futuresBalance + futuresUnrealised) * indexUSD
  }

  /// Equity that counts: `min(equity x rate, equity)`, USD.
  public var adjustedUSD: Double { terms.countedUSD(valueUSD: equityUSD) }
}

/// An account over all products.
///
/// Source: Binance support, portfolio margin.
public struct UnifiedAccount: Sendable, Equatable {
  /// Assets.
  public var assets: [UnifiedAsset]
  /// Losses that open orders would realise, USD, at least 0.
  public var openLossUSD: Double
  /// Maintenance of futures and options, USD: tiers by position.
  public var contractMaintenanceUSD: Double
  /// Maintenance of loans: value times rate (10 %, 8 %, 5 % at 3, 5, 10 times), USD.
  public var loanMaintenanceUSD: Double

  /// An account.
  public init(
    assets: [UnifiedAsset], openLossUSD: Double, contractMaintenanceUSD: Double,
    loanMaintenanceUSD: Double
  ) {
    self.assets = assets
    self.openLossUSD = openLossUSD
    self.contractMaintenanceUSD = contractMaintenanceUSD
    self.loanMaintenanceUSD = loanMaintenanceUSD
  }

  /// Adjusted equity of all assets in their order, less open losses, USD.
  public var adjustedEquityUSD: Double {
    assets.reduce(0) { $0 + $1.adjustedUSD } - openLossUSD
  }

  /// Contracts, then loans, USD.
  public var maintenanceUSD: Double { contractMaintenanceUSD + loanMaintenanceUSD }

  /// uniMMR: adjusted equity over maintenance; infinite without maintenance.
  public var ratio: Double {
    maintenanceUSD > 0 ? adjustedEquityUSD / maintenanceUSD : .infinity
  }
}

/// How an account may act at a ratio.
public enum UnifiedBand: String, Sendable, Equatable, CaseIterable {
  /// No restriction.
  case free
  /// The user is reminded.
  case reminder
  /// Positions may only shrink.
  case reduceOnly = "reduce_only"
  /// The account is liquidated.
  case liquidation

  /// The band of a ratio: above 1.5, above 1.2, above 1.05, and the rest (Pro accounts).
  public init(ratio: Double) {
    self =
      ratio > 1.5 ? .free : ratio > 1.2 ? .reminder : ratio > 1.05 ? .reduceOnly : .liquidation
  }
}
