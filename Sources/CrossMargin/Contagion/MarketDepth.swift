// How far forced trades move the price of one market.

import RiskNumerics

/// A market that takes forced trades.
public struct MarketDepth: Sendable, Equatable {
  /// Its name.
  public var name: String
  /// A: amount that moves the price by 1 %, USD at today's price, positive; infinite where nothing
  /// moves it.
  public var depthUSDPerPercent: Double
  /// The law.
  public var shape: ImpactShape

  /// A market.
  public init(name: String, depthUSDPerPercent: Double, shape: ImpactShape) {
    precondition(depthUSDPerPercent > 0, "a market has depth")
    switch shape {
    case .linear: break
    case .saturating(let limit): precondition(limit > 0 && limit < 1, "a limit in (0, 1)")
    case .power(let exponent): precondition(exponent > 0 && exponent <= 1, "concave impact")
    }
    self.name = name
    self.depthUSDPerPercent = depthUSDPerPercent
    self.shape = shape
  }

  /// D: notional per unit of relative move at the depth of 1 %, USD.
  public var depthUSD: Double { 100 * depthUSDPerPercent }

  /// Largest log move, to a 150th or the 150-fold: laws fitted to percents say nothing beyond it, and
  /// prices stay finite however thin a market is.
  public static let logMoveMax = 5.0

  /// Log move of the price when `netSalesUSD` are sold, negative, at most `logMoveMax`; bought where negative, with the
  /// opposite move. Falls as sales grow.
  public func logMove(netSalesUSD: Double) -> Double {
    let size = abs(netSalesUSD) / depthUSDPerPercent
    let fall: Double
    switch shape {
    case .linear: fall = 0.01 * size
    case .saturating(let limit):
      fall = -ScalarMath.log(1 - limit * (1 - ScalarMath.exp(-0.01 * size / limit)))
    case .power(let exponent): fall = 0.01 * ScalarMath.power(size, exponent)
    }
    let kept = min(fall, Self.logMoveMax)
    return netSalesUSD > 0 ? -kept : kept
  }

  /// The depth at which a day's volume V and deviation sigma put 1 % under the square-root law
  /// `dP / P = Y sigma sqrt(Q / V)`: `V (0.01 / (Y sigma))^2`, USD.
  public static func depthUSDPerPercent(
    dailyVolumeUSD: Double, dailyDeviation: Double, impactScale: Double
  ) -> Double {
    let ratio = 0.01 / (impactScale * dailyDeviation)
    return dailyVolumeUSD * ratio * ratio
  }
}

extension LiquidationResponse {
  /// Share of an account that is liquidated, in [0, 1]; does not fall as surplus falls.
  ///
  /// With equity E after haircuts and requirement M, `surplus = E - M`. Selling the share f leaves
  /// `E = (1 + buffer)(1 - f) M`.
  public func soldFraction(surplusUSD: Double, requirementUSD: Double) -> Double {
    guard surplusUSD < 0 else { return 0 }
    switch self {
    case .full: return 1
    case .toRequirement(let buffer):
      guard requirementUSD > 0 else { return 1 }
      let equityUSD = surplusUSD + requirementUSD
      return min(max(1 - equityUSD / ((1 + buffer) * requirementUSD), 0), 1)
    }
  }
}
