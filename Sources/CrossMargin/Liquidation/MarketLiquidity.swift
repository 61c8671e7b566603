// What closing costs in the market of an asset, from its volume, its depth and its volatility.

import RiskNumerics

/// The market of one asset; what is not known is nil.
public struct AssetLiquidity: Sendable, Equatable {
  /// Traded per day, USD.
  public var dailyVolumeUSD: Double?
  /// Amount that moves the price by 1 %, USD.
  public var depthUSDPerPercent: Double?
  /// Volatility per day, a fraction.
  public var volatilityDaily: Double?

  /// A market.
  public init(dailyVolumeUSD: Double?, depthUSDPerPercent: Double?, volatilityDaily: Double?) {
    self.dailyVolumeUSD = dailyVolumeUSD
    self.depthUSDPerPercent = depthUSDPerPercent
    self.volatilityDaily = volatilityDaily
  }
}

/// How all markets give way.
public struct MarketLiquidity: Sendable, Equatable {
  /// By asset.
  public var assets: [AssetLiquidity]
  /// The form of the impact.
  public var form: ImpactForm
  /// Cost where a market lacks what the form needs, a fraction.
  public var fallbackFraction: Double
  /// What is left of volume and depth, in (0, 1]; the fallback rises by the square root of its
  /// inverse.
  public var depthFraction: Double
  /// Days over which a worked order is worked, positive.
  public var workedDays: Double
  /// Units outstanding in days of volume, for worked orders.
  public var outstandingDays: Double

  /// Markets in calm.
  public init(
    assets: [AssetLiquidity], form: ImpactForm, fallbackFraction: Double, workedDays: Double,
    outstandingDays: Double
  ) {
    self.assets = assets
    self.form = form
    self.fallbackFraction = fallbackFraction
    depthFraction = 1
    self.workedDays = workedDays
    self.outstandingDays = outstandingDays
  }

  /// Mean cost of an amount, a fraction of it, at most 1: the square root law [Donier and Bonart
  /// 2015], half of the move along a straight depth curve, the larger of both, or a worked order
  /// [Almgren, Thum, Hauptmann, Li 2005].
  public func costFraction(asset: Int, notionalUSD: Double) -> Double {
    min(estimate(asset, notionalUSD) ?? fallbackFraction / depthFraction.squareRoot(), 1)
  }

  /// Whether an asset's cost is the fallback.
  public func isFallback(asset: Int) -> Bool { estimate(asset, 1) == nil }

  private func estimate(_ asset: Int, _ notionalUSD: Double) -> Double? {
    switch form {
    case .squareRoot: return squareRoot(asset, notionalUSD)
    case .depth: return curve(asset, notionalUSD)
    case .largest:
      guard let first = squareRoot(asset, notionalUSD) else { return curve(asset, notionalUSD) }
      return max(first, curve(asset, notionalUSD) ?? 0)
    case .worked:
      guard let (volumeUSD, volatility) = traded(asset) else { return nil }
      return WorkedOrderImpact(
        orderFraction: notionalUSD / volumeUSD, days: workedDays,
        market: ImpactMarket(
          dailyVolume: volumeUSD, outstanding: volumeUSD * outstandingDays,
          volatilityDaily: volatility)
      ).costFraction
    }
  }

  private func squareRoot(_ asset: Int, _ notionalUSD: Double) -> Double? {
    guard let (volumeUSD, volatility) = traded(asset) else { return nil }
    return PowerLawImpact(scale: 1, exponent: 0.5).costFraction(
      orderFraction: notionalUSD / volumeUSD, volatilityDaily: volatility)
  }

  private func curve(_ asset: Int, _ notionalUSD: Double) -> Double? {
    guard let depthUSD = assets[asset].depthUSDPerPercent, depthUSD > 0 else { return nil }
    return 0.005 * notionalUSD / (depthUSD * depthFraction)
  }

  private func traded(_ asset: Int) -> (volumeUSD: Double, volatility: Double)? {
    guard let volumeUSD = assets[asset].dailyVolumeUSD, volumeUSD > 0,
      let volatility = assets[asset].volatilityDaily
    else { return nil }
    return (volumeUSD * depthFraction, volatility)
  }
}

/// What is closed on all paths, by asset and step, and how long keepers are busy with it.
public struct ClosedFlow: Sendable, Equatable {
  /// Number of assets.
  public let assetCount: Int
  /// Number of instants: today and the end of each step.
  public let instantCount: Int
  /// Number of paths.
  public let pathCount: Int
  /// USD closed, by path, instant and asset, the asset running fastest.
  private var notionalUSD: [Double]

  /// Nothing closed.
  public init(assetCount: Int, instantCount: Int, pathCount: Int) {
    self.assetCount = assetCount
    self.instantCount = instantCount
    self.pathCount = pathCount
    notionalUSD = [Double](repeating: 0, count: assetCount * instantCount * pathCount)
  }

  private func place(_ path: Int, _ instant: Int) -> Int {
    (path * instantCount + instant) * assetCount
  }

  /// Closed of an asset on a path at an instant, USD.
  public func closedUSD(path: Int, instant: Int, asset: Int) -> Double {
    notionalUSD[place(path, instant) + asset]
  }

  /// Adds what is closed.
  public mutating func add(_ closedUSD: Double, path: Int, instant: Int, asset: Int) {
    notionalUSD[place(path, instant) + asset] += closedUSD
  }

  /// Adds all of another flow.
  public mutating func add(_ other: ClosedFlow) {
    for place in notionalUSD.indices { notionalUSD[place] += other.notionalUSD[place] }
  }

  /// Steps that a portfolio which comes at each instant waits for keepers whose capital turns over
  /// `turnoverUSD` per step: what waits before it, over the turnover, rounded down. [instants]
  ///
  /// A queue of a fluid: arrivals are those of a flow in which nobody waits.
  public func waitSteps(path: Int, turnoverUSD: Double) -> [Int] {
    var waitingUSD = 0.0
    return (0..<instantCount).map { instant in
      let steps = waitingUSD / turnoverUSD
      for asset in 0..<assetCount {
        waitingUSD += closedUSD(path: path, instant: instant, asset: asset)
      }
      waitingUSD = max(waitingUSD - turnoverUSD, 0)
      return Int(min(steps, Double(instantCount)))
    }
  }
}
