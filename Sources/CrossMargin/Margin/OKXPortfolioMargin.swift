// An approximation of OKX's portfolio margin, and its charge for stablecoins leaving their peg.

/// Requirement of one risk unit, USD: the sum of what is shown, in the order shown.
public struct OKXRequirement: Sendable, Equatable {
  /// The largest of spot shock, time decay and extreme move (MR1, MR2, MR6).
  public var shockUSD: Double
  /// Vega across expiries (MR3).
  public var vegaUSD: Double
  /// Forwards of single expiries (MR4).
  public var basisUSD: Double
  /// Interest rates (MR5).
  public var rateUSD: Double
  /// Stablecoins leaving their peg (MR9).
  public var depegUSD: Double
  /// What is missing to the minimum charge (MR7).
  public var minimumTopUpUSD: Double
  /// Initial over maintenance requirement.
  public var initialFactor: Double

  /// Maintenance requirement.
  public var maintenanceUSD: Double {
    ((((shockUSD + vegaUSD) + basisUSD) + rateUSD) + depegUSD) + minimumTopUpUSD
  }
  /// Initial requirement.
  public var initialUSD: Double { maintenanceUSD * initialFactor }
}

/// What the requirement of one risk unit is made of.
public struct OKXRiskUnit: Sendable, Equatable {
  /// Profit in each scenario of the grid (MR1), USD.
  public var gridProfitsUSD: [Double]
  /// Profit at the extreme moves up and down (MR6), USD.
  public var extremeProfitsUSD: [Double]
  /// Loss of time value (MR2), USD, at least 0.
  public var timeDecayUSD: Double
  /// Vega across expiries (MR3), USD.
  public var vegaUSD: Double
  /// Net delta of each expiry, USD.
  public var deltasUSD: [ExpiryDelta]
  /// Interest rates (MR5), USD.
  public var rateUSD: Double
  /// Minimum charge before its multipliers (MR7), USD.
  public var rawMinimumUSD: Double
  /// Net exposure by quote currency, USD, signed.
  public var exposures: [QuoteExposure]

  /// All parts in order.
  public init(
    gridProfitsUSD: [Double], extremeProfitsUSD: [Double], timeDecayUSD: Double, vegaUSD: Double,
    deltasUSD: [ExpiryDelta], rateUSD: Double, rawMinimumUSD: Double, exposures: [QuoteExposure]
  ) {
    self.gridProfitsUSD = gridProfitsUSD
    self.extremeProfitsUSD = extremeProfitsUSD
    self.timeDecayUSD = timeDecayUSD
    self.vegaUSD = vegaUSD
    self.deltasUSD = deltasUSD
    self.rateUSD = rateUSD
    self.rawMinimumUSD = rawMinimumUSD
    self.exposures = exposures
  }
}

/// Exposure to an underlying in contracts that are quoted in one currency.
public struct QuoteExposure: Sendable, Equatable {
  /// The currency.
  public var quote: String
  /// Net exposure, USD, signed.
  public var exposureUSD: Double

  /// An exposure.
  public init(quote: String, exposureUSD: Double) {
    self.quote = quote
    self.exposureUSD = exposureUSD
  }
}

extension OKXPortfolioTerms {
  /// Scenarios of the spot shock (MR1).
  public func gridScenarios(asset: String) -> [MarginScenario] {
    MarginScenario.grid(grid, asset: asset)
  }

  /// Scenarios of the extreme move (MR6), up and down.
  public var extremeScenarios: [MarginScenario] {
    [extremeMoveFraction, -extremeMoveFraction].map {
      MarginScenario(priceRatio: 1 + $0, volatility: .move(0), weight: 1)
    }
  }

  /// Requirement of a risk unit.
  public func requirement(_ unit: OKXRiskUnit) -> OKXRequirement {
    let shock = max(
      -WorstProfit(unit.gridProfitsUSD).profit, unit.timeDecayUSD,
      -WorstProfit(unit.extremeProfitsUSD).profit, 0)
    var requirement = OKXRequirement(
      shockUSD: shock, vegaUSD: unit.vegaUSD, basisUSD: basis.rollShock(unit.deltasUSD),
      rateUSD: unit.rateUSD, depegUSD: depegUSD(unit.exposures), minimumTopUpUSD: 0,
      initialFactor: initialFactor)
    requirement.minimumTopUpUSD = max(
      minimumCharge.charge(unit.rawMinimumUSD) - requirement.maintenanceUSD, 0)
    return requirement
  }

  /// Charge for stablecoins leaving their peg (MR9), USD: opposite exposures are matched pair by
  /// pair in the order of the terms, and what one pair uses is gone for the next.
  public func depegUSD(_ exposures: [QuoteExposure]) -> Double {
    var left = exposures
    var sum = 0.0
    for pair in depeg {
      guard let first = left.firstIndex(where: { $0.quote == pair.first }),
        let second = left.firstIndex(where: { $0.quote == pair.second }),
        left[first].exposureUSD * left[second].exposureUSD < 0
      else { continue }
      let hedgedUSD = min(abs(left[first].exposureUSD), abs(left[second].exposureUSD))
      sum += pair.tiers.charge(hedgedUSD)
      for index in [first, second] {
        left[index].exposureUSD -= left[index].exposureUSD < 0 ? -hedgedUSD : hedgedUSD
      }
    }
    return sum
  }
}
