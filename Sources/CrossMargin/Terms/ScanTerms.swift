// The terms of rule sets of the family *scan*: requirement from the worst of a scenario grid.

import PortfolioModel

/// Terms of one rule set. No value has a default.
///
/// For a level with factor `f` and haircuts `h`, all in USD, with `scan` the worst loss of the grid:
/// `requirement = f (scan + basis + naked short) + borrow`,
/// `surplus = equity - sum of h x positive balances - requirement`.
public struct ScanTerms: Sendable, Equatable {
  /// The scenarios that are scanned.
  public var grid: PriceVolatilityGrid
  /// Share of an underlying's gain in a scenario that may offset losses of others, in [0, 1].
  public var gainOffsetFraction: Double
  /// Whether collateral that is itself an underlying, or tracks one, moves with it in the scan,
  /// after the maintenance haircut.
  public var isCollateralScanned: Bool
  /// Charge for forwards of single expiries moving against the spot price.
  public var basis: BasisTerms
  /// Least requirement of an unpaired short option, fraction of the spot price per coin.
  public var nakedShortFraction: Double
  /// Multiplier of the requirement, at least `maintenance.factor`.
  public var initial: LevelTerms
  /// Multiplier of the requirement, positive.
  public var maintenance: LevelTerms

  /// Terms of a rule set; what is not an argument must be set by the caller who parsed it.
  public init(
    grid: PriceVolatilityGrid, basis: BasisTerms, initial: LevelTerms, maintenance: LevelTerms
  ) {
    self.grid = grid
    self.basis = basis
    self.initial = initial
    self.maintenance = maintenance
    gainOffsetFraction = 0
    isCollateralScanned = false
    nakedShortFraction = 0
  }
}

/// Terms that differ between initial and maintenance level.
public struct LevelTerms: Sendable, Equatable {
  /// Multiplier of the risk part of the requirement, positive.
  public var factor: Double
  /// Requirement for borrowed amounts, fraction of their value, at least 0.
  public var borrowFraction: Double
  /// Haircuts of assets, sorted by name.
  public var haircuts: [AssetHaircut]
  /// Haircut of assets that are not listed, in [0, 1].
  public var otherHaircutFraction: Double

  /// Terms of a level.
  public init(
    factor: Double, borrowFraction: Double, haircuts: [AssetHaircut], otherHaircutFraction: Double
  ) {
    self.factor = factor
    self.borrowFraction = borrowFraction
    self.haircuts = haircuts
    self.otherHaircutFraction = otherHaircutFraction
  }

  /// The haircut of an asset, fraction of the value of a positive balance. USD has none.
  public func haircutFraction(of asset: String) -> Double {
    if asset == "USD" { return 0 }
    return firstIndex(in: haircuts, named: asset, name: \.asset).map { haircuts[$0].fraction }
      ?? otherHaircutFraction
  }
}

/// Haircut of one asset.
public struct AssetHaircut: Sendable, Equatable {
  /// The asset.
  public var asset: String
  /// Fraction of the value of a positive balance that does not count, in [0, 1].
  public var fraction: Double

  /// A haircut.
  public init(asset: String, fraction: Double) {
    self.asset = asset
    self.fraction = fraction
  }
}

/// Basis contingency: each expiry's forward moves by `max(minimumMove, e^(annualMove T) - 1)` up
/// and down at an unchanged spot price; the loss of each expiry counts, a gain does not.
public struct BasisTerms: Sendable, Hashable {
  /// Smallest relative move of a forward, at least 0.
  public var moveFractionMin: Double
  /// Relative move per year to expiry, continuous, at least 0.
  public var moveAnnual: Double
  /// Multiplier of the loss, at least 0.
  public var weight: Double

  /// Terms of the contingency.
  public init(moveFractionMin: Double, moveAnnual: Double, weight: Double) {
    self.moveFractionMin = moveFractionMin
    self.moveAnnual = moveAnnual
    self.weight = weight
  }
}
