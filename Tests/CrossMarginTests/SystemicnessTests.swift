// The linear part of cascades: radius, shares, all rounds together, covariance under distress.

import CrossMargin
import RiskNumerics
import Testing

@Suite struct SystemicnessTests {
  /// One account on one market: rho = gamma q^2 / D.
  @Test func oneAccountsRadius() throws {
    let linear = try Systemicness(
      exposuresUSD: CascadeCases.matrix([[200]]), sensitivities: [0.01], depthsUSD: [1_000])
    #expect(abs(linear.spectralRadius - 0.4) < 1e-15)
    #expect(abs(try #require(linear.multiplier) - 1 / 0.6) < 1e-14)
    #expect(linear.marketShares == [1] && abs(linear.accountShares[0] - 1) < 1e-14)
    let total = try #require(try linear.totalMove(after: [0.03]))
    #expect(abs(total[0] - 0.05) < 1e-15)
  }

  @Test(arguments: [UInt64(61), 62, 63]) func sharesSumAndTheVectorIsOne(seed: UInt64) throws {
    let cascade = CascadeCases.random(
      seed: seed, response: .full, isOneSided: false, depthUSD: 200_000)
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
      exposuresUSD: CascadeCases.matrix([[200]]), sensitivities: [0.01], depthsUSD: [300])
    #expect(linear.multiplier == nil)
    #expect(try linear.totalMove(after: [0.1]) == nil)
    #expect(try linear.stressedCovariance(CascadeCases.matrix([[0.01]])) == nil)
  }

  /// One fund in two independent assets: `Sigma + g (D^-1 q q' Sigma + Sigma q q' D^-1)
  /// + g^2 (q' Sigma q) D^-1 q q' D^-1` with g = gamma / (1 - rho) [Cont and Wagalath 2013].
  @Test func distressSellingMakesCorrelation() throws {
    let (q, depths, gamma) = ([300.0, 500], [8_000.0, 20_000], 0.02)
    let covariance = CascadeCases.matrix([[0.0004, 0], [0, 0.0009]])
    let linear = try Systemicness(
      exposuresUSD: CascadeCases.matrix([q]), sensitivities: [gamma], depthsUSD: depths)
    let impact = zip(q, depths).map { $0 / $1 }
    let radius = gamma * (q[0] * impact[0] + q[1] * impact[1])
    #expect(abs(linear.spectralRadius - radius) < 1e-14)
    let share = gamma / (1 - radius)
    let spread = q[0] * q[0] * 0.0004 + q[1] * q[1] * 0.0009
    let found = try #require(try linear.stressedCovariance(covariance))
    for row in 0..<2 {
      for column in 0..<2 {
        let cross =
          impact[row] * q[column] * covariance[column, column]
          + covariance[row, row] * q[row] * impact[column]
        let exact =
          covariance[row, column] + share * cross
          + share * share * spread * impact[row] * impact[column]
        #expect(abs(found[row, column] - exact) < 1e-14)
      }
    }
    #expect(found[0, 1] > 0 && found[0, 1] == found[1, 0])
  }
}
