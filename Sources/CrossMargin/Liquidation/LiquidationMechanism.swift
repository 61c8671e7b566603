// A liquidation mechanism: a named composition of an oracle, a trigger, a size, a price, a fee and
// those who take.

/// Who takes what is closed.
public enum MechanismTaker: Sendable, Equatable {
  /// The market: the account pays the impact.
  case market
  /// Keepers, where the concession pays for their impact, risk and work.
  case keepers
}

/// What happens to accounts that the mechanism does not save.
public enum MechanismBackstop: Sendable, Equatable {
  /// Nothing: the mechanism goes on.
  case none
  /// Below two thirds of maintenance a vault takes the portfolio and its margin without refund, and
  /// sells it; below zero winners are deleveraged at the price of bankruptcy.
  case vault
}

/// One mechanism.
public struct LiquidationMechanism: Sendable, Equatable {
  /// Its name in settings and tables.
  public var name: String
  /// What it is, for people.
  public var summary: String
  /// The price that decides.
  public var oracle: MechanismOracle
  /// Where it starts; it ends where the account has its maintenance again.
  public var trigger: MechanismTrigger
  /// How much is closed per step.
  public var size: MechanismSize
  /// What is conceded.
  public var price: MechanismPrice
  /// What the venue keeps.
  public var fee: MechanismFee
  /// Who takes.
  public var taker: MechanismTaker
  /// What follows.
  public var backstop: MechanismBackstop

  /// A mechanism at maintenance on the mark, without fee and backstop where none is given.
  public init(
    name: String, summary: String, size: MechanismSize, price: MechanismPrice,
    taker: MechanismTaker, fee: MechanismFee = .none
  ) {
    self.name = name
    self.summary = summary
    self.size = size
    self.price = price
    self.taker = taker
    self.fee = fee
    oracle = .mark
    trigger = .maintenance
    backstop = .none
  }

  /// The mechanism with another oracle.
  public func seeing(_ oracle: MechanismOracle) -> LiquidationMechanism {
    var mechanism = self
    mechanism.oracle = oracle
    return mechanism
  }
}

extension LiquidationMechanism {
  /// All mechanisms that are known by name, in the order of tables.
  ///
  /// Forms are those of the venues, whose sources stand at the parts; the numbers are round ones of
  /// the size that venues use, so that forms are compared, not listings of the day.
  public static let all: [LiquidationMechanism] = [
    atMarket, incremental, almgrenChriss, targetHealth, delayed, hyperliquid, dydx, drift,
    driftTransfer, derive,
    makerStairstep, makerLinear, aaveCloseFactor, aaveHealthBonus, euler
  ]

  /// The mechanism of a name; nil where there is none.
  public static func named(_ name: String) -> LiquidationMechanism? {
    all.first { $0.name == name }
  }

  private static let venueFeeFraction = 0.005

  private static let atMarket = LiquidationMechanism(
    name: "at_market", summary: "all at once at the market", size: .all, price: .market,
    taker: .market, fee: .upToLeftover(fraction: venueFeeFraction))

  private static let incremental = LiquidationMechanism(
    name: "incremental", summary: "a fifth of the rest per step at the market",
    size: .increment(fraction: 0.2, allBelowUSD: 10_000), price: .market, taker: .market,
    fee: .upToLeftover(fraction: venueFeeFraction))

  /// The aversion makes an urgency of about 8 per day: a half-life of three hours.
  private static let almgrenChriss = LiquidationMechanism(
    name: "almgren_chriss", summary: "a schedule of least cost and variance over six hours",
    size: .schedule(
      ExecutionSchedule(
        ExecutionProblem(
          units: 1, days: 0.25, periodCount: 6, moveUSDPerRootDay: 0.03,
          costs: ExecutionCosts(fixedUSD: 0, permanent: 0, temporary: 0.01)),
        riskAversionPerUSD: 700), periodSeconds: 3_600), price: .market, taker: .market,
    fee: .upToLeftover(fraction: venueFeeFraction))

  private static let targetHealth = LiquidationMechanism(
    name: "target_health", summary: "what restores a tenth more than maintenance, at the market",
    size: .target(bufferFraction: 0.1), price: .market, taker: .market,
    fee: .upToLeftover(fraction: venueFeeFraction))

  private static let delayed = {
    var mechanism = targetHealth.seeing(.delayed(steps: 1))
    mechanism.name = "target_health_late"
    mechanism.summary = "the same on a mark that is one step old"
    return mechanism
  }()

