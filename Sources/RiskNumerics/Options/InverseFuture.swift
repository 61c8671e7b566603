// The future with a dollar notional that is margined and settled in coin: profit, sensitivities,
// and the price at which its collateral is used up.

/// A position in an inverse future or perpetual, with N dollars of notional (negative is short)
/// entered at S0; formulas are identities of the contract.
public struct InverseFuture: Sendable, Equatable {
  /// N, in USD; positive is long.
  public var notionalUSD: Double
  /// S0, in USD per coin, positive.
  public var entryPriceUSD: Double

  /// A position; its entry price is positive.
  public init(notionalUSD: Double, entryPriceUSD: Double) {
    precondition(notionalUSD.isFinite, "a notional is finite")
    precondition(entryPriceUSD > 0 && entryPriceUSD.isFinite, "an entry price is positive")
    self.notionalUSD = notionalUSD
    self.entryPriceUSD = entryPriceUSD
  }

  /// N (1/S0 - 1/S), in coin; the prices are subtracted first, so that near ones cancel exactly.
  public func profitCoin(atPriceUSD price: Double) -> Double {
    profitUSD(atPriceUSD: price) / price
  }

  /// The same profit converted at S: N (S/S0 - 1), linear in S.
  public func profitUSD(atPriceUSD price: Double) -> Double {
    precondition(price > 0, "a price is positive")
    return notionalUSD * ((price - entryPriceUSD) / entryPriceUSD)
  }

  /// Derivative of the coin profit: N / S^2, coin per dollar of price.
  public func deltaCoin(atPriceUSD price: Double) -> Double {
    precondition(price > 0, "a price is positive")
    return notionalUSD / price / price
  }

  /// Second derivative of the coin profit: -2 N / S^3, coin per dollar of price squared.
  public func gammaCoin(atPriceUSD price: Double) -> Double {
    -2 * deltaCoin(atPriceUSD: price) / price
  }

  /// Collateral and profit, in coin.
  public func equityCoin(collateralCoin: Double, atPriceUSD price: Double) -> Double {
    collateralCoin + profitCoin(atPriceUSD: price)
  }

  /// Collateral and profit converted at S: C S + N (S/S0 - 1), in USD.
  public func equityUSD(collateralCoin: Double, atPriceUSD price: Double) -> Double {
    collateralCoin * price + profitUSD(atPriceUSD: price)
  }

  /// The root S = N / (C + N/S0) of equity = 0 whatever its sign, in USD; nil where equity has no
  /// root because C + N/S0 = 0.
  ///
  /// A root at or below 0 is no price: the position then has no zero at all. See
  /// `zeroEquityPriceUSD`.
  public func zeroEquityRootUSD(collateralCoin: Double) -> Double? {
    let coins = collateralCoin * entryPriceUSD + notionalUSD
    return coins == 0 ? nil : notionalUSD * entryPriceUSD / coins
  }

  /// The price at which equity is zero, in USD; nil where no positive price makes it so, as for a
  /// short whose collateral covers its notional (C >= -N/S0).
  public func zeroEquityPriceUSD(collateralCoin: Double) -> Double? {
    guard let root = zeroEquityRootUSD(collateralCoin: collateralCoin), root > 0 else {
      return nil
    }
    return root
  }
}
