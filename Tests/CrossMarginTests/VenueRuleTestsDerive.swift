// Derive's portfolio margins as rule sets: the venue's own cases rebuilt as books.

import CrossMargin
import PortfolioModel
import Testing

@Suite struct VenueRuleTestsDerive {
  // MARK: Terms of the cases

  private static func scan(
    scenarios: [MarginScenario], _ p: VectorValue, second: Bool
  ) -> DeriveScanTerms {
    func n(_ first: String, _ other: String) -> Double { p[second ? other : first].number }
    return DeriveScanTerms(
      scenarios: scenarios,
      volatilityShock: VolatilityShock(
        term: VolatilityTermStructure(
          shortPower: n("short", "shortTermPower"), longPower: n("long", "longTermPower"),
          floorDays: second ? p.dteFloorDays.number : p.dteFloor.number / 86_400),
        raisedVolatilityAnnualMin: second ? p.minVolUpShock.number : 0),
      positiveDiscount: StaticDiscountTerms(
        base: n("baseStatic", "longBaseStaticDiscount"),
        rateMultiplier: n("rateMult", "longRateMultScale"),
        rateAddedAnnual: n("rateAdd", "longRateAddScale")),
      basis: BasisContingencyTerms(
        upRatio: n("scenUp", "scenarioSpotUp"), downRatio: n("scenDown", "scenarioSpotDown"),
        shareAtExpiry: n("basisAdd", "basisContAddFactor"),
        shareAnnual: n("basisMult", "basisContMultFactor")),
      confidence: ConfidenceTerms(
        threshold: p.confThreshold.number, fraction: p.confMargin.number),
      peg: PegLossTerms(
        thresholdUSD: n("pegThreshold", "pegLossThreshold"),
        factorPerUSD: n("pegFactor", "pegLossFactor")),
      initialFactor: p.imFactor.number, perpetualFraction: n("perpPercent", "mmPerpPercent"),
      nakedShortFraction: n("optionPercent", "mmOptionPercent"), settlementWindowSeconds: 1_800)
  }

  private static func first(_ p: VectorValue, _ rows: [VectorValue]) -> DerivePortfolioTerms1 {
    let scenarios = rows.map { row in
      let direction = row.list[1].number
      let move = direction > 0 ? p.volUp.number : direction < 0 ? -p.volDown.number : 0
      return MarginScenario(priceRatio: row.list[0].number, volatility: .move(move), weight: 1)
    }
    return DerivePortfolioTerms1(
      scan: scan(scenarios: scenarios, p, second: false), baseFraction: p.basePercent.number)
  }

  private static func second(_ p: VectorValue, _ rows: [VectorValue]) -> DerivePortfolioTerms2 {
    let scenarios = rows.map { row in
      let change: MarginScenario.VolatilityChange =
        switch row.list[1].text {
        case "Up": .move(p.volRangeUp.number)
        case "Down": .move(-p.volRangeDown.number)
        case "Linear": .skew(.linear)
        case "Abs": .skew(.absolute)
        default: .move(0)
        }
      return MarginScenario(
        priceRatio: row.list[0].number, volatility: change, weight: row.list[2].number)
    }
    return DerivePortfolioTerms2(
      scan: scan(scenarios: scenarios, p, second: true),
      negativeDiscount: StaticDiscountTerms(
        base: p.shortBaseStaticDiscount.number, rateMultiplier: p.shortRateMultScale.number,
        rateAddedAnnual: p.shortRateAddScale.number),
      skew: SkewTerms(
        linear: .init(base: p.linearBaseCap.number, perRootYear: p.linearCBase.number),
        absolute: .init(base: p.absBaseCap.number, perRootYear: p.absCBase.number),
        widthMin: p.minKStar.number, widthScale: p.widthScale.number,
        volatilityStatic: p.volParamStatic.number, volatilityPerRootYear: p.volParamScale.number),
      maintenanceFactor: p.mmFactor.number,
      perpetualExtraFraction: p.imPerpPercentExtra.number,
      nakedShortExtraFraction: p.imOptionPercentExtra.number)
  }

  // MARK: Books of the cases

