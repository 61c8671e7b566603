// The price at which an account is liquidated when one linear contract moves and everything else
// stands still.

/// Prices on either side of the mark; nil where none is positive.
public struct LiquidationPrices: Sendable, Equatable {
  /// Nearest at or below the mark, USD.
  public var belowUSD: Double?
  /// Nearest above the mark, USD.
  public var aboveUSD: Double?

  /// The nearest of many prices on each side of a mark.
  public init(_ pricesUSD: [Double], markUSD: Double) {
    let valid = pricesUSD.filter { $0 > 0 && $0.isFinite }
    belowUSD = valid.filter { $0 <= markUSD }.max()
    aboveUSD = valid.filter { $0 > markUSD }.min()
  }

  /// The nearest of both, by distance; the lower one at a tie.
  public func nearestUSD(markUSD: Double) -> Double? {
    guard let belowUSD else { return aboveUSD }
    guard let aboveUSD else { return belowUSD }
    return markUSD - belowUSD <= aboveUSD - markUSD ? belowUSD : aboveUSD
  }
}

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

/// A linear position with margin of its own whose maintenance is taken from the entry value:
/// `p = entry - (margin - maintenance) / s`.
///
/// Source: Bybit help centre, Liquidation Price (USDT Contract).
public struct IsolatedLinearPosition: Sendable, Equatable {
  /// Coins, positive is long, not 0.
  public var coins: Double
  /// Entry price, USD.
  public var entryUSD: Double
  /// Leverage at entry.
  public var leverage: Double
  /// Margin added since, USD.
  public var extraMarginUSD: Double

  /// A position.
  public init(coins: Double, entryUSD: Double, leverage: Double, extraMarginUSD: Double) {
    precondition(coins != 0 && leverage > 0, "a liquidation price needs a position")
    self.coins = coins
    self.entryUSD = entryUSD
    self.leverage = leverage
    self.extraMarginUSD = extraMarginUSD
  }

  /// The price, USD; nil where it would not be positive.
  public func liquidationPriceUSD(rateFraction: Double, deductionUSD: Double) -> Double? {
    let valueUSD = abs(coins) * entryUSD
    let marginUSD = valueUSD / leverage + extraMarginUSD
    let maintenanceUSD = valueUSD * rateFraction - deductionUSD
    let price = entryUSD - (marginUSD - maintenanceUSD) / coins
    return price > 0 ? price : nil
  }
}

/// Sizes of a position that a margin ratio allows.
public enum MarginRatio {
  /// Value of positions that an equity carries at a requirement per value, USD: what must be left
  /// after the smallest sale that restores the ratio, where sales leave the equity as it is.
  public static func carriedUSD(equityUSD: Double, requirementFraction: Double) -> Double {
    precondition(requirementFraction > 0, "a requirement is positive")
    return max(equityUSD, 0) / requirementFraction
  }
}
