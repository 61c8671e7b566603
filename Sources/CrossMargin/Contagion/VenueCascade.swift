// A cascade over several venues: own depth, own marks, shared assets, and who then owes whom.

import RiskNumerics

/// One asset as it trades on one venue.
public struct VenueMarket: Sendable, Equatable {
  /// Depth of the asset on the venue.
  public var depth: MarketDepth
  /// The venue, counted from 0.
  public var venue: Int
  /// The asset, counted from 0; markets of one asset share an index.
  public var asset: Int
  /// Weight of the market in the index of its asset, at least 0; those of an asset sum to 1.
  public var indexWeight: Double
  /// Share of the index in the mark of the venue, in [0, 1]; the rest is its own market. Where it
  /// is 0, collateral can detach from its index.
  public var indexShare: Double

  /// A market.
  public init(
    depth: MarketDepth, venue: Int, asset: Int, indexWeight: Double, indexShare: Double
  ) {
    precondition(venue >= 0 && asset >= 0, "venues and assets count from 0")
    precondition(indexWeight >= 0 && indexShare >= 0 && indexShare <= 1, "weights are shares")
    self.depth = depth
    self.venue = venue
    self.asset = asset
    self.indexWeight = indexWeight
    self.indexShare = indexShare
  }
}

/// One account on one venue.
public struct VenueAccount: Sendable, Equatable {
  /// The venue that it owes.
  public var venue: Int
  /// Its margin after the first shock.
  public var margin: CascadeAccount
  /// Equity before haircuts after the first shock, USD.
  public var equityUSD: Double

  /// An account.
  public init(venue: Int, margin: CascadeAccount, equityUSD: Double) {
    self.venue = venue
    self.margin = margin
    self.equityUSD = equityUSD
  }
}

/// What venues have and what they owe each other.
public struct VenueBalances: Sendable, Equatable {
  /// Own funds of each venue, USD, at least 0. [venues]
  public var capitalUSD: [Double]
  /// What row owes column, USD, at least 0. [venues x venues]
  public var liabilitiesUSD: Matrix
  /// Share of own funds that default leaves, in (0, 1].
  public var assetRecovery = 1.0
  /// Share of claims on others that default leaves, in (0, 1].
  public var claimRecovery = 1.0

  /// Balances without costs of default.
  public init(capitalUSD: [Double], liabilitiesUSD: Matrix) {
    self.capitalUSD = capitalUSD
    self.liabilitiesUSD = liabilitiesUSD
  }
}

/// Accounts on several venues whose markets share assets.
public struct VenueCascade: Sendable {
  /// The cascade, whose markets are the venues' markets in their order.
  public let cascade: PriceCascade
  private let accounts: [VenueAccount]
  private let venueCount: Int

  /// Venues with their markets and accounts.
  ///
  /// Shapes: exposuresUSD [accounts x markets]: an account may hold in markets of other venues too,
  /// such as collateral that its venue marks by them.
  public init(
    markets: [VenueMarket], accounts: [VenueAccount], exposuresUSD: Matrix,
    response: LiquidationResponse, venueCount: Int
  ) {
    precondition(markets.allSatisfy { $0.venue < venueCount }, "unknown venue")
    precondition(accounts.allSatisfy { $0.venue < venueCount }, "unknown venue")
    self.accounts = accounts
    self.venueCount = venueCount
    cascade = PriceCascade(
      accounts: accounts.map(\.margin), exposuresUSD: exposuresUSD, markets: markets.map(\.depth),
      response: response, transmission: Self.transmission(markets))
  }

  /// Mark = (1 - share) own move + share x index, the index being the mean of moves by weight.
  private static func transmission(_ markets: [VenueMarket]) -> Matrix {
    var result = Matrix(rowCount: markets.count, columnCount: markets.count)
    for (row, mark) in markets.enumerated() {
      result[row, row] = 1 - mark.indexShare
      for (column, traded) in markets.enumerated() where traded.asset == mark.asset {
        result[row, column] += mark.indexShare * traded.indexWeight
      }
    }
    return result
  }

  /// What liquidated accounts leave unpaid on each venue at log moves of traded prices, USD.
  /// [venues]
  public func badDebtUSD(logMoves: [Double]) -> [Double] {
    let fractions = cascade.soldFractions(logMoves: logMoves)
    let profits = cascade.profitsUSD(logMoves: logMoves)
    var result = [Double](repeating: 0, count: venueCount)
    for (account, fraction) in fractions.enumerated() where fraction > 0 {
      result[accounts[account].venue] += max(
        -accounts[account].equityUSD - profits[account], 0)
    }
    return result
  }

  /// The clearing of what venues owe once each has to make good its bad debt.
  ///
  /// The last firm stands for those who are owed the bad debt: they rank with the other venues and
  /// owe nothing. Its payments are 0.
  public func clearing(
    badDebtUSD: [Double], balances: VenueBalances
  ) throws(LinearAlgebraError) -> ClearingNetwork.Clearing {
    precondition(
      badDebtUSD.count == venueCount && balances.capitalUSD.count == venueCount
        && balances.liabilitiesUSD.rowCount == venueCount, "one balance for each venue")
    var liabilities = Matrix(rowCount: venueCount + 1, columnCount: venueCount + 1)
    for row in 0..<venueCount {
      for column in 0..<venueCount {
        liabilities[row, column] = balances.liabilitiesUSD[row, column]
      }
      liabilities[row, venueCount] = badDebtUSD[row]
    }
    return try ClearingNetwork(
      liabilities: liabilities, outsideAssets: balances.capitalUSD + [0],
      assetRecovery: balances.assetRecovery, claimRecovery: balances.claimRecovery
    ).greatest()
  }
}
