// Cascades of linear accounts: fixed points by hand and in closed form, their order, their linear
// part.

import CrossMargin
import RiskNumerics
import Testing

@Suite struct PriceCascadeTests {
  private static func matrix(_ rows: [[Double]]) -> Matrix {
    var result = Matrix(rowCount: rows.count, columnCount: rows.first?.count ?? 0)
    for (row, values) in rows.enumerated() {
      for (column, value) in values.enumerated() { result[row, column] = value }
    }
    return result
  }

  /// D of a market: notional per unit of log move.
  private static func linear(_ depthUSD: Double) -> MarketDepth {
    MarketDepth(name: "X", depthUSDPerPercent: depthUSD / 100, shape: .linear)
  }

  /// Accounts on two markets, each with holdings of one sign in both, some long and some short.
  private static func random(
    seed: UInt64, response: LiquidationResponse, shock: Double = 0, isOneSided: Bool = true,
    depthUSD: Double = 4_000
  ) -> PriceCascade {
    var random = SeededGenerator(seed: seed)
    var accounts: [CascadeAccount] = []
    var rows: [[Double]] = []
    for _ in 0..<60 {
      let side: Double = isOneSided || Bool.random(using: &random) ? 1 : -1
      let row = [
        side * Double.random(in: 0...100, using: &random),
        side * Double.random(in: 0...100, using: &random)
      ]
      let requirement = (abs(row[0]) + abs(row[1])) * 0.05
      let surplus = Double.random(in: -0.3...3, using: &random) * requirement
      accounts.append(
        CascadeAccount(
          surplusUSD: surplus - shock * (row[0] + row[1]), requirementUSD: requirement))
      rows.append(row)
    }
    return PriceCascade(
      accounts: accounts, exposuresUSD: matrix(rows),
      markets: [linear(depthUSD), linear(2 * depthUSD)], response: response)
  }

  /// The first sells 100 into a depth of 1,000: the price falls to exp(-0.1), by 9.52 %, and the
  /// second, who can lose 15 of 200, loses 19.03 and sells too: exp(-0.3).
  @Test func twoAccountsByHand() {
    let cascade = PriceCascade(
      accounts: [
        CascadeAccount(surplusUSD: -1, requirementUSD: 10),
        CascadeAccount(surplusUSD: 15, requirementUSD: 10)
      ], exposuresUSD: Self.matrix([[100], [200]]), markets: [Self.linear(1_000)], response: .full)
    let found = cascade.least()
    #expect(found.rounds.map { $0.logMoves[0] } == [0, -0.1, -0.3])
    #expect(found.rounds.map(\.liquidatedCount) == [1, 2, 2])
    #expect(found.rounds.map { $0.soldUSD[0] } == [100, 300, 300])
    #expect(found.isSettled && found.heldLogMove == 0)
    let cut = cascade.least(roundsMax: 2)
    #expect(cut.rounds.count == 2 && !cut.isSettled)
    // With a surplus of 20 it holds: but had both sold, it would have lost 51.8, so both may sell.
    let held = PriceCascade(
      accounts: [
        CascadeAccount(surplusUSD: -1, requirementUSD: 10),
        CascadeAccount(surplusUSD: 20, requirementUSD: 10)
      ], exposuresUSD: Self.matrix([[100], [200]]), markets: [Self.linear(1_000)], response: .full)
    #expect(held.least().logMoves == [-0.1])
    #expect(held.greatest(directions: [-1]).logMoves == [-0.3])
  }

  /// Short accounts buy: their cascade is that of long ones turned round, in log moves.
  @Test func shortAccountsBuyIntoTheirOwnDirection() {
    let cascade = PriceCascade(
      accounts: [
        CascadeAccount(surplusUSD: -1, requirementUSD: 10),
        CascadeAccount(surplusUSD: 15, requirementUSD: 10)
      ], exposuresUSD: Self.matrix([[-100], [-200]]), markets: [Self.linear(1_000)],
      response: .full)
    let found = cascade.least()
    #expect(found.rounds.map { $0.logMoves[0] } == [0, 0.1, 0.3])
    #expect(found.rounds.map { $0.boughtUSD[0] } == [100, 300, 300])
  }