  private static let hyperliquid = {
    var mechanism = LiquidationMechanism(
      name: "hyperliquid", summary: "market orders, then a vault, then deleveraging",
      size: .increment(fraction: 0.2, allBelowUSD: 100_000), price: .market, taker: .market)
    mechanism.backstop = .vault
    return mechanism
  }()

  private static let dydx = LiquidationMechanism(
    name: "dydx", summary: "offered at the fillable price; the fund takes up to 0.5 %",
    size: .target(bufferFraction: 0),
    price: .fillable(FillablePriceTerms(bankruptcyAdjustment: 1, spreadToMaintenance: 0.1)),
    taker: .keepers, fee: .upToLeftover(fraction: venueFeeFraction))

  /// Slots of 0.4 seconds.
  private static let slotSeconds = 0.4

  private static let drift = LiquidationMechanism(
    name: "drift", summary: "a pace of the shortage, a fee that rises while nobody comes",
    size: .pace(
      LiquidationPace(durationSlots: 150, initialFraction: 0.1, smallShortageUSD: 50),
      slotSeconds: slotSeconds),
    price: .feeRamp(
      LiquidationFeeRamp(
        baseFraction: 0.01, capFraction: 0.05, risePerSlot: 1e-6, graceSlots: 150),
      slotSeconds: slotSeconds), taker: .keepers, fee: .upToLeftover(fraction: venueFeeFraction))

  private static let driftTransfer = LiquidationMechanism(
    name: "drift_transfer", summary: "debt and collateral moved to a liquidator",
    size: .transfer(assetMultiplier: 1.01, liabilityMultiplier: 0.99, fundFeeFraction: 0.005),
    price: .transfer(assetMultiplier: 1.01, liabilityMultiplier: 0.99), taker: .keepers,
    fee: .upToLeftover(fraction: venueFeeFraction))

  /// Terms of Derive's contracts: from 98 % of the value to 80 % in 15 minutes, to nothing in two
  /// hours.
  private static let auctionTerms = AuctionTerms(
    schedule: TwoPhaseSchedule(
      startFactor: 0.98, cutoffFactor: 0.8, fastSeconds: 900, slowSeconds: 7_200),
    insolventLengthSeconds: 600, liquidationFeeFraction: 0.02, bufferFraction: 0.2,
    fullSaleBelowUSD: 500)

  private static let derive = LiquidationMechanism(
    name: "derive", summary: "Dutch auctions of the account, solvent and insolvent",
    size: .auction(auctionTerms), price: .auction(auctionTerms), taker: .keepers,
    fee: .upToLeftover(fraction: venueFeeFraction))

  private static let reset = AuctionReset(tailSeconds: 8_400, cuspFraction: 0.4)

  private static let makerStairstep = LiquidationMechanism(
    name: "maker_stairstep", summary: "collateral sold for the debt, 1 % less each 90 seconds",
    size: .all,
    price: .collateral(
      startMultiple: 1.05, curve: .stairstep(cutFactor: 0.99, stepSeconds: 90), reset: reset),
    taker: .keepers, fee: .upToLeftover(fraction: venueFeeFraction))

  private static let makerLinear = LiquidationMechanism(
    name: "maker_linear", summary: "collateral sold for the debt, to nothing in 6 hours",
    size: .all,
    price: .collateral(
      startMultiple: 1.05, curve: .linear(lengthSeconds: 21_600), reset: reset), taker: .keepers,
    fee: .upToLeftover(fraction: venueFeeFraction))

  private static let aaveCloseFactor = LiquidationMechanism(
    name: "aave_close_factor",
    summary: "half of the debt, all below health 0.95, at a bonus of 5 %",
    size: .closeFactor(.aave(protocolFeeFraction: 0.1)), price: .bonus(multiple: 1.05),
    taker: .keepers, fee: .concessionShare(0.1))

  private static let healthBonus = HealthBonus(
    multipleMax: 1.05, leastFraction: 0.2, healthForMax: 0.9)

  private static let aaveHealthBonus = LiquidationMechanism(
    name: "aave_health_bonus",
    summary: "debt to a health of 1.02 at a bonus that grows as health falls",
    size: .targetHealth(1.02, bonus: healthBonus), price: .healthBonus(healthBonus),
    taker: .keepers, fee: .concessionShare(0.1))

  private static let euler = LiquidationMechanism(
    name: "euler", summary: "all the debt at a discount of one less health",
    size: .all, price: .healthDiscount(HealthDiscount(discountMax: 0.15)), taker: .keepers)
}