  /// The book of a case with one account; nil where it holds something that a book settles first.
  private static func book(
    _ inputs: VectorValue, _ market: VectorValue, collaterals: [VectorValue], base: Double
  ) -> VenueBook? {
    let underlying = "COIN"
    var assets = [
      VenueBook.asset(
        underlying, market.spot.number, confidence: market.spotConfidence.number(or: 1)),
      VenueBook.asset("CASH", inputs.stablePrice.number, peg: "USD")
    ]
    assets += collaterals.map {
      VenueBook.asset("COLL-" + $0.name.text, $0.price.number, confidence: $0.confidence.number)
    }
    var book = VenueBook(assets)
    book.own("a", "CASH", inputs.cash.number)
    if base != 0 { book.own("a", underlying, base) }
    for collateral in collaterals {
      book.own("a", "COLL-" + collateral.name.text, collateral.amount.number)
    }
    let perpetual = market.perp
    if perpetual.size.number != 0 {
      book.addFuture(
        "PERP", on: underlying, settlement: "CASH", mark: perpetual.price.number,
        confidence: perpetual.confidence.number)
      book.hold("a", "PERP", perpetual.size.number)
      book.unsettled["a PERP"] =
        perpetual.unrealisedPnl.number(or: 0) + perpetual.unrealisedFunding.number(or: 0)
        + perpetual.unsettledPnlAndFunding.number(or: 0)
    }
    for (rank, expiry) in market.expiries.list.enumerated() {
      let seconds = expiry.secToExpiry.number
      if seconds <= 0 { return nil }
      let time = VenueBook.expiry(seconds: seconds)
      let forward = expiry.forward.number(
        or: expiry.forwardVariable.number + expiry.forwardFixed.number(or: 0))
      let confidence = ["minConfidence", "forwardConfidence", "rateConfidence", "volConfidence"]
        .map { expiry[$0].number(or: 1) }.min()
      book.addForward(
        underlying, expiry: time, forward, rate: expiry.rate.number, confidence: confidence)
      for (place, option) in expiry.options.list.enumerated() {
        let name = "OPT-\(rank)-\(place)"
        book.addOption(
          name, on: underlying, expiry: time, strike: option.strike.number,
          option.isCall.flag ? .call : .put, volatility: option.vol.number, settlement: "CASH")
        book.hold("a", name, option.amount.number)
      }
    }
    return book
  }

