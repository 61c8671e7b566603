// Perpetual venues and lending as rule sets: by hand and against known answers rebuilt as books.

import CrossMargin
import PortfolioModel
import Testing

/// A market of two coins with linear perpetuals in USDC.
private func perpetualMarket() -> VenueBook {
  var venue = VenueBook([
    VenueBook.asset("BTC", 50_000), VenueBook.asset("ETH", 2_000), VenueBook.asset("SOL", 100),
    VenueBook.asset("USDC", 1, peg: "USD"), VenueBook.asset("USDT", 1, peg: "USD")
  ])
  venue.addFuture("BTC", on: "BTC", mark: 50_000)
  venue.addFuture("BTC-COIN", on: "BTC", settlement: "BTC", mark: 50_000)
  venue.addFuture("ETH", on: "ETH", mark: 2_000)
  venue.addFuture("SOL", on: "SOL", mark: 100)
  return venue
}

private func notCovered(_ subject: String) -> MissingData {
  MissingData(subject: subject, reason: .notCovered)
}

@Suite struct VenueRuleTestsPerpetual {
  @Test func unifiedMarginIsAdjustedEquityAgainstBracketsAndLoans() throws {
    let schedule = try TierSchedule([
      MarginTier(lowerNotionalUSD: 0, rateFraction: 0.004),
      MarginTier(lowerNotionalUSD: 50_000, rateFraction: 0.005),
      MarginTier(lowerNotionalUSD: 600_000, rateFraction: 0.0065)
    ])
    let terms = UnifiedRuleTerms(
      brackets: [.init(underlying: "BTC", settlement: "USDC", schedule: schedule)],
      collateral: [
        AssetTerms(asset: "ETH", terms: CollateralTerms(countedFraction: 0.9)),
        AssetTerms(asset: "USDC", terms: CollateralTerms(countedFraction: 1))
      ],
      loanRates: [
        .init(leverage: 3, fraction: 0.1), .init(leverage: 5, fraction: 0.08)
      ], initialRatio: 1.2, maintenanceRatio: 1.05)
    var venue = perpetualMarket()
    venue.hold("a", "BTC", 20)
    venue.own("a", "USDC", -10_000)
    venue.own("a", "ETH", 20)
    venue.order("a", "BTC", 1, at: 50_300)
    venue.accountFields["a"] = (5, nil)
    venue.own("b", "USDC", -1_000)
    venue.hold("c", "BTC-COIN", 1)
    venue.own("d", "BTC", 1)
    let run = try venue.run(.unified(terms))
    // 1,000,000 at 0.65 % less 950; a loan of 10,000 at 8 %.
    let maintenance = 1_000_000 * 0.0065 - 950 + 10_000 * 0.08
    #expect(agrees(run.margin("a")?.maintenance.requirementUSD, maintenance * 1.05))
    #expect(agrees(run.margin("a")?.initial.requirementUSD, maintenance * 1.2))
    #expect(agrees(run.margin("a")?.maintenance.valueUSD, 40_000 * 0.9 - 10_000 - 300))
    #expect(agrees(run.margin("b")?.maintenance.requirementUSD, 1_000 * 0.1 * 1.05))
    #expect(run.missing("c") == notCovered("BTC-COIN") && run.missing("d") == notCovered("BTC"))
    #expect(run.addsUp)
  }

  @Test func leverageIsTheTiersOrLess() throws {
    let tiers = try LeverageTiers([
      .init(lowerNotionalUSD: 0, leverage: 10), .init(lowerNotionalUSD: 20_000, leverage: 5),
      .init(lowerNotionalUSD: 100_000, leverage: 3)
    ])
    let terms = PerpetualRuleTerms(
      cashAsset: "USDC", markets: [AssetTerms(asset: "SOL", terms: tiers)])
    var venue = perpetualMarket()
    for (account, leverage) in [("none", nil), ("low", 2.0), ("high", 20)] as [(String, Double?)] {
      venue.hold(account, "SOL", -300)
      venue.own(account, "USDC", 7_000)
      venue.accountFields[account] = (leverage, nil)
    }
    venue.hold("other", "BTC", 1)
    let run = try venue.run(.leverage(terms))
    // 30,000 at 1 / (2 x 5) less 1,000: the tier of the venue's own example.
    for account in ["none", "low", "high"] {
      #expect(agrees(run.margin(account)?.maintenance.requirementUSD, 2_000))
    }
    #expect(agrees(run.margin("none")?.initial.requirementUSD, 6_000))
    #expect(agrees(run.margin("low")?.initial.requirementUSD, 15_000))
    #expect(agrees(run.margin("high")?.initial.requirementUSD, 6_000))
    #expect(run.missing("other") == notCovered("BTC"))
  }

