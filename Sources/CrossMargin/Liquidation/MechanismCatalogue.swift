// The mechanisms that are known by name, with their figures and where those are from.

extension LiquidationMechanism {
  /// All mechanisms that are known by name, in the order of tables.
  ///
  /// Forms are those of the venues, whose sources stand at the parts. Figures that a venue has
  /// published are the venue's, with their source; all others are chosen, and said to be.
  public static let all: [LiquidationMechanism] = [
    atMarket, incremental, almgrenChriss, targetHealth, delayed, hyperliquid, dydx, drift,
    driftTransfer, derive,
    makerStairstep, makerLinear, aaveCloseFactor, aaveHealthBonus, euler
  ]

  /// The mechanism of a name; nil where there is none.
  public static func named(_ name: String) -> LiquidationMechanism? {
    all.first { $0.name == name }
  }

  // MARK: At the market

  /// Fee of mechanisms that are no venue's; chosen.
  private static let feeFraction = 0.005

  /// Sells at once; no figure but the chosen fee.
  private static let atMarket = LiquidationMechanism(
    name: "at_market", summary: "all at once at the market", size: .all, price: .market,
    taker: .market, fee: .upToLeftover(fraction: feeFraction))

  /// Share and least notional are chosen.
  private static let incremental = LiquidationMechanism(
    name: "incremental", summary: "a fifth of the rest per step at the market",
    size: .increment(fraction: 0.2, allBelowUSD: 10_000), price: .market, taker: .market,
    fee: .upToLeftover(fraction: feeFraction))

  /// All figures are chosen; the aversion makes an urgency of about 8 per day, a half-life of three
  /// hours.
  private static let almgrenChriss = LiquidationMechanism(
    name: "almgren_chriss", summary: "a schedule of least cost and variance over six hours",
    size: .schedule(
      ExecutionSchedule(
        ExecutionProblem(
          units: 1, days: 0.25, periodCount: 6, moveUSDPerRootDay: 0.03,
          costs: ExecutionCosts(fixedUSD: 0, permanent: 0, temporary: 0.01)),
        riskAversionPerUSD: 700), periodSeconds: 3_600), price: .market, taker: .market,
    fee: .upToLeftover(fraction: feeFraction))

  /// The buffer is chosen.
  private static let targetHealth = LiquidationMechanism(
    name: "target_health", summary: "what restores a tenth more than maintenance, at the market",
    size: .target(bufferFraction: 0.1), price: .market, taker: .market,
    fee: .upToLeftover(fraction: feeFraction))

  /// The delay is chosen: the shortest that steps can show.
  private static let delayed = {
    var mechanism = targetHealth.seeing(.delayed(steps: 1))
    mechanism.name = "target_health_late"
    mechanism.summary = "the same on a mark that is one step old"
    return mechanism
  }()

  /// A fifth of what is above 100,000 USD, no fee, the vault below two thirds of maintenance:
  /// Hyperliquid documentation, Liquidations. The venue waits 30 seconds between orders, here a
  /// step.
  private static let hyperliquid = {
    var mechanism = LiquidationMechanism(
      name: "hyperliquid", summary: "market orders, then a vault, then deleveraging",
      size: .increment(fraction: 0.2, allBelowUSD: 100_000), price: .market, taker: .market)
    mechanism.backstop = .vault
    return mechanism
  }()

  // MARK: Perpetuals

  /// Adjustment 1, spread of 1.5 maintenance requirements, a fee of at most 1.5 % of the fill:
  /// dydxprotocol/v4-chain, protocol/testing/mainnet/genesis.json, liquidations_config.
  private static let dydx = LiquidationMechanism(
    name: "dydx", summary: "orders down to the fillable price; the fund takes up to 1.5 %",
    size: .target(bufferFraction: 0),
    price: .fillable(FillablePriceTerms(bankruptcyAdjustment: 1, spreadToMaintenance: 1.5)),
    taker: .keepers, fee: .upToLeftover(fraction: 0.015))

  /// Length of a slot of Solana that its validators aim at: Solana documentation, Clusters.
  private static let slotSeconds = 0.4

  /// Fee of 2 % that rises by 10^-6 per slot after 1,500 slots to 5 %: drift-labs/protocol-v2 @
  /// 0ae3e3b1, math/liquidation/tests.rs. Pace of a tenth at once and all after 150 slots: ibid.,
  /// controller/liquidation/tests.rs. Small shortages of 50 USD: ibid., math/liquidation.rs. Those
  /// of production stand on chain. The fund's fee is chosen.
  private static let drift = LiquidationMechanism(
    name: "drift", summary: "a pace of the shortage, a fee that rises while nobody comes",
    size: .pace(
      LiquidationPace(durationSlots: 150, initialFraction: 0.1, smallShortageUSD: 50),
      slotSeconds: slotSeconds),
    price: .feeRamp(
      LiquidationFeeRamp(
        baseFraction: 0.02, capFraction: 0.05, risePerSlot: 1e-6, graceSlots: 1_500),
      slotSeconds: slotSeconds), taker: .keepers, fee: .upToLeftover(fraction: feeFraction))

