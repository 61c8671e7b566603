// What selling costs: permanent and temporary impact, and the square-root law.

import RiskNumerics

/// A market as impact formulas see it.
public struct ImpactMarket: Sendable, Equatable {
  /// V: units traded per day, positive.
  public var dailyVolume: Double
  /// Theta: units outstanding, positive.
  public var outstanding: Double
  /// sigma: volatility per day, a fraction.
  public var volatilityDaily: Double

  /// A market.
  public init(dailyVolume: Double, outstanding: Double, volatilityDaily: Double) {
    self.dailyVolume = dailyVolume
    self.outstanding = outstanding
    self.volatilityDaily = volatilityDaily
  }
}

/// Impact of an order worked over a time, fractions of the price.
///
/// Source: Almgren, Thum, Hauptmann, Li 2005, gamma = 0.314, eta = 0.142, beta = 3/5, delta = 1/4,
/// fitted to US equities.
public struct WorkedOrderImpact: Sendable, Equatable {
  /// I: move that stays, `0.314 sigma (X / V) (Theta / V)^(1/4)`.
  public let permanentFraction: Double
  /// What goes when the order is done, `0.142 sigma |X / (V T)|^(3/5)`.
  public let temporaryFraction: Double

  /// Mean cost of the order, `I / 2 + temporary`.
  public var costFraction: Double { permanentFraction / 2 + temporaryFraction }

  /// Impact of an order of `orderFraction` of the daily volume (X / V, at least 0) worked over
  /// `days`, positive.
  public init(orderFraction: Double, days: Double, market: ImpactMarket) {
    precondition(orderFraction >= 0 && days > 0, "an order has a size and a time")
    let turnover = ScalarMath.power(market.outstanding / market.dailyVolume, 0.25)
    permanentFraction = 0.314 * market.volatilityDaily * orderFraction * turnover
    temporaryFraction =
      0.142 * market.volatilityDaily * ScalarMath.power(orderFraction / days, 0.6)
  }
}

/// The concave law of large orders: `dP / P = Y sigma (Q / V)^delta`.
///
/// Source: Donier and Bonart 2015, on BTC.
public struct PowerLawImpact: Sendable, Equatable {
  /// Y, about 1.
  public var scale: Double
  /// delta, about 1/2.
  public var exponent: Double

  /// A law.
  public init(scale: Double, exponent: Double) {
    self.scale = scale
    self.exponent = exponent
  }

  /// Move of the price at the end of the order, a fraction.
  public func peakFraction(orderFraction: Double, volatilityDaily: Double) -> Double {
    scale * volatilityDaily * ScalarMath.power(orderFraction, exponent)
  }

  /// Mean cost over the order, a fraction: the peak over `1 + delta`.
  public func costFraction(orderFraction: Double, volatilityDaily: Double) -> Double {
    peakFraction(orderFraction: orderFraction, volatilityDaily: volatilityDaily) / (1 + exponent)
  }
}
