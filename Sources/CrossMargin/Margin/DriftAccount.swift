// An account on Drift v2: weighted collateral against weighted debts and positions.

/// A spot balance with its resting orders.
public struct DriftSpotBalance: Sendable, Equatable {
  /// Tokens held, negative is owed.
  public var tokens: Double
  /// Tokens that resting bids would buy, at least 0.
  public var bidTokens: Double
  /// Tokens that resting asks would sell, at least 0.
  public var askTokens: Double
  /// Resting orders, each of which is charged.
  public var orderCount: Int
  /// Price.
  public var price: StrictPrice
  /// Terms of the market.
  public var terms: DriftSpotTerms
  /// Value of all deposits of the asset on the venue, USD.
  public var totalDepositsUSD: Double

  /// A balance without orders.
  public init(
    tokens: Double, price: StrictPrice, terms: DriftSpotTerms, totalDepositsUSD: Double
  ) {
    self.tokens = tokens
    self.price = price
    self.terms = terms
    self.totalDepositsUSD = totalDepositsUSD
    bidTokens = 0
    askTokens = 0
    orderCount = 0
  }

  /// What the balance adds at a level when tokens change by `filledTokens` at the price.
  fileprivate func contribution(_ level: DriftLevel, filledTokens: Double) -> DriftSums {
    var sums = DriftSums()
    sums.add(valueUSD: price.valueUSD(-filledTokens), assetWeight: 1, liabilityWeight: 1)
    let after = tokens + filledTokens
    sums.add(
      valueUSD: price.valueUSD(after), assetWeight: assetWeight(level, tokens: after),
      liabilityWeight: SizeScaledWeight(
        baseFraction: terms.liabilityWeights.value(level),
        premiumPerRootToken: terms.premiumPerRootToken
      ).liabilityFraction(tokens: after))
    return sums
  }

  private func assetWeight(_ level: DriftLevel, tokens: Double) -> Double {
    var weight = terms.assetWeights.value(level)
    if level != .maintenance {
      let initial = DepositScaledWeight(
        baseFraction: terms.assetWeights.initial, startUSD: terms.depositScaleStartUSD
      ).fraction(totalDepositsUSD: totalDepositsUSD)
      weight =
        DriftWeights(initial: initial, maintenance: terms.assetWeights.maintenance).value(level)
    }
    return SizeScaledWeight(
      baseFraction: weight, premiumPerRootToken: terms.premiumPerRootToken
    ).assetFraction(tokens: tokens)
  }

  /// The worse of all bids and all asks filled; without orders both are the balance itself.
  fileprivate func worstContribution(_ level: DriftLevel) -> DriftSums {
    let bids = contribution(level, filledTokens: bidTokens)
    let asks = contribution(level, filledTokens: -askTokens)
    var worst = asks.freeUSD < bids.freeUSD ? asks : bids
    worst.requirementUSD += Double(orderCount) * DriftAccount.orderChargeUSD
    return worst
  }
}

/// An oracle price with its mean over five minutes, which strict accounting compares.
public struct StrictPrice: Sendable, Equatable {
  /// Oracle price, USD.
  public var oracleUSD: Double
  /// Mean over five minutes, USD; nil = the oracle price alone decides.
  public var meanUSD: Double?

  /// A price.
  public init(oracleUSD: Double, meanUSD: Double?) {
    self.oracleUSD = oracleUSD
    self.meanUSD = meanUSD
  }

  /// Value of a balance: assets at the lower price, debts at the higher, USD.
  public func valueUSD(_ tokens: Double) -> Double {
    let mean = meanUSD ?? oracleUSD
    return tokens * (tokens >= 0 ? min(oracleUSD, mean) : max(oracleUSD, mean))
  }
}