  /// One account that sells S of its own accord: `dP / P = B (1 - exp(-S / (B D)))`.
  @Test(arguments: [10.0, 300, 5_000]) func saturatingImpactInClosedForm(_ soldUSD: Double) {
    let market = MarketDepth(
      name: "X", depthUSDPerPercent: 10, shape: .saturating(limitFraction: 0.4))
    let cascade = PriceCascade(
      accounts: [CascadeAccount(surplusUSD: -1, requirementUSD: 1)],
      exposuresUSD: Self.matrix([[soldUSD]]), markets: [market], response: .full)
    let fall = 1 - ScalarMath.exp(cascade.least().logMoves[0])
    let exact = 0.4 * (1 - ScalarMath.exp(-soldUSD / (0.4 * 1_000)))
    #expect(abs(fall - exact) < 1e-14)
    // Small sales see the linear depth, large ones the limit.
    #expect(fall < 0.4 && fall <= soldUSD / 1_000)
  }

  /// A quarter of the depth of 1 % moves the price by half as much.
  @Test func theSquareRootLawPassesThroughItsDepth() {
    let market = MarketDepth(name: "X", depthUSDPerPercent: 400, shape: .power(exponent: 0.5))
    #expect(abs(market.logMove(netSalesUSD: 400) + 0.01) < 1e-17)
    #expect(abs(market.logMove(netSalesUSD: -100) - 0.005) < 1e-17)
    #expect(market.logMove(netSalesUSD: 0) == 0)
    // 20,000 a day at 2 %: Q = 5,000 moves by 0.02 sqrt(1/4) = 1 %.
    #expect(
      abs(
        MarketDepth.depthUSDPerPercent(
          dailyVolumeUSD: 20_000, dailyDeviation: 0.02, impactScale: 1) - 5_000) < 1e-9)
  }

  @Test(arguments: [UInt64(1), 2, 3, 4, 5])
  func leastIsBelowGreatest(seed: UInt64) {
    for response in [LiquidationResponse.full, .toRequirement(bufferFraction: 0.2)] {
      let cascade = Self.random(seed: seed, response: response)
      let (least, greatest) = (cascade.least(), cascade.greatest(directions: [-1, -1]))
      #expect(least.isSettled && greatest.isSettled)
      #expect(least.heldLogMove < 1e-11 && greatest.heldLogMove < 1e-11)
      #expect(zip(greatest.logMoves, least.logMoves).allSatisfy { $0 <= $1 + 1e-12 })
      // A whole account that joins is one round; the last round adds none.
      if response == .full { #expect(least.rounds.count <= cascade.accounts.count + 1) }
      #expect(
        zip(least.rounds, least.rounds.dropFirst()).allSatisfy {
          $0.liquidatedCount <= $1.liquidatedCount
        })
    }
  }

  /// Where accounts of both sides hold, one market is monotone still: the falling state ends at a
  /// fixed point that no rising one passes.
  @Test(arguments: [UInt64(11), 12, 13])
  func oneMarketIsMonotoneForLongAndShort(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let rows = (0..<80).map { _ in [Double.random(in: -50...100, using: &random)] }
    let accounts = rows.map {
      CascadeAccount(
        surplusUSD: .random(in: -0.02...0.3, using: &random) * abs($0[0]),
        requirementUSD: 0.05 * abs($0[0]))
    }
    let cascade = PriceCascade(
      accounts: accounts, exposuresUSD: Self.matrix(rows), markets: [Self.linear(20_000)],
      response: .full)
    let least = cascade.least()
    let direction = least.logMoves[0] < 0 ? -1.0 : 1
    let greatest = cascade.greatest(directions: [direction])
    #expect(least.heldLogMove == 0 && greatest.heldLogMove == 0)
    #expect(direction * greatest.logMoves[0] >= direction * least.logMoves[0])
  }

  /// Spread accounts break the order: prices are then held where the cascade broke them, and it
  /// ends nevertheless.
  @Test(arguments: [UInt64(21), 22, 23, 24]) func mixedAccountsStillEnd(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let rows = (0..<60).map { _ in
      [
        Double.random(in: -100...100, using: &random),
        Double.random(in: -100...100, using: &random)
      ]
    }
    let accounts = rows.map { _ in
      CascadeAccount(surplusUSD: .random(in: -2...10, using: &random), requirementUSD: 5)
    }
    for response in [LiquidationResponse.full, .toRequirement(bufferFraction: 0)] {
      let cascade = PriceCascade(
        accounts: accounts, exposuresUSD: Self.matrix(rows),
        markets: [Self.linear(500), Self.linear(800)], response: response)
      let found = cascade.least()
      #expect(found.isSettled)
      for (before, after) in zip(found.rounds, found.rounds.dropFirst()) {
        #expect(zip(before.logMoves, after.logMoves).allSatisfy { abs($0) <= abs($1) })
      }
    }
  }

  /// Selling no more than what is missing over the requirement is continuous; with a spectral
  /// radius below one the map contracts and has one fixed point. Above one both ends can lie apart.
  @Test(arguments: [UInt64(31), 32, 33])
  func aContinuousResponseBelowRadiusOneHasOneEnd(seed: UInt64) throws {
    let cascade = Self.random(
      seed: seed, response: .toRequirement(bufferFraction: 0), depthUSD: 100_000)
    let linear = try Systemicness(
      exposuresUSD: cascade.exposuresUSD,
      sensitivities: cascade.accounts.map { 1 / $0.requirementUSD },
      depthsUSD: cascade.markets.map(\.depthUSD))
    #expect(linear.spectralRadius < 1 && linear.spectralRadius > 0.3)
    let (least, greatest) = (cascade.least(), cascade.greatest(directions: [-1, -1]))
    #expect(least.logMoves[0] < 0)
    // Steps of 1e-12 that shrink by the radius stop within 1e-12 rho / (1 - rho) of the end.
    #expect(
      zip(least.logMoves, greatest.logMoves).allSatisfy { abs($0 - $1) < 1e-11 })
  }

  @Test(arguments: [UInt64(41), 42, 43]) func aLargerShockMovesFurther(seed: UInt64) {
    for response in [LiquidationResponse.full, .toRequirement(bufferFraction: 0.1)] {
      let moves = [0.0, 0.02, 0.05, 0.1].map {
        Self.random(seed: seed, response: response, shock: $0).least()
      }
      for (less, more) in zip(moves, moves.dropFirst()) {
        #expect(zip(more.logMoves, less.logMoves).allSatisfy { $0 <= $1 + 1e-12 })
        #expect(less.rounds[0].liquidatedCount <= more.rounds[0].liquidatedCount)
      }
    }
  }

  @Test func salesAreThoseOfTheAccounts() {
    let cascade = Self.random(
      seed: 51, response: .toRequirement(bufferFraction: 0.3), isOneSided: false)
    let end = cascade.least()
    let fractions = cascade.soldFractions(logMoves: end.logMoves)
    for market in 0..<2 {
      let trades = fractions.indices.map { fractions[$0] * cascade.exposuresUSD[$0, market] }
      let last = end.rounds[end.rounds.count - 1]
      #expect(abs(last.soldUSD[market] - trades.reduce(0) { $0 + max($1, 0) }) < 1e-9)
      #expect(abs(last.boughtUSD[market] - trades.reduce(0) { $0 + max(-$1, 0) }) < 1e-9)
    }
  }

  @Test func nothingSoldWithoutBreach() {
    let cascade = PriceCascade(
      accounts: [CascadeAccount(surplusUSD: 0, requirementUSD: 1)],
      exposuresUSD: Self.matrix([[100]]), markets: [Self.linear(10)], response: .full)
    let found = cascade.least()
    #expect(found.rounds.count == 1 && found.logMoves == [0])
  }

  // MARK: Linear part

  /// One account on one market: rho = gamma q^2 / D.
  @Test func oneAccountsRadius() throws {
    let linear = try Systemicness(
      exposuresUSD: Self.matrix([[200]]), sensitivities: [0.01], depthsUSD: [1_000])
    #expect(abs(linear.spectralRadius - 0.4) < 1e-15)
    #expect(abs(try #require(linear.multiplier) - 1 / 0.6) < 1e-14)
    #expect(linear.marketShares == [1] && abs(linear.accountShares[0] - 1) < 1e-14)
    let total = try #require(try linear.totalMove(after: [0.03]))
    #expect(abs(total[0] - 0.05) < 1e-15)
  }

  @Test(arguments: [UInt64(61), 62, 63]) func sharesSumAndTheVectorIsOne(seed: UInt64) throws {
    let cascade = Self.random(seed: seed, response: .full, isOneSided: false, depthUSD: 200_000)
    let linear = try Systemicness(
      exposuresUSD: cascade.exposuresUSD,
      sensitivities: cascade.accounts.map { 1 / $0.requirementUSD },
      depthsUSD: cascade.markets.map(\.depthUSD))
    let next = LinearAlgebra.product(linear.cascade, vector: linear.priceMoves)
    for market in 0..<2 {
      #expect(
        abs(next[market] - linear.spectralRadius * linear.priceMoves[market]) < 1e-12)
    }
    #expect(abs(linear.marketShares.reduce(0, +) - 1) < 1e-12)
    #expect(abs(linear.accountShares.reduce(0, +) - 1) < 1e-12)
    // The sum of all rounds, one by one.
    var (move, sum) = ([0.02, -0.01], [0.0, 0.0])
    for _ in 0..<2_000 {
      sum = zip(sum, move).map { $0 + $1 }
      move = LinearAlgebra.product(linear.cascade, vector: move)
    }
    let total = try #require(try linear.totalMove(after: [0.02, -0.01]))
    #expect(zip(total, sum).allSatisfy { abs($0 - $1) < 1e-10 })
  }

  @Test func aRadiusAboveOneDoesNotDieOut() throws {
    let linear = try Systemicness(
      exposuresUSD: Self.matrix([[200]]), sensitivities: [0.01], depthsUSD: [300])
    #expect(linear.multiplier == nil)
    #expect(try linear.totalMove(after: [0.1]) == nil)
    #expect(try linear.stressedCovariance(Self.matrix([[0.01]])) == nil)
  }

  /// One fund in two independent assets: `Sigma + g (D^-1 q q' Sigma + Sigma q q' D^-1)
  /// + g^2 (q' Sigma q) D^-1 q q' D^-1` [Cont and Wagalath 2013].
  @Test func distressSellingMakesCorrelation() throws {
    let (q, depths, gamma) = ([300.0, 500], [8_000.0, 20_000], 0.02)
    let covariance = Self.matrix([[0.0004, 0], [0, 0.0009]])
    let linear = try Systemicness(
      exposuresUSD: Self.matrix([q]), sensitivities: [gamma], depthsUSD: depths)
    let impact = zip(q, depths).map { $0 / $1 }
    let spread = q[0] * q[0] * 0.0004 + q[1] * q[1] * 0.0009
    let first = linear.firstRoundCovariance(covariance)
    for row in 0..<2 {
      for column in 0..<2 {
        let cross =
          impact[row] * q[column] * covariance[column, column]
          + covariance[row, row] * q[row] * impact[column]
        let exact =
          covariance[row, column] + gamma * cross
          + gamma * gamma * spread * impact[row] * impact[column]
        #expect(abs(first[row, column] - exact) < 1e-15)
      }
    }
    let all = try #require(try linear.stressedCovariance(covariance))
    #expect(all[0, 1] > first[0, 1] && first[0, 1] > 0 && all[0, 1] == all[1, 0])
    #expect(all[0, 0] > first[0, 0])
  }
}

