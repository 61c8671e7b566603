// A borrower's assets and their volatility, seen through its equity: the way back from a call.

/// Assets of a borrower whose equity is a call on them [Merton 1974].
public struct MertonFirm: Sendable, Equatable {
  /// V: value of the assets, in the unit of the equity.
  public let assets: Double
  /// Volatility of the assets, per 1.00 and year.
  public let assetVolatilityAnnual: Double
  /// d2: distance to default in standard deviations, at the riskless rate.
  public let distanceToDefault: Double

  /// Probability of default at the end of the term, risk-neutral.
  public var defaultProbability: Double { NormalDistribution.cdf(-distanceToDefault) }

  /// What is known of a borrower.
  public struct Equity: Sendable, Equatable {
    /// E: value of the equity, positive.
    public var value: Double
    /// Volatility of the equity, per 1.00 and year, positive.
    public var volatilityAnnual: Double
    /// D: debt due at the end of the term, positive.
    public var debt: Double
    /// Continuous rate per year.
    public var rateContinuous: Double
    /// Term, years, positive.
    public var years: Double

    /// An equity.
    public init(
      value: Double, volatilityAnnual: Double, debt: Double, rateContinuous: Double, years: Double
    ) {
      precondition(
        value > 0 && volatilityAnnual > 0 && debt > 0 && years > 0, "an equity has value and debt")
      self.value = value
      self.volatilityAnnual = volatilityAnnual
      self.debt = debt
      self.rateContinuous = rateContinuous
      self.years = years
    }
  }

  /// Solves `E = V N(d1) - D e^(-rT) N(d2)` and `sigma_E E = N(d1) sigma_V V`.
  ///
  /// Given a volatility of the assets, the first has one root in V between E and E + D e^(-rT), as
  /// a call rises with its underlying; the volatility of the equity that it implies rises with that
  /// of the assets, so that an outer search finds it between 0 and sigma_E.
  public init(_ equity: Equity) {
    let debt = equity.debt * ScalarMath.exp(-equity.rateContinuous * equity.years)
    let root = equity.years.squareRoot()
    func first(_ assets: Double, _ volatility: Double) -> Double {
      ScalarMath.log(assets / debt) / (volatility * root) + volatility * root / 2
    }
    func assets(_ volatility: Double) -> Double {
      ScalarSearch.zero(equity.value, equity.value + debt, isRising: true) { assets in
        let d1 = first(assets, volatility)
        return assets * NormalDistribution.cdf(d1) - debt
          * NormalDistribution.cdf(d1 - volatility * root) - equity.value
      }
    }
    let volatility = ScalarSearch.zero(0, equity.volatilityAnnual, isRising: true) { volatility in
      let value = assets(volatility)
      return NormalDistribution.cdf(first(value, volatility)) * volatility * value
        - equity.volatilityAnnual * equity.value
    }
    let value = assets(volatility)
    self.assets = value
    assetVolatilityAnnual = volatility
    distanceToDefault = first(value, volatility) - volatility * root
  }
}
