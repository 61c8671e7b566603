// An account of perpetuals with one cash collateral, as dYdX v4 margins it: requirements against
// net collateral.

import RiskNumerics

/// One position.
public struct PerpetualPosition: Sendable, Equatable {
  /// Coins, positive is long.
  public var coins: Double
  /// Oracle price, USD.
  public var priceUSD: Double
  /// Initial requirement per USD of notional.
  public var initialFraction: Double
  /// Maintenance requirement per USD of notional.
  public var maintenanceFraction: Double

  /// A position at rates that are already known.
  public init(
    coins: Double, priceUSD: Double, initialFraction: Double, maintenanceFraction: Double
  ) {
    self.coins = coins
    self.priceUSD = priceUSD
    self.initialFraction = initialFraction
    self.maintenanceFraction = maintenanceFraction
  }

  /// A position of a market: the initial rate follows the open interest, and is at least one over
  /// the leverage that the user chose.
  public init(
    coins: Double, priceUSD: Double, tier: LiquidityTier, openInterestUSD: Double,
    leverageMax: Double?
  ) {
    let market = tier.initial.initialFraction(openInterestUSD: openInterestUSD)
    self.init(
      coins: coins, priceUSD: priceUSD,
      initialFraction: max(market, leverageMax.map { 1 / $0 } ?? 0),
      maintenanceFraction: tier.maintenanceFraction)
  }

  /// Signed value, USD.
  public var notionalUSD: Double { coins * priceUSD }

  /// Initial requirement, rounded up to the ledger's step, USD.
  public var initialUSD: Double { Self.requirementUSD(notionalUSD, initialFraction) }

  /// Maintenance requirement, rounded up to the ledger's step, USD.
  public var maintenanceUSD: Double { Self.requirementUSD(notionalUSD, maintenanceFraction) }

  /// The ledger counts in millionths of a dollar.
  static let partsPerUSD = 1_000_000.0

  /// The requirement of a signed notional at a rate, rounded up.
  static func requirementUSD(_ notionalUSD: Double, _ fraction: Double) -> Double {
    DecimalStep.up(abs(notionalUSD) * fraction, partsPerUnit: partsPerUSD)
  }

  /// Initial requirement of a notional at a market's rate, rounded up to whole units of the
  /// notional.
  ///
  /// Both amounts are in the same unit, the venue's being 10^-6 USD; the rate is in millionths, so
  /// that the product of whole numbers stays exact.
  public static func wholeInitialRequirement(
    notional: Double, openInterest: Double, scaling: OpenInterestScaling
  ) -> Double {
    let parts = scaling.initialParts(openInterestUSD: openInterest)
    return (abs(notional) * parts / OpenInterestScaling.partsPerUnit).rounded(.up)
  }
}

/// An account of perpetuals.
///
/// Source: dydxprotocol/v4-chain @ 84d4664b, x/perpetuals/lib, x/clob/keeper/liquidations.go.
public struct PerpetualAccount: Sendable, Equatable {
  /// Cash, negative is owed, USD.
  public var cashUSD: Double
  /// Positions.
  public var positions: [PerpetualPosition]

  /// An account.
  public init(cashUSD: Double, positions: [PerpetualPosition]) {
    self.cashUSD = cashUSD
    self.positions = positions
  }

  /// Cash and the signed value of positions, USD.
  public var netCollateralUSD: Double { positions.reduce(cashUSD) { $0 + $1.notionalUSD } }

  /// Sum of initial requirements, in the order of positions, USD.
  public var initialUSD: Double { positions.reduce(0) { $0 + $1.initialUSD } }

  /// Sum of maintenance requirements, in the order of positions, USD.
  public var maintenanceUSD: Double { positions.reduce(0) { $0 + $1.maintenanceUSD } }

  /// Whether the account may be liquidated.
  public var isLiquidatable: Bool { maintenanceUSD > 0 && netCollateralUSD < maintenanceUSD }

  /// Whether a change that leads from `before` to this account is allowed: the initial requirement
  /// is met, or the account was below it and its ratio of collateral to maintenance is no worse.
  public func isAllowed(after before: PerpetualAccount) -> Bool {
    if netCollateralUSD >= initialUSD { return true }
    let (now, then) = (maintenanceUSD, before.maintenanceUSD)
    guard now > 0, then > 0, now <= then else { return false }
    return netCollateralUSD * then >= before.netCollateralUSD * now
  }
}
