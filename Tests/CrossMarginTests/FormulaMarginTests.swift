// Margins by formula: sums that hold, schedules without jumps, and a few numbers by hand.

import CrossMargin
import RiskNumerics
import Testing

@Suite struct FormulaMarginTests {
  // MARK: Tiers

  private static func schedule() throws -> TierSchedule {
    try TierSchedule([
      MarginTier(lowerNotionalUSD: 0, rateFraction: 0.01),
      MarginTier(lowerNotionalUSD: 50_000, rateFraction: 0.02),
      MarginTier(lowerNotionalUSD: 250_000, rateFraction: 0.05)
    ])
  }

  @Test func aScheduleHasNoJump() throws {
    let schedule = try Self.schedule()
    #expect(schedule.deductionsUSD == [0, 50_000 * 0.01, 50_000 * 0.01 + 250_000 * (0.05 - 0.02)])
    for edge in schedule.tiers.dropFirst().map(\.lowerNotionalUSD) {
      let below = schedule.requirementUSD(notionalUSD: edge.nextDown)
      #expect(abs(schedule.requirementUSD(notionalUSD: edge) - below) < 1e-9)
    }
    // Each dollar is charged at the rate of its own tier.
    #expect(
      abs(schedule.requirementUSD(notionalUSD: 300_000) - (500 + 200_000 * 0.02 + 50_000 * 0.05))
        < 1e-9)
  }

  @Test(arguments: [
    ([(10.0, 0.01)], TierScheduleError.startsAboveZero),
    ([(0, 0.01), (0, 0.02)], .boundNotAscending(tier: 1)),
    ([(0, 0.02), (5, 0.01)], .rateNotRising(tier: 1)), ([(0, 1.5)], .rateNotRising(tier: 0)),
    ([], .empty)
  ]) func aListThatIsNoScheduleIsRefused(_ tiers: [(Double, Double)], _ error: TierScheduleError) {
    #expect(throws: error) {
      try TierSchedule(tiers.map { MarginTier(lowerNotionalUSD: $0.0, rateFraction: $0.1) })
    }
  }

  // MARK: Weights and collateral

  @Test func weightsOnlyWorsenWithSize() {
    let weight = SizeScaledWeight(baseFraction: 0.9, premiumPerRootToken: 0.01)
    let debt = SizeScaledWeight(baseFraction: 1.1, premiumPerRootToken: 0.01)
    let sizes = [0, 1, 10, 1_000, 100_000, 1e7]
    for (small, large) in zip(sizes, sizes.dropFirst()) {
      #expect(weight.assetFraction(tokens: small) >= weight.assetFraction(tokens: large))
      #expect(debt.liabilityFraction(tokens: small) <= debt.liabilityFraction(tokens: -large))
    }
    let scaling = OpenInterestScaling(baseFraction: 0.1, lowerUSD: 100, upperUSD: 200)
    #expect(
      [100, 150, 200, 1_000].map { scaling.initialFraction(openInterestUSD: $0) }
        == [0.1, 0.55, 1, 1])
  }

  @Test func collateralCountsBySlicesAndDebtsInFull() {
    let terms = CollateralTerms(
      countedShares: MarginalTiers([
        MarginalTiers.Tier(from: 0, rate: 0.9), MarginalTiers.Tier(from: 1_000, rate: 0.5)
      ]), debtFactor: 1.1)
    #expect(terms.countedUSD(valueUSD: 3_000) == 1_000 * 0.9 + 2_000 * 0.5)
    #expect(terms.haircutUSD(valueUSD: 3_000) == 3_000 - 1_900)
    #expect(terms.countedUSD(valueUSD: -100) == -100 * 1.1)
    #expect(terms.haircutUSD(valueUSD: -100) == 0)
  }

  // MARK: Short options

  @Test(arguments: [OptionSide.call, .put]) func coinMarginIsDollarMarginOverThePrice(
    _ side: OptionSide
  ) {
    let dollar = QuotedOption(
      underlyingUSD: 80_000, strikeUSD: 90_000, side: side, mark: 1_600, isInverse: false)
    let coin = QuotedOption(
      underlyingUSD: 80_000, strikeUSD: 90_000, side: side, mark: 0.02, isInverse: true)
    for terms in [ShortOptionTerms.deribit, .aevo, .bitcomTON, .okxETH] {
      let (linear, inverse) = (
        terms.shortMargin(dollar, rateFactor: 1), terms.shortMargin(coin, rateFactor: 1)
      )
      #expect(abs(linear.initial / 80_000 - inverse.initial) < 1e-15)
      #expect(abs(linear.maintenance / 80_000 - inverse.maintenance) < 1e-15)
    }
  }

  @Test func theFormulaByHand() {
    let put = QuotedOption(
      underlyingUSD: 100, strikeUSD: 200, side: .put, mark: 100, isInverse: false)
    // In the money: a U + V; but the put's maintenance of c V more than c U is its own.
    let margin = ShortOptionTerms.deribit.shortMargin(put, rateFactor: 1)
    #expect(margin == LevelPair(initial: 0.15 * 100 + 100, maintenance: 0.075 * 100 + 100))
    let long = ShortOptionTerms.deribit.margin(put, coins: 2, rateFactor: 1)
    #expect(long == LevelPair(initial: 200, maintenance: 0))
    let dear = QuotedOption(
      underlyingUSD: 100, strikeUSD: 900, side: .put, mark: 800, isInverse: false)
    let floor = ShortOptionTerms.deribit.shortMargin(dear, rateFactor: 1)
    #expect(floor == LevelPair(initial: 0.075 * 800 + 800, maintenance: 0.075 * 800 + 800))
  }

  // MARK: Accounts

  @Test func dydxRequirementsAreRoundedUpPerPosition() {
    let third = PerpetualPosition(
      coins: 1.0 / 3, priceUSD: 1, initialFraction: 0.1, maintenanceFraction: 0.05)
    #expect(third.initialUSD == 0.033_334)
    let account = PerpetualAccount(cashUSD: -0.3, positions: [third, third])
    #expect(account.initialUSD == 2 * 0.033_334)
    #expect(!account.isLiquidatable)
    var lower = account
    lower.cashUSD = -0.65
    #expect(lower.isLiquidatable)
    var smaller = lower
    smaller.positions.removeLast()
    smaller.cashUSD += 1.0 / 3
    #expect(smaller.isAllowed(after: lower))
    #expect(!lower.isAllowed(after: smaller))
  }

  @Test func driftTakesTheWorseSideOfOrders() {
    var balance = DriftSpotBalance(
      tokens: 10, price: StrictPrice(oracleUSD: 100, meanUSD: 90),
      terms: DriftSpotTerms(
        assetWeights: DriftWeights(initial: 0.8, maintenance: 0.9),
        liabilityWeights: DriftWeights(initial: 1.2, maintenance: 1.1), premiumPerRootToken: 0,
        depositScaleStartUSD: 0), totalDepositsUSD: 0)
    let plain = DriftAccount(spot: [balance], perpetuals: [])
    #expect(plain.sums(.initial).freeUSD == 10 * 90 * 0.8)
    #expect(abs(plain.sums(.fill).freeUSD - 10 * 90 * 0.85) < 1e-9)
    balance.askTokens = 20
    balance.orderCount = 1
    let sums = DriftAccount(spot: [balance], perpetuals: []).sums(.initial)
    // Selling 20 brings 20 x 90 and leaves a debt of 10 at the higher price.
    #expect(abs(sums.collateralUSD - 1_800) < 1e-9)
    #expect(abs(sums.requirementUSD - (10 * 100 * 1.2 + 0.01)) < 1e-9)
  }

  @Test func aModeReplacesTermsAndPriceOfItsAssets() {
    let plain = LendingTerms(loanToValue: 0.7, liquidationThreshold: 0.75, bonusMultiple: 1.1)
    let close = LendingTerms(loanToValue: 0.9, liquidationThreshold: 0.95, bonusMultiple: 1.01)
    var account = LendingAccount(
      collateral: [LendingBalance(tokens: 10, priceUSD: 2_000, terms: plain, isInMode: true)],
      debts: [LendingBalance(tokens: 8, priceUSD: 2_000, terms: plain, isInMode: true)], mode: nil)
    #expect(account.healthFactor == 15_000.0 / 16_000)
    account.mode = LendingMode(terms: close, priceUSD: 1_900)
    #expect(abs(account.healthFactor - 0.95 * 10 / 8) < 1e-15)
    #expect(abs(account.borrowableUSD - (0.9 * 19_000 - 15_200)) < 1e-9)
  }

  @Test func aUnifiedAccountGivesNoReliefToDebts() {
    let terms = CollateralTerms(countedFraction: 0.95)
    func asset(_ balance: Double, loan: Double) -> UnifiedAsset {
      UnifiedAsset(
        balance: balance, loan: loan, futuresBalance: 0, futuresUnrealised: 0, indexUSD: 100,
        terms: terms)
    }
    let account = UnifiedAccount(
      assets: [asset(20, loan: 0), asset(0, loan: 5)], openLossUSD: 10,
      contractMaintenanceUSD: 900, loanMaintenanceUSD: 50)
    #expect(abs(account.adjustedEquityUSD - (1_900 - 500 - 10)) < 1e-9)
    #expect(UnifiedBand(ratio: account.ratio) == .reminder)
    #expect(
      [1.6, 1.5, 1.2, 1.05].map(UnifiedBand.init(ratio:))
        == [.free, .reminder, .reduceOnly, .liquidation])
  }

  @Test func aCovarianceMarginKnowsHedges() {
    let matrix = Matrix(rowCount: 2, columnCount: 2, elements: [0.01, 0.01, 0.01, 0.01])
    let rule = CovarianceMargin(riskMatrix: matrix, maintenanceFactor: 2, initialFactor: 3)
    #expect(rule.liquidationUSD(exposuresUSD: [1_000, -1_000]) == 0)
    #expect(
      rule.requirementUSD(exposuresUSD: [1_000, 500])
        == LevelPair(initial: 450, maintenance: 300))
  }
}