  /// Multipliers and fee are chosen: those of the venue's tests, 1.1 and 0.9, end no shortage at
  /// requirements below 22 % of the debt.
  private static let driftTransfer = LiquidationMechanism(
    name: "drift_transfer", summary: "debt and collateral moved to a liquidator",
    size: .transfer(assetMultiplier: 1.01, liabilityMultiplier: 0.99, fundFeeFraction: feeFraction),
    price: .transfer(assetMultiplier: 1.01, liabilityMultiplier: 0.99), taker: .keepers,
    fee: .upToLeftover(fraction: feeFraction))

  /// From 95 % of the value to 70 % in 15 minutes, to nothing in 12 hours; insolvent within an hour;
  /// a tenth of what is sold to the module, a buffer of 15 %: derivexyz/v2-core,
  /// scripts/config-mainnet.sol, getDefaultAuctionParam. The value below which all may be sold at
  /// once is chosen.
  private static let auctionTerms = AuctionTerms(
    schedule: TwoPhaseSchedule(
      startFactor: 0.95, cutoffFactor: 0.7, fastSeconds: 900, slowSeconds: 43_200),
    insolventLengthSeconds: 3_600, liquidationFeeFraction: 0.1, bufferFraction: 0.15,
    fullSaleBelowUSD: 500)

  private static let derive = LiquidationMechanism(
    name: "derive", summary: "Dutch auctions of the account, solvent and insolvent",
    size: .auction(auctionTerms), price: .auction(auctionTerms), taker: .keepers,
    fee: .equity(fraction: auctionTerms.liquidationFeeFraction))

  // MARK: Lending

  /// Start at 1.3 of the price, anew below 0.4 of the start or after 140 minutes, a penalty of
  /// 13 %: MakerDAO, poll on ETH-B Liquidations 2.0 of 26 April 2021 and forum, YFI-A Liquidations
  /// 2.0 Parameters.
  private static let startMultiple = 1.3
  private static let reset = AuctionReset(tailSeconds: 8_400, cuspFraction: 0.4)
  private static let penalty = MechanismFee.upToLeftover(fraction: 0.13)

  /// 1 % less each 90 seconds: ibid.
  private static let makerStairstep = LiquidationMechanism(
    name: "maker_stairstep",
    summary: "collateral sold for debt and penalty, 1 % less each 90 seconds",
    size: .all,
    price: .collateral(
      startMultiple: startMultiple, curve: .stairstep(cutFactor: 0.99, stepSeconds: 90),
      reset: reset), taker: .keepers, fee: penalty)

  /// The length is chosen.
  private static let makerLinear = LiquidationMechanism(
    name: "maker_linear", summary: "collateral sold for debt and penalty, to nothing in 6 hours",
    size: .all,
    price: .collateral(
      startMultiple: startMultiple, curve: .linear(lengthSeconds: 21_600), reset: reset),
    taker: .keepers, fee: penalty)

  /// Half of the debt, all below 0.95: aave-v3-core, LiquidationLogic. Bonus of 5 % on WBTC, of which
  /// the protocol has a tenth: aave-proposals-v3,
  /// AaveV3Ethereum_UpgradeAaveV3ETHPooolWETHParameters_20231031_after.json.
  private static let aaveCloseFactor = LiquidationMechanism(
    name: "aave_close_factor",
    summary: "half of the debt, all below health 0.95, at a bonus of 5 %",
    size: .closeFactor(.aave(protocolFeeFraction: protocolFeeFraction)),
    price: .bonus(multiple: 1.05), taker: .keepers, fee: .concessionShare(protocolFeeFraction))
  private static let protocolFeeFraction = 0.1

  /// At most 5 %, 80 % of it at a health of 1, all at 0.85: the example of aave-v4,
  /// docs/features/LiquidationEngine.md. The health to reach is chosen.
  private static let healthBonus = HealthBonus(
    multipleMax: 1.05, leastFraction: 0.8, healthForMax: 0.85)

  private static let aaveHealthBonus = LiquidationMechanism(
    name: "aave_health_bonus",
    summary: "debt to a health of 1.02 at a bonus that grows as health falls",
    size: .targetHealth(1.02, bonus: healthBonus), price: .healthBonus(healthBonus),
    taker: .keepers, fee: .concessionShare(protocolFeeFraction))

  /// Discount of at most 20 %: euler-vault-kit @ 5b98b420, test/unit/evault/modules/Liquidation/
  /// full.t.sol; each vault sets its own.
  private static let euler = LiquidationMechanism(
    name: "euler", summary: "all the debt at a discount of one less health",
    size: .all, price: .healthDiscount(HealthDiscount(discountMax: 0.2)), taker: .keepers)
}