/// A perpetual position with its resting orders.
public struct DriftPerpetual: Sendable, Equatable {
  /// Coins, positive is long.
  public var coins: Double
  /// Coins that resting bids would buy, at least 0.
  public var bidCoins: Double
  /// Coins that resting asks would sell, at least 0.
  public var askCoins: Double
  /// Resting orders, each of which is charged.
  public var orderCount: Int
  /// Oracle price, USD.
  public var priceUSD: Double
  /// Unrealised profit with funding, USD.
  public var unrealisedUSD: Double
  /// Unsettled profit of all users of the market, USD.
  public var marketUnsettledUSD: Double
  /// Initial requirement per value that the user chose to have at least; 0 = none.
  public var userRatioMin: Double
  /// Terms of the market.
  public var terms: DriftPerpetualTerms

  /// A position without orders.
  public init(coins: Double, priceUSD: Double, unrealisedUSD: Double, terms: DriftPerpetualTerms) {
    self.coins = coins
    self.priceUSD = priceUSD
    self.unrealisedUSD = unrealisedUSD
    self.terms = terms
    bidCoins = 0
    askCoins = 0
    orderCount = 0
    marketUnsettledUSD = 0
    userRatioMin = 0
  }

  /// Requirement at a level, USD.
  func requirementUSD(_ level: DriftLevel) -> Double {
    let worstCoins = max(abs(coins + bidCoins), abs(coins - askCoins))
    let ratio = SizeScaledWeight(
      baseFraction: terms.marginRatios.value(level),
      premiumPerRootToken: terms.premiumPerRootCoin
    ).liabilityFraction(tokens: worstCoins)
    let userRatio = level == .initial ? userRatioMin : 0
    return worstCoins * priceUSD * max(ratio, userRatio)
      + Double(orderCount) * DriftAccount.orderChargeUSD
  }

  /// What the unrealised profit counts for: a loss in full, a gain by its weight.
  func countedProfitUSD(_ level: DriftLevel) -> Double {
    if unrealisedUSD <= 0 { return unrealisedUSD }
    var weight = terms.profitWeights.value(level)
    if level != .maintenance, terms.profitImbalanceUSDMax > 0,
      marketUnsettledUSD > terms.profitImbalanceUSDMax
    {
      weight *= terms.profitImbalanceUSDMax / marketUnsettledUSD
    }
    weight = SizeScaledWeight(
      baseFraction: weight, premiumPerRootToken: terms.profitPremiumPerRootCoin
    ).assetFraction(tokens: coins)
    let countedUSD = unrealisedUSD * weight
    return level == .initial ? min(countedUSD, terms.initialProfitUSDMax) : countedUSD
  }
}

/// Collateral and requirement of an account at one level, USD.
public struct DriftSums: Sendable, Equatable {
  /// Weighted collateral.
  public fileprivate(set) var collateralUSD = 0.0
  /// Weighted debts and positions.
  public fileprivate(set) var requirementUSD = 0.0

  /// Collateral less requirement: negative = the level is failed.
  public var freeUSD: Double { collateralUSD - requirementUSD }

  fileprivate mutating func add(valueUSD: Double, assetWeight: Double, liabilityWeight: Double) {
    if valueUSD >= 0 {
      collateralUSD += valueUSD * assetWeight
    } else {
      requirementUSD += -valueUSD * liabilityWeight
    }
  }
}

/// An account.
///
/// Source: drift-labs/protocol-v2 @ 0ae3e3b1, math/margin.rs.
public struct DriftAccount: Sendable, Equatable {
  /// Spot balances.
  public var spot: [DriftSpotBalance]
  /// Perpetuals.
  public var perpetuals: [DriftPerpetual]

  /// An account.
  public init(spot: [DriftSpotBalance], perpetuals: [DriftPerpetual]) {
    self.spot = spot
    self.perpetuals = perpetuals
  }

  /// Charge per resting order, USD.
  static let orderChargeUSD = 0.01

  /// Sums at a level: spot balances in order, then perpetuals in order.
  public func sums(_ level: DriftLevel) -> DriftSums {
    var sums = DriftSums()
    for balance in spot {
      let part = balance.worstContribution(level)
      sums.collateralUSD += part.collateralUSD
      sums.requirementUSD += part.requirementUSD
    }
    for perpetual in perpetuals {
      sums.requirementUSD += perpetual.requirementUSD(level)
      sums.collateralUSD += perpetual.countedProfitUSD(level)
    }
    return sums
  }
}