  @Test func openInterestRaisesTheInitialRate() throws {
    func tier(_ lower: Double, _ upper: Double) -> LiquidityTier {
      LiquidityTier(
        initial: OpenInterestScaling(baseFraction: 0.2, lowerUSD: lower, upperUSD: upper),
        maintenanceFactor: 0.5)
    }
    let terms = PerpetualRuleTerms(
      cashAsset: "USDC",
      markets: [
        AssetTerms(asset: "BTC", terms: tier(1e6, 2e6)),
        AssetTerms(asset: "ETH", terms: tier(0, 0)),
        AssetTerms(asset: "SOL", terms: tier(1e6, 2e6))
      ])
    var venue = VenueBook([
      VenueBook.asset("BTC", 50_000), VenueBook.asset("ETH", 3_000), VenueBook.asset("SOL", 100),
      VenueBook.asset("USDC", 1, peg: "USD")
    ])
    venue.addFuture("BTC", on: "BTC", mark: 50_000, openInterest: 30)
    venue.addFuture("ETH", on: "ETH", mark: 3_000)
    venue.addFuture("SOL", on: "SOL", mark: 100)
    venue.own("a", "USDC", -4_501)
    venue.hold("a", "BTC", 0.1)
    venue.unsettled["a BTC"] = 5_000
    venue.hold("b", "ETH", -0.1)
    venue.own("b", "USDC", 1_000)
    venue.accountFields["b"] = (2, nil)
    venue.hold("c", "SOL", 1)
    let run = try venue.run(.openInterest(terms))
    // Open interest half way between the bounds: 0.2 + 0.8 / 2.
    #expect(agrees(run.margin("a")?.initial.requirementUSD, 5_000 * 0.6))
    #expect(agrees(run.margin("a")?.maintenance.requirementUSD, 500))
    // The venue's case of an account slightly below maintenance.
    #expect(agrees(run.margin("a")?.maintenance.surplusUSD, -1))
    #expect(agrees(run.margin("b")?.initial.requirementUSD, 300 / 2))
    #expect(agrees(run.margin("b")?.maintenance.requirementUSD, 30))
    #expect(run.missing("c") == notCovered("SOL"))
  }

