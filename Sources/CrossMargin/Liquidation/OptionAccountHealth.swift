// Health of an account with options as one price moves, everything else held.

import RiskNumerics

/// An account of one underlying whose surplus is revalued at any price: cash, linear contracts with a
/// tier schedule, options valued by Black at held volatilities and margined by the short formula.
public struct OptionAccountHealth: Sendable, Equatable {
  /// An option position.
  public struct Position: Sendable, Equatable {
    /// Strike, expiry and side.
    public var terms: OptionTerms
    /// Coins, positive is long.
    public var coins: Double
    /// Volatility, per 1.00 and year.
    public var volatilityAnnual: Double
    /// Forward over spot.
    public var forwardRatio: Double

    /// A position.
    public init(
      terms: OptionTerms, coins: Double, volatilityAnnual: Double, forwardRatio: Double
    ) {
      self.terms = terms
      self.coins = coins
      self.volatilityAnnual = volatilityAnnual
      self.forwardRatio = forwardRatio
    }

    /// Value of one coin's option at a spot price, undiscounted, USD.
    func valueUSD(spotUSD: Double) -> Double {
      BlackKernel.value(
        forward: spotUSD * forwardRatio, volatility: volatilityAnnual, option: terms)
    }
  }

  /// Equity without the linear contracts and the options, USD.
  public var cashUSD: Double
  /// Coins of linear contracts, positive is long.
  public var linearCoins: Double
  /// Price from which their profit counts, USD.
  public var referenceUSD: Double
  /// Options.
  public var options: [Position]
  /// Maintenance of the linear contracts.
  public var schedule: TierSchedule
  /// Maintenance of short options.
  public var shortOptions: ShortOptionTerms

  /// An account.
  public init(
    cashUSD: Double, linearCoins: Double, referenceUSD: Double, options: [Position],
    schedule: TierSchedule, shortOptions: ShortOptionTerms
  ) {
    self.cashUSD = cashUSD
    self.linearCoins = linearCoins
    self.referenceUSD = referenceUSD
    self.options = options
    self.schedule = schedule
    self.shortOptions = shortOptions
  }

  /// Equity less maintenance at a price, USD: cash, linear contracts, options in their order.
  public func surplusUSD(atPriceUSD price: Double) -> Double {
    var surplus = cashUSD + linearCoins * (price - referenceUSD)
    surplus -= schedule.requirementUSD(notionalUSD: abs(linearCoins) * price)
    for option in options {
      let valueUSD = option.valueUSD(spotUSD: price)
      surplus += option.coins * valueUSD
      guard option.coins < 0 else { continue }
      let quoted = QuotedOption(
        underlyingUSD: price, strikeUSD: option.terms.strike, side: option.terms.side,
        mark: valueUSD, isInverse: false)
      surplus +=
        shortOptions.shortMargin(quoted, rateFactor: 1).maintenance * option.coins
        // The formula contains the mark, which the equity has paid for already.
        - option.coins * valueUSD
    }
    return surplus
  }

  /// All prices in a range at which the surplus crosses zero.
  public func scan(pricesUSD: ClosedRange<Double>, stepCount: Int) -> LiquidationPriceScan {
    var kinks = options.map(\.terms.strike)
    if linearCoins != 0 {
      kinks += schedule.tiers.dropFirst().map { $0.lowerNotionalUSD / abs(linearCoins) }
    }
    return LiquidationPriceScan(pricesUSD: pricesUSD, kinksUSD: kinks, stepCount: stepCount) {
      surplusUSD(atPriceUSD: $0)
    }
  }
}
