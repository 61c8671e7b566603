// Cascades of linear accounts: fixed points by hand and in closed form, and their order.

import CrossMargin
import RiskNumerics
import Testing

@Suite struct PriceCascadeTests {
  /// The first sells 100 into a depth of 1,000: the price falls to exp(-0.1), by 9.52 %, and the
  /// second, who can lose 15 of 200, loses 19.03 and sells too: exp(-0.3).
  @Test func twoAccountsByHand() {
    let cascade = PriceCascade(
      accounts: [
        CascadeAccount(surplusUSD: -1, requirementUSD: 10),
        CascadeAccount(surplusUSD: 15, requirementUSD: 10)
      ], exposuresUSD: CascadeCases.matrix([[100], [200]]), markets: [CascadeCases.linear(1_000)],
      response: .full)
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
      ], exposuresUSD: CascadeCases.matrix([[100], [200]]), markets: [CascadeCases.linear(1_000)],
      response: .full)
    #expect(held.least().logMoves == [-0.1])
    #expect(held.greatest(directions: [-1]).logMoves == [-0.3])
  }

  /// Short accounts buy: their cascade is that of long ones turned round, in log moves.
  @Test func shortAccountsBuyIntoTheirOwnDirection() {
    let cascade = PriceCascade(
      accounts: [
        CascadeAccount(surplusUSD: -1, requirementUSD: 10),
        CascadeAccount(surplusUSD: 15, requirementUSD: 10)
      ], exposuresUSD: CascadeCases.matrix([[-100], [-200]]), markets: [CascadeCases.linear(1_000)],
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
      exposuresUSD: CascadeCases.matrix([[soldUSD]]), markets: [market], response: .full)
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
      let cascade = CascadeCases.random(seed: seed, response: response)
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
      accounts: accounts, exposuresUSD: CascadeCases.matrix(rows),
      markets: [CascadeCases.linear(20_000)],
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
        accounts: accounts, exposuresUSD: CascadeCases.matrix(rows),
        markets: [CascadeCases.linear(500), CascadeCases.linear(800)], response: response)
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
    let cascade = CascadeCases.random(
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
        CascadeCases.random(seed: seed, response: response, shock: $0).least()
      }
      for (less, more) in zip(moves, moves.dropFirst()) {
        #expect(zip(more.logMoves, less.logMoves).allSatisfy { $0 <= $1 + 1e-12 })
        #expect(less.rounds[0].liquidatedCount <= more.rounds[0].liquidatedCount)
      }
    }
  }

  @Test func salesAreThoseOfTheAccounts() {
    let cascade = CascadeCases.random(
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
      exposuresUSD: CascadeCases.matrix([[100]]), markets: [CascadeCases.linear(10)],
      response: .full)
    let found = cascade.least()
    #expect(found.rounds.count == 1 && found.logMoves == [0])
  }
}