  @Test func paradexCrossMarginIsThatOfTheExchange() throws {
    let file = try VenueVectors("paradex")
    let vector = try #require(file.vectors.first { $0.model.text == "Cross margin" })
    let data = file.input(vector, "marketData")
    let (perpetual, option) = (data["BTC-USD-PERP"], data["BTC-USD-8MAY26-78000-C"])
    let expiry = VenueBook.expiry(seconds: 16 * 86_400 + 8 * 3_600)
    var venue = VenueBook([
      VenueBook.asset("BTC", perpetual.underlying_price.number),
      VenueBook.asset("USDC", 1, peg: "USD")
    ])
    venue.addForward("BTC", expiry: expiry, perpetual.underlying_price.number)
    venue.addFuture("BTC-USD-PERP", on: "BTC", mark: perpetual.mark_price.number)
    venue.addOption(
      "BTC-USD-8MAY26-78000-C", on: "BTC", expiry: expiry, strike: 78_000, .call,
      volatility: option.mark_iv.number, mark: option.mark_price.number)
    for account in ["a", "b"] {
      venue.own(account, "USDC", 10)
      for row in vector.inputs.positions.list {
        let size = row["size"].number
        venue.hold(account, row.market.text, row.side.text == "SELL" ? -size : size)
      }
    }
    // One order that makes the position larger, 100 through the mark.
    venue.order("b", "BTC-USD-PERP", -0.0005, at: perpetual.mark_price.number - 100)
    let specs = vector.inputs.specs["BTC-USD-8MAY26-78000-C"].option_cross_margin_params
    func options(_ p: VectorValue) -> ParadexOptionTerms {
      ParadexOptionTerms(
        longFraction: p.long_itm.number, premiumMultiplier: p.premium_multiplier.number,
        shortInTheMoneyFraction: p.short_itm.number,
        shortOutOfTheMoneyFraction: p.short_otm.number,
        shortPutMaxFraction: p.short_put_cap.number)
    }
    let terms = ParadexCrossRuleTerms(
      perpetuals: PerpetualRuleTerms(
        cashAsset: "USDC",
        markets: [
          AssetTerms(
            asset: "BTC",
            terms: .init(
              future: ParadexFutureTerms(initialFraction: 0.02, maintenanceFactor: 0.5),
              optionInitial: options(specs.imf), optionMaintenance: options(specs.mmf)))
        ]), perpetualFeeFraction: 0, optionFeeFraction: 0, optionFeeMaxFraction: 0.125)
    let run = try venue.run(.paradexCross(terms))
    #expect(
      agrees(run.margin("a")?.initial.requirementUSD, vector.expected.netIMR.number, 1e-6))
    #expect(
      agrees(run.margin("a")?.maintenance.requirementUSD, vector.expected.netMMR.number, 1e-6))
    let extra = 0.0005 * perpetual.mark_price.number * 0.02 + 0.0005 * 100
    #expect(
      agrees(
        run.margin("b")?.initial.requirementUSD, vector.expected.netIMR.number + extra, 1e-6))
    #expect(run.margin("b")?.maintenance == run.margin("a")?.maintenance)
    #expect(run.addsUp)
  }

  @Test func covarianceNetsAcrossUnderlyings() throws {
    let terms = CovarianceRuleTerms(
      cashAsset: "USDC", underlyings: ["ETH", "BTC"], riskMatrix: [[0.01, 0.006], [0.006, 0.0064]],
      maintenanceFactor: 1.5, initialFactor: 2)
    var venue = perpetualMarket()
    venue.hold("a", "BTC", 1)
    venue.hold("a", "ETH", -20)
    venue.own("a", "USDC", 10_000)
    venue.hold("b", "SOL", 1)
    let run = try venue.run(.covariance(terms))
    let (btc, eth) = (50_000.0, -40_000.0)
    let square = 0.0064 * btc * btc + 0.01 * eth * eth + 2 * 0.006 * btc * eth
    #expect(agrees(run.margin("a")?.maintenance.requirementUSD, square.squareRoot()))
    #expect(agrees(run.component("a", "maintenance", "covariance"), -1.5 * square.squareRoot()))
    #expect(agrees(run.margin("a")?.initial.requirementUSD, 2 * square.squareRoot()))
    #expect(run.schema.levels == ["initial", "maintenance", "liquidation"])
    #expect(run.missing("b") == notCovered("SOL"))
  }

  @Test func skewScaledMarginsAreThoseOfTheVenuesCase() throws {
    let vector = try #require(
      try VenueVectors("other_formulas").vectors.first { $0.id.text == "synthetix-perps-margins" })
    let markets = vector.inputs.markets.list
    var venue = VenueBook(
      markets.map { VenueBook.asset($0.name.text, $0.price.number) }
        + [VenueBook.asset("USDC", 1, peg: "USD"), VenueBook.asset("SOL", 100)])
    venue.own("a", "USDC", vector.inputs.collateral.number)
    for market in markets {
      let (name, price, size) = (market.name.text, market.price.number, market["size"].number)
      venue.addFuture(name, on: name, mark: price)
      venue.hold("a", name, size)
      // What was lost to the fill price is unsettled.
      venue.unsettled["a " + name] = -size * price * (size / 2) / market.skewScale.number
    }
    let terms = SkewRuleTerms(
      perpetuals: PerpetualRuleTerms(
        cashAsset: "USDC",
        markets: markets.map { market in
          AssetTerms(
            asset: market.name.text,
            terms: SkewScaledTerms(
              skewScaleCoins: market.skewScale.number,
              initialPerSkewShare: market.initialMarginFraction.number,
              initialFractionMin: market.minimumInitialMarginRatio.number,
              maintenanceFactor: market.maintenanceMarginScalar.number,
              positionMinimumUSD: market.minimumPositionMargin.number))
        }), discounts: [AssetHaircut(asset: "SOL", fraction: 0.2)], liquidationRewardUSD: 50)
    venue.own("b", "SOL", 10)
    let run = try venue.run(.skewScaled(terms))
    let expected = vector.expected
    #expect(
      agrees(
        run.component("a", "initial", "positions"), -expected.initialMarginExReward.number))
    #expect(
      agrees(
        run.component("a", "maintenance", "positions"),
        -expected.maintenanceMarginExReward.number))
    #expect(agrees(run.margin("a")?.initial.valueUSD, expected.availableMargin.number))
    #expect(run.component("a", "initial", "liquidation_reward") == -50)
    #expect(run.margin("b")?.initial.surplusUSD == 800)
    #expect(run.addsUp)
  }

  @Test func driftWeighsByStateAndCountsOrders() throws {
    let spot = DriftSpotTerms(
      assetWeights: DriftWeights(initial: 0.9, maintenance: 0.9),
      liabilityWeights: DriftWeights(initial: 1.2, maintenance: 1.1), premiumPerRootToken: 0,
      depositScaleStartUSD: 500_000)
    let perpetual = DriftPerpetualTerms(
      marginRatios: DriftWeights(initial: 0.1, maintenance: 0.05), premiumPerRootCoin: 0,
      profitWeights: DriftWeights(initial: 1, maintenance: 1), profitPremiumPerRootCoin: 0,
      profitImbalanceUSDMax: 0, initialProfitUSDMax: .infinity)
    let terms = DriftRuleTerms(
      quoteAsset: "USDC",
      spot: [AssetTerms(asset: "ETH", terms: spot), AssetTerms(asset: "SOL", terms: spot)],
      perpetuals: [AssetTerms(asset: "SOL", terms: perpetual)])
    var venue = perpetualMarket()
    // The venue's case: deposits of three times the start cut a weight of 0.9 to 0.3.
    venue.state = [
      StateValue(subject: "SOL", key: "total_deposits_usd", value: 1_500_000),
      StateValue(subject: "USDC", key: "twap_5min_usd", value: 0.95)
    ]
    venue.own("a", "SOL", 10)
    venue.own("b", "USDC", 100)
    venue.own("b", "SOL", -1)
    venue.own("c", "USDC", 1_000)
    venue.hold("c", "SOL", 10)
    venue.order("c", "SOL", 5, at: 99)
    venue.order("c", "SOL", -30, at: 101)
    venue.own("d", "ETH", 1)
    let run = try venue.run(.drift(terms))
    #expect(agrees(run.margin("a")?.initial.valueUSD, 300))
    #expect(agrees(run.margin("a")?.maintenance.valueUSD, 900))
    #expect(run.schema.levels == ["initial", "fill", "maintenance"])
    #expect(agrees(run.margin("b")?.initial.valueUSD, 95))
    #expect(agrees(run.margin("b")?.maintenance.valueUSD, 100))
    #expect(agrees(run.component("b", "fill", "debts"), -115))
    // Worst of 15 long and 20 short, and a cent for each order.
    #expect(agrees(run.component("c", "initial", "perpetuals"), -200.02))
    #expect(agrees(run.component("c", "maintenance", "perpetuals"), -100.02))
    #expect(run.missing("d") == notCovered("ETH"))
    #expect(run.addsUp)
  }

  @Test func lendingIsWeightedCollateralAgainstDebt() throws {
    func terms(_ loan: Double, _ threshold: Double) -> LendingTerms {
      LendingTerms(loanToValue: loan, liquidationThreshold: threshold, bonusMultiple: 1.05)
    }
    let rule = LendingRuleTerms(
      reserves: [
        AssetTerms(asset: "BTC", terms: terms(0.7, 0.75)),
        AssetTerms(asset: "ETH", terms: terms(0.75, 0.8)),
        AssetTerms(asset: "USDC", terms: terms(0.77, 0.8))
      ], modes: [.init(name: "coins", assets: ["BTC", "ETH"], terms: terms(0.9, 0.93))])
    var venue = perpetualMarket()
    venue.own("hf", "ETH", 5)
    venue.own("hf", "USDC", -6_000)
    venue.own("mode", "ETH", 5)
    venue.own("mode", "BTC", -0.15)
    venue.accountFields["mode"] = (nil, "coins")
    venue.own("wrong", "ETH", 5)
    venue.own("wrong", "USDC", -1)
    venue.accountFields["wrong"] = (nil, "coins")
    venue.own("unknown", "ETH", 5)
    venue.accountFields["unknown"] = (nil, "fish")
    venue.own("sol", "SOL", 5)
    let run = try venue.run(.lending(rule))
    let health = try #require(run.margin("hf")).maintenance
    #expect(agrees(health.valueUSD / health.requirementUSD, 10_000 * 0.8 / 6_000))
    #expect(agrees(run.margin("hf")?.initial.surplusUSD, 7_500 - 6_000))
    #expect(agrees(run.margin("mode")?.maintenance.surplusUSD, 9_300 - 7_500))
    #expect(run.missing("wrong") == notCovered("USDC"))
    #expect(run.missing("unknown") == notCovered("fish"))
    #expect(run.missing("sol") == notCovered("SOL"))
    #expect(run.addsUp)
  }
}