@Suite struct VenueCascadeTests {
  private static func market(
    _ depthUSD: Double, venue: Int, asset: Int, weight: Double, share: Double
  ) -> VenueMarket {
    VenueMarket(
      depth: MarketDepth(
        name: "\(asset) at \(venue)", depthUSDPerPercent: depthUSD / 100, shape: .linear),
      venue: venue, asset: asset, indexWeight: weight, indexShare: share)
  }

  /// A wrapped coin with a book of its own: 1,000 of it are sold into a depth of 500 and it is
  /// worth exp(-2), 86 % less, on the venue that marks by its own trades; the venue that marks by
  /// an index of which that is a tenth loses 18 %.
  private static func detached(share: Double) -> VenueCascade {
    var exposures = Matrix(rowCount: 2, columnCount: 2)
    exposures[0, 0] = 1_000
    exposures[1, 0] = 400
    return VenueCascade(
      markets: [
        market(500, venue: 0, asset: 0, weight: 0.1, share: share),
        market(1e12, venue: 1, asset: 0, weight: 0.9, share: 1)
      ],
      accounts: [
        VenueAccount(
          venue: 0, margin: CascadeAccount(surplusUSD: -1, requirementUSD: 50), equityUSD: 300),
        VenueAccount(
          venue: 0, margin: CascadeAccount(surplusUSD: 150, requirementUSD: 20), equityUSD: 170)
      ], exposuresUSD: exposures, response: .full, venueCount: 2)
  }

