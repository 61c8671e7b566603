// Derive's Standard Manager and the plain short-option formula as rule sets.

import CrossMargin
import PortfolioModel
import Testing

@Suite struct VenueRuleTestsStandard {
  private static func terms(_ p: VectorValue) -> StandardMarginTerms {
    let (option, oracle) = (p.option, p.oracle)
    func confidence(_ key: String) -> ConfidenceTerms {
      ConfidenceTerms(threshold: oracle[key].number, fraction: oracle.OCFactor.number)
    }
    return StandardMarginTerms(
      perpetual: StandardPerpetualTerms(
        initialFraction: p.perpIM.number, maintenanceFraction: p.perpMM.number),
      option: StandardOptionTerms(
        initialSpotFraction: option.maxSpot.number, initialSpotFractionMin: option.minSpot.number,
        maintenance: StandardOptionMaintenance(
          callSpotFraction: option.mmCall.number, putSpotFraction: option.mmPut.number,
          putMarkFraction: option.mmPutMtm.number),
        putInitialFactor: option.mmOffset.number, unpairedCallInitialFactor: option.unIM.number,
        unpairedCallMaintenanceFactor: option.unMM.number),
      confidence: StandardConfidenceTerms(
        perpetual: confidence("perpThreshold"), option: confidence("optionThreshold"),
        base: confidence("baseThreshold")),
      base: StandardBaseTerms(
        maintenanceFraction: p.base.marginFactor.number, initialFactor: p.base.IMScale.number),
      depeg: PegLossTerms(
        thresholdUSD: p.depeg.threshold.number, factorPerUSD: p.depeg.factor.number))
  }

  private static func book(_ inputs: VectorValue) -> VenueBook {
    var venue = VenueBook(
      inputs.markets.list.map {
        VenueBook.asset(
          $0.underlying.text.uppercased(), $0.spot.number,
          confidence: $0.spotConfidence.number(or: 1))
      } + [VenueBook.asset("USDC", inputs.stablePrice.number, peg: "USD")])
    venue.own("a", "USDC", inputs.cash.number)
    for market in inputs.markets.list {
      let coin = market.underlying.text.uppercased()
      if market.base.number(or: 0) != 0 { venue.own("a", coin, market.base.number) }
      if market.perp["size"].number(or: 0) != 0 {
        venue.addFuture(
          coin + "-PERP", on: coin, mark: market.perp.price.number,
          confidence: market.perp.confidence.number(or: 1))
        venue.hold("a", coin + "-PERP", market.perp["size"].number)
        venue.unsettled["a \(coin)-PERP"] = market.perp.unrealisedPnl.number(or: 0)
      }
      for (rank, expiry) in market.expiries.list.enumerated() {
        let time = VenueBook.expiry(seconds: expiry.secToExpiry.number)
        venue.addForward(
          coin, expiry: time, expiry.forward.number,
          confidence: min(
            expiry.forwardConfidence.number(or: 1), expiry.volConfidence.number(or: 1)))
        for (place, option) in expiry.options.list.enumerated() {
          let name = "\(coin)-\(rank)-\(place)"
          venue.addOption(
            name, on: coin, expiry: time, strike: option.strike.number,
            option.isCall.flag ? .call : .put, volatility: option.vol.number)
          venue.hold("a", name, option.amount.number)
        }
      }
    }
    return venue
  }

  @Test func casesOfTheVenueAreReproducedFromBooks() throws {
    let file = try VenueVectors("derive_srm")
    var count = 0
    for vector in file.vectors {
      let terms = Self.terms(file.input(vector, "params"))
      let coins = vector.inputs.markets.list.map { $0.underlying.text.uppercased() }
      let rule = DeriveStandardRuleTerms(
        cashAsset: "USDC", markets: coins.map { AssetTerms(asset: $0, terms: terms) },
        isBorrowingAllowed: true)
      let run = try Self.book(vector.inputs).run(.deriveStandard(rule))
      let margin = try #require(run.margin("a"), "\(vector.id)")
      for (level, name) in [
        (margin.initial, "initialMargin"), (margin.maintenance, "maintenanceMargin")
      ] {
        let expected = vector.expected
        #expect(
          expected[name].number.isNaN
            ? isTruncated(level.surplusUSD, to: expected[name + "Truncated"].number)
            : agrees(level.surplusUSD, expected[name].number, 1e-6), "\(vector.id) \(name)")
      }
      #expect(run.addsUp)
      count += 1
    }
    #expect(count == 46)
  }

  @Test func debtIsCoveredWhereTheVenueLends() throws {
    let file = try VenueVectors("derive_srm")
    let terms = Self.terms(file.input(file.vectors[0], "params"))
    var venue = VenueBook([
      VenueBook.asset("ETH", 2_000), VenueBook.asset("USDC", 1, peg: "USD")
    ])
    venue.own("a", "USDC", -100)
    venue.own("a", "ETH", 1)
    venue.own("b", "ETH", -1)
    func rule(_ allows: Bool) -> RuleFamily {
      .deriveStandard(
        DeriveStandardRuleTerms(
          cashAsset: "USDC", markets: [AssetTerms(asset: "ETH", terms: terms)],
          isBorrowingAllowed: allows))
    }
    let lends = try venue.run(rule(true))
    #expect(lends.component("a", "maintenance", "collateral") == 1_600)
    #expect(lends.margin("a")?.maintenance.surplusUSD == 1_500)
    #expect(lends.missing("b")?.subject == "ETH")
    #expect(
      try venue.run(rule(false)).missing("a") == MissingData(subject: "USDC", reason: .notCovered))
  }
}

