// Who pays a loss: tiers in order, each up to what it has.

/// One tier.
public struct WaterfallTier: Sendable, Equatable {
  /// Name for reports.
  public var name: String
  /// What it holds, USD, at least 0.
  public var capacityUSD: Double
  /// Share of what is left that it bears, in [0, 1].
  public var shareFraction: Double
  /// What flows in per period, USD.
  public var refillUSD: Double
  /// Level up to which it is refilled, USD.
  public var targetUSD: Double

  /// A tier.
  public init(
    name: String, capacityUSD: Double, shareFraction: Double, refillUSD: Double, targetUSD: Double
  ) {
    precondition(capacityUSD >= 0 && shareFraction >= 0 && shareFraction <= 1, "a tier pays")
    self.name = name
    self.capacityUSD = capacityUSD
    self.shareFraction = shareFraction
    self.refillUSD = refillUSD
    self.targetUSD = targetUSD
  }
}

/// Tiers in the order in which they pay.
public struct LossWaterfall: Sendable, Equatable {
  /// The tiers.
  public private(set) var tiers: [WaterfallTier]

  /// A waterfall.
  public init(tiers: [WaterfallTier]) { self.tiers = tiers }

  /// What a loss draws.
  public struct Payment: Sendable, Equatable {
    /// Drawn from each tier, USD [tiers].
    public let drawsUSD: [Double]
    /// What no tier paid, USD.
    public let residualUSD: Double

    /// Draws in order and the residual: the loss.
    public var totalUSD: Double { drawsUSD.reduce(residualUSD, +) }
  }

  /// What a loss would draw: `min(capacity, share x what is left)` of each tier in order.
  public func payment(ofLossUSD lossUSD: Double) -> Payment {
    precondition(lossUSD >= 0, "a loss is positive")
    var rest = lossUSD
    let draws = tiers.map { tier in
      let draw = min(tier.capacityUSD, tier.shareFraction * rest)
      rest -= draw
      return draw
    }
    return Payment(drawsUSD: draws, residualUSD: rest)
  }

  /// Pays a loss.
  public mutating func pay(lossUSD: Double) -> Payment {
    let payment = payment(ofLossUSD: lossUSD)
    for tier in tiers.indices { tiers[tier].capacityUSD -= payment.drawsUSD[tier] }
    return payment
  }

  /// Lets one period pass: tiers below their targets are refilled.
  public mutating func refill() {
    for tier in tiers.indices where tiers[tier].capacityUSD < tiers[tier].targetUSD {
      tiers[tier].capacityUSD = min(
        tiers[tier].capacityUSD + tiers[tier].refillUSD, tiers[tier].targetUSD)
    }
  }
}

extension LiquidationSettings {
  /// The tiers, refilled once per period of so many days.
  public func waterfall(periodDays: Double) -> LossWaterfall {
    LossWaterfall(
      tiers: tiers.map {
        WaterfallTier(
          name: $0.name, capacityUSD: $0.capacityUSD, shareFraction: $0.shareFraction,
          refillUSD: $0.refillUSDPerDay * periodDays, targetUSD: $0.targetUSD ?? $0.capacityUSD)
      })
  }
}
