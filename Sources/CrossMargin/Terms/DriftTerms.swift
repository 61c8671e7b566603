// The terms of spot and perpetual markets on Drift v2.

/// The level at which an account is judged; the fill level is the mean of the other two.
public enum DriftLevel: Sendable, Equatable, CaseIterable {
  /// Below it an account is liquidated.
  case maintenance
  /// Needed for fills of resting orders.
  case fill
  /// Needed to open risk.
  case initial
}

/// Two values, by level.
public struct DriftWeights: Sendable, Equatable {
  /// At the initial level.
  public var initial: Double
  /// At the maintenance level.
  public var maintenance: Double

  /// Weights.
  public init(initial: Double, maintenance: Double) {
    self.initial = initial
    self.maintenance = maintenance
  }

  /// The weight of a level.
  public func value(_ level: DriftLevel) -> Double {
    switch level {
    case .initial: initial
    case .maintenance: maintenance
    case .fill: (initial + maintenance) / 2
    }
  }
}

/// Terms of a spot market.
///
/// Source: drift-labs/protocol-v2 @ 0ae3e3b1, state/spot_market.rs.
public struct DriftSpotTerms: Sendable, Equatable {
  /// Weight of a deposit.
  public var assetWeights: DriftWeights
  /// Weight of a debt, at least 1.
  public var liabilityWeights: DriftWeights
  /// "imf factor" of both weights, per square root of a token.
  public var premiumPerRootToken: Double
  /// Value of all deposits at which the initial asset weight begins to shrink, USD; 0 = never.
  public var depositScaleStartUSD: Double

  /// Terms.
  public init(
    assetWeights: DriftWeights, liabilityWeights: DriftWeights, premiumPerRootToken: Double,
    depositScaleStartUSD: Double
  ) {
    self.assetWeights = assetWeights
    self.liabilityWeights = liabilityWeights
    self.premiumPerRootToken = premiumPerRootToken
    self.depositScaleStartUSD = depositScaleStartUSD
  }

  /// The quote asset: weights of 1, whatever the size.
  public static let quote = DriftSpotTerms(
    assetWeights: DriftWeights(initial: 1, maintenance: 1),
    liabilityWeights: DriftWeights(initial: 1, maintenance: 1), premiumPerRootToken: 0,
    depositScaleStartUSD: 0)
}

/// Terms of a perpetual market.
///
/// Source: drift-labs/protocol-v2 @ 0ae3e3b1, state/perp_market.rs.
public struct DriftPerpetualTerms: Sendable, Equatable {
  /// Requirement per value of a small position.
  public var marginRatios: DriftWeights
  /// "imf factor" of the ratio, per square root of a coin.
  public var premiumPerRootCoin: Double
  /// Share of a positive unrealised profit that counts, at most 1.
  public var profitWeights: DriftWeights
  /// "imf factor" of that share, per square root of a coin.
  public var profitPremiumPerRootCoin: Double
  /// Unsettled profit of the market above which the initial share shrinks, USD; 0 = never.
  public var profitImbalanceUSDMax: Double
  /// Largest profit that counts at the initial level, USD.
  public var initialProfitUSDMax: Double

  /// Terms.
  public init(
    marginRatios: DriftWeights, premiumPerRootCoin: Double, profitWeights: DriftWeights,
    profitPremiumPerRootCoin: Double, profitImbalanceUSDMax: Double, initialProfitUSDMax: Double
  ) {
    self.marginRatios = marginRatios
    self.premiumPerRootCoin = premiumPerRootCoin
    self.profitWeights = profitWeights
    self.profitPremiumPerRootCoin = profitPremiumPerRootCoin
    self.profitImbalanceUSDMax = profitImbalanceUSDMax
    self.initialProfitUSDMax = initialProfitUSDMax
  }
}