@Suite struct VenueRuleTestsOptionSeller {
  private static func rule(_ options: ShortOptionTerms, futures: Bool = true) -> RuleFamily {
    .optionSeller(
      OptionSellerRuleTerms(
        underlyings: [
          AssetTerms(
            asset: "BTC",
            terms: OptionSellerTerms(
              options: options,
              futureInitial: futures ? SizeScaledFraction(base: 0.02, perCoin: 0.00005) : nil,
              futureMaintenance: futures ? SizeScaledFraction(base: 0.01, perCoin: 0.00005) : nil))
        ],
        haircuts: [
          AssetHaircut(asset: "BTC", fraction: 0.1), AssetHaircut(asset: "USDC", fraction: 0)
        ]))
  }

  private static func market() -> VenueBook {
    let expiry = VenueBook.expiry(seconds: 30 * 86_400)
    var venue = VenueBook([
      VenueBook.asset("BTC", 100_000), VenueBook.asset("ETH", 2_000),
      VenueBook.asset("USDC", 1, peg: "USD")
    ])
    venue.addForward("BTC", expiry: expiry, 100_000)
    venue.addFuture("PERP", on: "BTC", mark: 100_000)
    venue.addFuture("COIN", on: "BTC", settlement: "BTC", mark: 100_000)
    venue.addFuture("ETH", on: "ETH", mark: 2_000)
    for (name, settlement, mark) in [("L", "USDC", 3_000.0), ("I", "BTC", 0.03)] {
      venue.addOption(
        name + "C", on: "BTC", expiry: expiry, strike: 110_000, .call, volatility: 0.5,
        settlement: settlement, mark: mark)
      venue.addOption(
        name + "P", on: "BTC", expiry: expiry, strike: 80_000, .put, volatility: 0.5,
        settlement: settlement, mark: mark)
    }
    return venue
  }

  @Test func shortOptionsAreChargedByTheFormulaInEitherUnit() throws {
    var venue = Self.market()
    for name in ["LC", "LP", "IC", "IP"] {
      venue.own(name, "USDC", 10_000)
      venue.hold(name, name, -2)
    }
    let run = try venue.run(Self.rule(.deribit))
    // Call 10 % out of the money: max(15 % - 10 %, 10 %) + 3 %; put 20 %: the same floor.
    for name in ["LC", "LP", "IC", "IP"] {
      #expect(agrees(run.component(name, "initial", "short_options"), -2 * 13_000, 1e-9), "\(name)")
      #expect(
        agrees(run.component(name, "maintenance", "short_options"), -2 * 10_500, 1e-9), "\(name)")
      // What was received for a short option is in the balance; its value is in the charge.
      #expect(agrees(run.margin(name)?.initial.valueUSD, 10_000, 1e-9))
    }
    #expect(run.addsUp)
  }

  @Test func longOptionsCountNothingAndFuturesGrowWithSize() throws {
    var venue = Self.market()
    venue.own("long", "USDC", 500)
    venue.hold("long", "LC", 5)
    venue.own("future", "USDC", 500_000)
    venue.hold("future", "PERP", -25)
    venue.own("coin", "BTC", 1)
    venue.hold("coin", "COIN", 100_000)
    let run = try venue.run(Self.rule(.deribit))
    #expect(agrees(run.margin("long")?.initial.surplusUSD, 500, 1e-9))
    #expect(agrees(run.component("future", "initial", "futures"), -53_125 * 1.0))
    #expect(agrees(run.component("future", "maintenance", "futures"), -28_125))
    #expect(agrees(run.component("coin", "initial", "futures"), -100_000 * 0.02005))
    #expect(run.component("coin", "initial", "haircut") == -10_000)
    #expect(run.component("coin", "maintenance", "haircut") == 0)
  }

  @Test func whatTheVenueDoesNotListIsNotCovered() throws {
    var venue = Self.market()
    venue.own("a", "USDC", 500)
    venue.hold("a", "PERP", 1)
    venue.own("b", "USDC", 500)
    venue.hold("b", "ETH", 1)
    venue.own("c", "ETH", 1)
    let run = try venue.run(Self.rule(.aevo, futures: false))
    #expect(run.missing("a") == MissingData(subject: "PERP", reason: .notCovered))
    #expect(run.missing("b") == MissingData(subject: "ETH", reason: .notCovered))
    #expect(run.missing("c") == MissingData(subject: "ETH", reason: .notCovered))
  }
}
