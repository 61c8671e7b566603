// The price at which an account is liquidated when one linear contract moves and everything else
// stands still.

/// A linear position in an account whose other parts are frozen: equity `E + s (p - m)` against the
/// maintenance `l |s| p - k + T`.
///
/// Sources: Binance support, liquidation price of USD-M contracts; dYdX Chain and Hyperliquid
/// documentation, Liquidations. Fees and funding still to come are not part of it.
public struct LinearLiquidation: Sendable, Equatable {
  /// s: coins, positive is long, not 0.
  public var coins: Double
  /// m: mark, USD.
  public var markUSD: Double
  /// E: equity of the whole account at the mark, USD.
  public var equityUSD: Double
  /// T: maintenance requirement of everything else, USD.
  public var otherMaintenanceUSD: Double

  /// A position in an account.
  public init(coins: Double, markUSD: Double, equityUSD: Double, otherMaintenanceUSD: Double) {
    precondition(coins != 0, "a liquidation price needs a position")
    self.coins = coins
    self.markUSD = markUSD
    self.equityUSD = equityUSD
    self.otherMaintenanceUSD = otherMaintenanceUSD
  }

  /// A position in an account that is stated by its wallet: `E = W + s (m - entry) + U`, with U the
  /// unrealised profit of other positions.
  public init(
    coins: Double, entryUSD: Double, markUSD: Double, walletUSD: Double,
    otherUnrealisedUSD: Double, otherMaintenanceUSD: Double
  ) {
    self.init(
      coins: coins, markUSD: markUSD,
      equityUSD: walletUSD + coins * (markUSD - entryUSD) + otherUnrealisedUSD,
      otherMaintenanceUSD: otherMaintenanceUSD)
  }

  /// The root of equity = maintenance at one rate, USD: `(E - s m - T + k) / (|s| l - s)`; nil
  /// where the position has none. May be negative: then there is no price.
  public func rootUSD(rateFraction: Double, deductionUSD: Double) -> Double? {
    let slope = abs(coins) * rateFraction - coins
    if slope == 0 { return nil }
    return (equityUSD - coins * markUSD - otherMaintenanceUSD + deductionUSD) / slope
  }

  /// The price at one rate whatever the notional; nil where no positive price is one.
  public func priceUSD(rateFraction: Double, deductionUSD: Double) -> Double? {
    guard let root = rootUSD(rateFraction: rateFraction, deductionUSD: deductionUSD), root > 0
    else { return nil }
    return root
  }

  /// The prices under a schedule: a tier's root counts only if the notional there is in the tier.
  public func pricesUSD(_ schedule: TierSchedule) -> LiquidationPrices {
    var roots: [Double] = []
    for (index, tier) in schedule.tiers.enumerated() {
      let root = priceUSD(
        rateFraction: tier.rateFraction, deductionUSD: schedule.deductionsUSD[index])
      guard let root else { continue }
      let notionalUSD = abs(coins) * root
      let upperUSD =
        index + 1 < schedule.tiers.count
        ? schedule.tiers[index + 1].lowerNotionalUSD : .infinity
      if notionalUSD >= tier.lowerNotionalUSD && notionalUSD <= upperUSD { roots.append(root) }
    }
    return LiquidationPrices(roots, markUSD: markUSD)
  }

  /// The price that a screen shows when it leaves the maintenance where it is at the mark and knows
  /// of no other position: `m - (E - l |s| m + k) / s`. Too far away; for comparison only.
  public func frozenMaintenancePriceUSD(rateFraction: Double, deductionUSD: Double) -> Double {
    markUSD - (equityUSD - rateFraction * abs(coins) * markUSD + deductionUSD) / coins
  }
}