  @Test func casesOfTheSecondVersionAreReproducedFromBooks() throws {
    let file = try VenueVectors("derive_pm2")
    var count = 0
    for vector in file.vectors {
      let inputs = vector.inputs
      let collaterals = inputs.collaterals.list
      guard let venue = Self.book(inputs, inputs, collaterals: collaterals, base: 0) else {
        continue
      }
      let terms = Self.second(file.input(vector, "params"), file.input(vector, "scenarios").list)
      let market = DeriveMarketTerms(
        cashAsset: "CASH", underlyings: ["COIN"],
        collaterals: collaterals.map {
          DeriveMarketTerms.Collateral(
            asset: "COLL-" + $0.name.text, cancelsRiskOf: $0.riskCancelling.flag ? "COIN" : nil,
            haircutFraction: $0.mmHaircut.number, initialExtraFraction: $0.imHaircutExtra.number)
        })
      let run = try venue.run(.derivePortfolio2(terms, on: market))
      let row = run.margin("a")
      #expect(
        agrees(row?.initial.surplusUSD, vector.expected.initialMargin.number, 1e-8), "\(vector.id)")
      #expect(
        agrees(row?.maintenance.surplusUSD, vector.expected.maintenanceMargin.number, 1e-8),
        "\(vector.id)")
      #expect(
        agrees(row?.maintenance.valueUSD, vector.expected.markToMarket.number, 1e-8),
        "\(vector.id)")
      #expect(run.addsUp)
      count += 1
    }
    #expect(count > 80)
  }

  @Test func casesOfTheFirstVersionAreReproducedFromBooks() throws {
    let file = try VenueVectors("derive_pmrm1")
    var count = 0
    for vector in file.vectors {
      let inputs = vector.inputs
      let venueMarket = inputs.spot.number.isNaN ? file.input(vector, "market") : inputs
      // A book states one forward: how much of it is settled follows from the time to expiry.
      if venueMarket.expiries.list.contains(where: { $0.forwardFixed.number(or: 0) != 0 }) {
        continue
      }
      guard
        let venue = Self.book(
          inputs, venueMarket, collaterals: [], base: venueMarket.base.number(or: 0))
      else { continue }
      let terms = Self.first(file.input(vector, "params"), file.input(vector, "scenarios").list)
      let market = DeriveMarketTerms(cashAsset: "CASH", underlyings: ["COIN"], collaterals: [])
      let row = try venue.run(.derivePortfolio1(terms, on: market)).margin("a")
      for (level, name) in [
        (row?.initial, "initialMargin"), (row?.maintenance, "maintenanceMargin")
      ] {
        let expected = vector.expected
        #expect(
          expected[name].number.isNaN
            ? level.map { isTruncated($0.surplusUSD, to: expected[name + "Truncated"].number) }
              == true
            : agrees(level?.surplusUSD, expected[name].number, 1e-6), "\(vector.id) \(name)")
      }
      count += 1
    }
    #expect(count > 40)
  }

  // MARK: Rules

  private static let cashTerms = DeriveMarketTerms(
    cashAsset: "USDC", underlyings: ["BTC", "ETH"],
    collaterals: [
      DeriveMarketTerms.Collateral(
        asset: "ETH", cancelsRiskOf: "ETH", haircutFraction: 0.02, initialExtraFraction: 0.01),
      DeriveMarketTerms.Collateral(
        asset: "USDT", cancelsRiskOf: nil, haircutFraction: 0.02, initialExtraFraction: 0.03)
    ])

  private static func terms() throws -> DerivePortfolioTerms2 {
    let file = try VenueVectors("derive_pm2")
    return second(
      file.input(file.vectors[0], "params"), file.input(file.vectors[0], "scenarios").list)
  }

  private static func market() -> VenueBook {
    var book = VenueBook([
      VenueBook.asset("BTC", 80_000), VenueBook.asset("ETH", 2_000),
      VenueBook.asset("SOL", 100), VenueBook.asset("USDC", 1, peg: "USD"),
      VenueBook.asset("USDT", 1, peg: "USD")
    ])
    book.addFuture("BTC-PERP", on: "BTC", mark: 80_000)
    book.addFuture("BTC-PERP-2", on: "BTC", mark: 80_000)
    book.addFuture("ETH-PERP", on: "ETH", mark: 2_000)
    book.addFuture("ETH-COIN", on: "ETH", settlement: "ETH", mark: 2_000)
    book.addFuture("SOL-PERP", on: "SOL", mark: 100)
    book.addFuture("BTC-USDT", on: "BTC", settlement: "USDT", mark: 80_000)
    book.addFuture(
      "BTC-FUT", on: "BTC", expiry: VenueBook.expiry(seconds: 864_000), mark: 80_500)
    return book
  }

  @Test func underlyingsStandApartAndCashCountsOnce() throws {
    var venue = Self.market()
    for (account, bitcoin, ether) in [("both", 1.0, -40.0), ("first", 1, 0), ("second", 0, -40)] {
      venue.own(account, "USDC", 50_000)
      if bitcoin != 0 { venue.hold(account, "BTC-PERP", bitcoin) }
      if ether != 0 { venue.hold(account, "ETH-PERP", ether) }
    }
    let run = try venue.run(.derivePortfolio2(try Self.terms(), on: Self.cashTerms))
    for level in [0, 1] {
      let parts = try ["both", "first", "second"].map {
        try #require(run.margin($0)).levels[level]
      }
      #expect(parts.allSatisfy { $0.valueUSD == 50_000 })
      // A long and a short that hedge each other are not netted across managers.
      #expect(agrees(parts[0].requirementUSD, parts[1].requirementUSD + parts[2].requirementUSD))
    }
    // 18 % of 80,000 at the maintenance factor 0.8, and 1.5 % of it.
    #expect(agrees(run.component("first", "maintenance", "scan"), -80_000 * 0.18 * 0.8))
    #expect(agrees(run.component("first", "maintenance", "perpetual"), -80_000 * 0.015))
    #expect(run.margin("first")?.worstScenario?.position == 22)
  }

  @Test func collateralCountsByItsTermsAndCancelsRisk() throws {
    var venue = Self.market()
    venue.own("a", "USDC", -1_000)
    venue.own("a", "ETH", 10)
    venue.own("a", "USDT", 500)
    venue.hold("a", "ETH-PERP", -10)
    let run = try venue.run(.derivePortfolio2(try Self.terms(), on: Self.cashTerms))
    #expect(run.component("a", "maintenance", "cash") == -1_000)
    #expect(run.component("a", "maintenance", "collateral") == 20_500)
    #expect(run.component("a", "maintenance", "scan") == 0)
    #expect(agrees(run.component("a", "maintenance", "collateral_charge"), -20_500 * 0.02))
    #expect(
      agrees(
        run.component("a", "initial", "collateral_charge"),
        -20_500 * 0.02 - 20_000 * 0.01 - 500 * 0.03))
  }

  @Test(arguments: [
    ("SOL-PERP", "SOL-PERP"), ("ETH-COIN", "ETH-COIN"), ("BTC-USDT", "BTC-USDT"),
    ("BTC-FUT", "BTC-FUT"), ("BTC-PERP-2", "BTC-PERP-2")
  ])
  func whatTheVenueDoesNotListIsNotCovered(_ instrument: String, _ subject: String) throws {
    var venue = Self.market()
    venue.own("a", "USDC", 100_000)
    venue.hold("a", instrument, 1)
    venue.own("coin", "BTC", 1)
    venue.own("debt", "ETH", -1)
    venue.own("fine", "USDC", 5)
    let run = try venue.run(.derivePortfolio2(try Self.terms(), on: Self.cashTerms))
    #expect(run.missing("a") == MissingData(subject: subject, reason: .notCovered))
    #expect(run.missing("coin") == MissingData(subject: "BTC", reason: .notCovered))
    #expect(run.missing("debt") == MissingData(subject: "ETH", reason: .notCovered))
    #expect(run.missing("fine") == nil && run.margin("fine") != nil)
  }
}
