// Terms of Derive's portfolio margin, first and second version [Derive v2-core, `PMRMLib`,
// `PMRMLib_2`]. Both are surplus models of one underlying per account.

/// What both versions have.
public struct DeriveScanTerms: Sendable, Equatable {
  /// The scenarios; at most one of each skew, and skews at an unchanged price.
  public var scenarios: [MarginScenario]
  /// Spread and floor of volatility moves.
  public var volatilityShock: VolatilityShock
  /// Discount of expiries that are worth something.
  public var positiveDiscount: StaticDiscountTerms
  /// Forwards of single expiries.
  public var basis: BasisContingencyTerms
  /// Oracles.
  public var confidence: ConfidenceTerms
  /// The stablecoin that cash is held in.
  public var peg: PegLossTerms
  /// Multiplier of losses at the initial level, before the peg.
  public var initialFactor: Double
  /// Charge on the perpetual, fraction of the spot price per coin.
  public var perpetualFraction: Double
  /// Charge on unpaired short options, fraction of the spot price per coin.
  public var nakedShortFraction: Double
  /// Seconds before expiry in which the settlement price is averaged.
  public var settlementWindowSeconds: Double

  /// All terms in order.
  public init(
    scenarios: [MarginScenario], volatilityShock: VolatilityShock,
    positiveDiscount: StaticDiscountTerms, basis: BasisContingencyTerms,
    confidence: ConfidenceTerms, peg: PegLossTerms, initialFactor: Double,
    perpetualFraction: Double, nakedShortFraction: Double, settlementWindowSeconds: Double
  ) {
    self.scenarios = scenarios
    self.volatilityShock = volatilityShock
    self.positiveDiscount = positiveDiscount
    self.basis = basis
    self.confidence = confidence
    self.peg = peg
    self.initialFactor = initialFactor
    self.perpetualFraction = perpetualFraction
    self.nakedShortFraction = nakedShortFraction
    self.settlementWindowSeconds = settlementWindowSeconds
  }
}

extension DeriveScanTerms {
  /// Most scenarios that a rule set may have.
  public static let scenarioCountMax = 40

  /// Whether the venue's contract would take the scenarios: not too many, skews at an unchanged
  /// price only, and each kind of skew once at most.
  public var hasAllowedScenarios: Bool {
    let skews = scenarios.filter(\.isSkew)
    return scenarios.count <= Self.scenarioCountMax && skews.allSatisfy { $0.priceRatio == 1 }
      && Set(skews.map(\.volatility)).count == skews.count
  }

  /// The same with the three scenarios that a trusted risk assessor is checked with, at the
  /// maintenance level: both moves of the basis contingency and no move.
  public var forTrustedAssessor: DeriveScanTerms {
    var terms = self
    terms.scenarios = [basis.upRatio, basis.downRatio, 1].map {
      MarginScenario(priceRatio: $0, volatility: .move(0), weight: 1)
    }
    return terms
  }
}

/// The first version: undiscounted marks, one base holding, charges scaled with the loss.
public struct DerivePortfolioTerms1: Sendable, Equatable {
  /// What both versions have.
  public var scan: DeriveScanTerms
  /// Charge on the base holding, fraction of the spot price per coin.
  public var baseFraction: Double

  /// All terms in order.
  public init(scan: DeriveScanTerms, baseFraction: Double) {
    self.scan = scan
    self.baseFraction = baseFraction
  }
}

/// The second version: discounted marks, many collaterals, charges of each level on their own.
public struct DerivePortfolioTerms2: Sendable, Equatable {
  /// What both versions have.
  public var scan: DeriveScanTerms
  /// Mark-up of expiries that are owed, at most what undoes the discount.
  public var negativeDiscount: StaticDiscountTerms
  /// Skew scenarios.
  public var skew: SkewTerms
  /// Multiplier of losses at the maintenance level.
  public var maintenanceFactor: Double
  /// What the initial level adds to the charge on the perpetual, fraction.
  public var perpetualExtraFraction: Double
  /// What the initial level adds to the charge on unpaired short options, fraction.
  public var nakedShortExtraFraction: Double

  /// All terms in order.
  public init(
    scan: DeriveScanTerms, negativeDiscount: StaticDiscountTerms, skew: SkewTerms,
    maintenanceFactor: Double, perpetualExtraFraction: Double, nakedShortExtraFraction: Double
  ) {
    self.scan = scan
    self.negativeDiscount = negativeDiscount
    self.skew = skew
    self.maintenanceFactor = maintenanceFactor
    self.perpetualExtraFraction = perpetualExtraFraction
    self.nakedShortExtraFraction = nakedShortExtraFraction
  }
}
