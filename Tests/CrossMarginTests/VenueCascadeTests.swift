// Cascades over several venues: marks by their own trades or by an index, and who then owes whom.

import CrossMargin
import RiskNumerics
import Testing

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
