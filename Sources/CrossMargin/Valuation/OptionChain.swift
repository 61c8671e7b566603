// The options of one account on one forward, and what they are worth in the scenarios of a venue.

import PortfolioModel
import RiskNumerics

/// An option position.
public struct OptionLeg: Sendable, Equatable {
  /// Strike, in the unit of the forward, positive.
  public var strike: Double
  /// Call or put.
  public var side: OptionSide
  /// Signed coins; positive is long.
  public var coins: Double
  /// Implied volatility, annual fraction.
  public var volatilityAnnual: Double

  /// A position.
  public init(strike: Double, side: OptionSide, coins: Double, volatilityAnnual: Double) {
    self.strike = strike
    self.side = side
    self.coins = coins
    self.volatilityAnnual = volatilityAnnual
  }
}

/// What options are worth at the base point and in scenarios, in one currency.
public struct ShockedValues: Sendable, Equatable {
  /// Value at the base point.
  public var base: Double
  /// Value in each scenario, before any weight.
  public var shocked: [Double]

  /// Values.
  public init(base: Double, shocked: [Double]) {
    self.base = base
    self.shocked = shocked
  }
}

/// Options of one account with one expiry.
///
/// The forward has a variable part, which moves with the underlying, and a fixed part, which grows
/// while the settlement price is being averaged.
public struct OptionChain: Sendable, Equatable {
  /// How an option pays.
  public enum Payment: Sendable, Equatable {
    /// In the currency of the strike: Black value times the discount factor.
    case quote(discountFactor: Double)
    /// In coins of the underlying: Black value over the forward [Deribit].
    case coin
  }

  /// Seconds to expiry, at least 0.
  public var expirySeconds: Double
  /// Part of the forward that moves with the underlying.
  public var variableForward: Double
  /// Part of the forward that is settled.
  public var fixedForward: Double
  /// How the options pay.
  public var payment: Payment
  /// The positions.
  public var legs: [OptionLeg]

  /// A chain whose forward is given in its two parts.
  public init(
    expirySeconds: Double, variableForward: Double, fixedForward: Double, payment: Payment,
    legs: [OptionLeg]
  ) {
    self.expirySeconds = max(expirySeconds, 0)
    self.variableForward = variableForward
    self.fixedForward = fixedForward
    self.payment = payment
    self.legs = legs
  }

  /// A chain on a forward of which `seconds / window` still moves within the last `window` seconds
  /// before expiry, and all of it before [Derive v2-core, forward feed].
  public init(
    expirySeconds: Double, forward: Double, settlementWindowSeconds: Double, payment: Payment,
    legs: [OptionLeg]
  ) {
    let movingShare = min(max(expirySeconds, 0) / settlementWindowSeconds, 1)
    let variable = forward * movingShare
    self.init(
      expirySeconds: expirySeconds, variableForward: variable, fixedForward: forward - variable,
      payment: payment, legs: legs)
  }

  /// The forward.
  public var forward: Double { variableForward + fixedForward }
  /// Years of 365 days to expiry.
  public var expiryYears: Double { UTCTime.years(ofDays: expiryDays) }
  /// Days of 24 hours to expiry.
  public var expiryDays: Double { expirySeconds / 86_400 }

  /// Value after a price move of the underlying at unchanged volatilities.
  public func value(priceRatio: Double) -> Double {
    values(priceRatios: [priceRatio]) { leg, _ in leg.volatilityAnnual }[0]
  }

  /// Values in scenarios. Skews need the terms of the skew, which the caller grants.
  public func values(
    _ scenarios: [MarginScenario], shock: VolatilityShock, skew: SkewTerms?
  ) -> ShockedValues {
    let (forward, years, days) = (forward, expiryYears, expiryDays)
    let shocked = values(priceRatios: scenarios.map(\.priceRatio)) { leg, scenario in
      switch scenarios[scenario].volatility {
      case .move(0): return leg.volatilityAnnual
      case .move(let move):
        return shock.volatilityAnnual(leg.volatilityAnnual, move: move, expiryDays: days)
      case .skew(let kind):
        guard let skew else { preconditionFailure("a skew scenario needs the terms of the skew") }
        return leg.volatilityAnnual
          * skew.volatilityRatio(kind, strike: leg.strike, forward: forward, expiryYears: years)
      }
    }
    return ShockedValues(base: value(priceRatio: 1), shocked: shocked)
  }

  /// Sums over the legs, in their order.
  private func values(
    priceRatios: [Double], volatilityAnnual: (OptionLeg, Int) -> Double
  ) -> [Double] {
    let forwards = priceRatios.map { variableForward * $0 + fixedForward }
    var sums = [Double](repeating: 0, count: forwards.count)
    var black = sums
    for leg in legs {
      let volatilities = forwards.indices.map { volatilityAnnual(leg, $0) }
      var result = black.mutableSpan
      BlackKernel.values(
        forward: forwards.span, volatility: volatilities.span,
        option: OptionTerms(strike: leg.strike, expiryYears: expiryYears, side: leg.side),
        into: &result)
      for index in forwards.indices { sums[index] += leg.coins * black[index] }
    }
    switch payment {
    case .quote(let discountFactor):
      return sums.map { $0 * discountFactor }
    case .coin:
      return zip(sums, forwards).map { $0 / $1 }
    }
  }
}
