// The terms of Derive's Standard Manager: perpetuals, options and collateral of many underlyings,
// each on its own.

/// Terms of one underlying.
///
/// Source: derivexyz/v2-core @ 7736900d, src/risk-managers/StandardManager.sol.
public struct StandardMarginTerms: Sendable, Equatable {
  /// Rates of the perpetual's notional.
  public var perpetual: StandardPerpetualTerms
  /// Rates of options.
  public var option: StandardOptionTerms
  /// Extra initial margin while a price feed is unsure.
  public var confidence: StandardConfidenceTerms
  /// What the underlying counts as collateral.
  public var base: StandardBaseTerms
  /// Extra initial margin per value of perpetuals and short options while the stablecoin is below
  /// its peg.
  public var depeg: PegLossTerms

  /// Terms of an underlying.
  public init(
    perpetual: StandardPerpetualTerms, option: StandardOptionTerms,
    confidence: StandardConfidenceTerms,
    base: StandardBaseTerms, depeg: PegLossTerms
  ) {
    self.perpetual = perpetual
    self.option = option
    self.confidence = confidence
    self.base = base
    self.depeg = depeg
  }
}

/// Rates of a perpetual, fractions of its notional.
public struct StandardPerpetualTerms: Sendable, Equatable {
  /// Initial rate.
  public var initialFraction: Double
  /// Maintenance rate.
  public var maintenanceFraction: Double

  /// Rates.
  public init(initialFraction: Double, maintenanceFraction: Double) {
    self.initialFraction = initialFraction
    self.maintenanceFraction = maintenanceFraction
  }
}

/// Rates of short options.
public struct StandardOptionTerms: Sendable, Equatable {
  /// Initial rate at the money, a fraction of the spot price; the out-of-the-money fraction is
  /// taken off it.
  public var initialSpotFraction: Double
  /// Least initial rate, a fraction of the spot price.
  public var initialSpotFractionMin: Double
  /// Maintenance rates.
  public var maintenance: StandardOptionMaintenance
  /// The initial margin of a put is at least its maintenance margin times this.
  public var putInitialFactor: Double
  /// Charge per unpaired short call in the largest loss, a multiple of the forward, initial.
  public var unpairedCallInitialFactor: Double
  /// The same, maintenance.
  public var unpairedCallMaintenanceFactor: Double

  /// Rates.
  public init(
    initialSpotFraction: Double, initialSpotFractionMin: Double,
    maintenance: StandardOptionMaintenance, putInitialFactor: Double,
    unpairedCallInitialFactor: Double, unpairedCallMaintenanceFactor: Double
  ) {
    self.initialSpotFraction = initialSpotFraction
    self.initialSpotFractionMin = initialSpotFractionMin
    self.maintenance = maintenance
    self.putInitialFactor = putInitialFactor
    self.unpairedCallInitialFactor = unpairedCallInitialFactor
    self.unpairedCallMaintenanceFactor = unpairedCallMaintenanceFactor
  }
}

/// Maintenance rates of short options.
public struct StandardOptionMaintenance: Sendable, Equatable {
  /// Rate of a call, a fraction of the spot price.
  public var callSpotFraction: Double
  /// Rate of a put, a fraction of the spot price.
  public var putSpotFraction: Double
  /// Rate of a put, a fraction of its mark, where that is more.
  public var putMarkFraction: Double

  /// Rates.
  public init(callSpotFraction: Double, putSpotFraction: Double, putMarkFraction: Double) {
    self.callSpotFraction = callSpotFraction
    self.putSpotFraction = putSpotFraction
    self.putMarkFraction = putMarkFraction
  }
}

/// Extra initial margin of positions whose price feeds report a low confidence.
public struct StandardConfidenceTerms: Sendable, Equatable {
  /// Of perpetuals.
  public var perpetual: ConfidenceTerms
  /// Of short options.
  public var option: ConfidenceTerms
  /// Of base assets.
  public var base: ConfidenceTerms

  /// Terms.
  public init(perpetual: ConfidenceTerms, option: ConfidenceTerms, base: ConfidenceTerms) {
    self.perpetual = perpetual
    self.option = option
    self.base = base
  }
}

/// What the underlying counts as collateral.
public struct StandardBaseTerms: Sendable, Equatable {
  /// Share of the value that counts for maintenance, in [0, 1].
  public var maintenanceFraction: Double
  /// Share of that which counts for initial margin, in [0, 1].
  public var initialFactor: Double

  /// Terms.
  public init(maintenanceFraction: Double, initialFactor: Double) {
    self.maintenanceFraction = maintenanceFraction
    self.initialFactor = initialFactor
  }
}
