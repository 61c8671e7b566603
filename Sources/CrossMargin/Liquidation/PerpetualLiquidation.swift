// Prices of a liquidation of perpetuals as dYdX v4 sets them: the worst that the account can
// afford, the limit at which its position is offered, and what the insurance fund gains or pays.

import RiskNumerics

/// Closing a part of one position of an account.
public struct PerpetualLiquidation: Sendable, Equatable {
  /// The account before.
  public let account: PerpetualAccount
  /// Position that is closed, an index into `account.positions`.
  public let position: Int
  /// Change of the position, coins: against its sign, at most its size.
  public let changeCoins: Double

  /// A closing trade; the change must lower the position.
  public init(account: PerpetualAccount, position: Int, changeCoins: Double) {
    let coins = account.positions[position].coins
    precondition(
      changeCoins * coins < 0 && abs(changeCoins) <= abs(coins), "a liquidation closes a position")
    precondition(account.maintenanceUSD > 0, "a liquidation needs a maintenance requirement")
    self.account = account
    self.position = position
    self.changeCoins = changeCoins
  }

  /// Share of the account's maintenance requirement that the trade releases.
  private var releasedShare: Double {
    let before = account.positions[position]
    var after = before
    after.coins += changeCoins
    return (before.maintenanceUSD - after.maintenanceUSD) / account.maintenanceUSD
  }

  /// Least that the account must receive for the trade (negative: most that it may pay) so that it
  /// is no nearer to bankruptcy, rounded up to the ledger's step, USD:
  /// `-change of notional - NC x released maintenance / maintenance`.
  public var bankruptcyQuoteUSD: Double {
    Self.bankruptcyQuoteUSD(
      notionalChangeUSD: changeCoins * account.positions[position].priceUSD,
      netCollateralUSD: account.netCollateralUSD, releasedShare: releasedShare)
  }

  /// The same from its terms; the share is 1 where the only position is closed in full.
  public static func bankruptcyQuoteUSD(
    notionalChangeUSD: Double, netCollateralUSD: Double, releasedShare: Double
  ) -> Double {
    DecimalStep.up(
      -notionalChangeUSD - netCollateralUSD * releasedShare,
      partsPerUnit: PerpetualPosition.partsPerUSD)
  }

  /// Change of the insurance fund by a fill, USD: positive = paid to the fund, at most
  /// `feeFractionMax` of the fill; negative = paid by it.
  public func insuranceFundChangeUSD(fillPriceUSD: Double, feeFractionMax: Double) -> Double {
    Self.insuranceFundChangeUSD(
      fillQuoteUSD: -changeCoins * fillPriceUSD, bankruptcyQuoteUSD: bankruptcyQuoteUSD,
      feeFractionMax: feeFractionMax)
  }

  /// The same from its terms; quotes are what the account receives, negative what it pays.
  public static func insuranceFundChangeUSD(
    fillQuoteUSD: Double, bankruptcyQuoteUSD: Double, feeFractionMax: Double
  ) -> Double {
    min(fillQuoteUSD - bankruptcyQuoteUSD, feeFractionMax * abs(fillQuoteUSD))
  }
}

extension FillablePriceTerms {
  /// Limit price of a position of an account, USD per coin: `(N - ABR SMMR PMMR) / q`, with the
  /// rating `ABR = clamp(BA (1 - NC / MMR), 0, 1)`, N the signed notional and PMMR the position's
  /// maintenance requirement.
  public func priceUSD(account: PerpetualAccount, position: Int) -> Double {
    let held = account.positions[position]
    precondition(held.coins != 0, "a fillable price needs a position")
    let cover = account.netCollateralUSD / account.maintenanceUSD
    let rating = min(max(bankruptcyAdjustment * (1 - cover), 0), 1)
    return (held.notionalUSD - rating * spreadToMaintenance * held.maintenanceUSD) / held.coins
  }
}

extension BlockLiquidationLimits {
  /// Coins of a position that may be closed now, positive, when `doneUSD` of the account's notional
  /// was closed in the block before.
  public func coinsMax(position: PerpetualPosition, doneUSD: Double) -> Double {
    let leastCoins = positionNotionalUSDMin / position.priceUSD
    let share = max(positionFractionMax * abs(position.coins), leastCoins)
    let rest = max(accountNotionalUSDMax - doneUSD, 0) / position.priceUSD
    return min(min(share, rest), abs(position.coins))
  }

  /// Whether a fill is allowed when the fund lost `lostUSD` in the block before.
  public func allows(fundChangeUSD: Double, lostUSD: Double) -> Bool {
    fundChangeUSD >= 0 || lostUSD - fundChangeUSD <= fundLossUSDMax
  }
}