  @Test func collateralDetachesFromItsIndex() throws {
    let own = Self.detached(share: 0).cascade.least()
    #expect(own.rounds.map(\.liquidatedCount) == [1, 2, 2])
    #expect(abs(own.rounds[1].logMoves[0] + 2) < 1e-12)
    #expect(abs(own.logMoves[0] + 2.8) < 1e-12)
    // Marked by the index, the second account loses 400 (1 - exp(-0.2)) = 72.5 and stays.
    let index = Self.detached(share: 1).cascade.least()
    #expect(index.rounds.map(\.liquidatedCount) == [1, 1])
  }

  /// Bad debt of the first venue: 1,000 (1 - e^-2.8) - 300 and 400 (1 - e^-2.8) - 170. With own
  /// funds of 600 it pays that and 200 to the second in proportion, which owes 100 to others.
  @Test func badDebtEntersTheClearing() throws {
    let venues = Self.detached(share: 0)
    let badDebt = venues.badDebtUSD(logMoves: venues.cascade.least().logMoves)
    let fall = 1 - ScalarMath.exp(-2.8)
    #expect(abs(badDebt[0] - (1_400 * fall - 470)) < 1e-9 && badDebt[1] == 0)
    var liabilities = Matrix(rowCount: 2, columnCount: 2)
    liabilities[0, 1] = 200
    let rich = try venues.clearing(
      badDebtUSD: badDebt,
      balances: VenueBalances(capitalUSD: [2_000, 0], liabilitiesUSD: liabilities))
    #expect(rich.isDefault == [false, false, false])
    let poor = try venues.clearing(
      badDebtUSD: badDebt,
      balances: VenueBalances(capitalUSD: [600, 0], liabilitiesUSD: liabilities))
    #expect(poor.isDefault == [true, false, false])
    #expect(abs(poor.payments[0] - 600) < 1e-9)
    var costly = VenueBalances(capitalUSD: [600, 0], liabilitiesUSD: liabilities)
    costly.assetRecovery = 0.5
    #expect(
      abs(try venues.clearing(badDebtUSD: badDebt, balances: costly).payments[0] - 300) < 1e-9)
  }
}
