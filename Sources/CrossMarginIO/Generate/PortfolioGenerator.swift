// Synthetic accounts on any market, real or synthetic: account i depends on the market, the seed
// and i alone.

import Foundation
import PortfolioModel

/// Makes accounts one by one for a given market.
///
/// Kinds and their shares are those of `AccountKind`; a kind whose instruments the market does not
/// have falls away. Sizes are Pareto distributed (exponent 1.15 from 5,000 to 40 million USD of
/// notional, market makers 25 times that and at least 1 million). Futures and perpetuals were
/// entered at a past level of their underlying, 12 days ago on average, so that unrealised gains
/// and losses are real; on 6 % of the positions they are given as an amount instead, 9 % are
/// settled. Collateral brings equity to a ratio of `Funding` to the loss that the account would
/// make within 18 % of price and a rise or fall of volatility. Quantities are whole lots: a future
/// lot is worth at least 10 USD, an option lot at least 1,000 USD of underlying.
public struct PortfolioGenerator: Sendable {
  /// Most accounts of a book: numbers have seven digits, so that names sort as numbers do.
  public static let accountCountMax = 9_999_999

  /// Kinds that are possible on the market, in the order of `AccountKind.allCases`.
  public let possibleKinds: [AccountKind]

  private let market: TradableMarket
  private let seed: UInt64
  private let kindWeights: [Double]
  private let underlyingsOfKind: [[Int]]

  /// A generator for a market and its instruments.
  ///
  /// Instruments without a price, expired ones and spot are not traded. Throws when nothing is left.
  public init(
    market: MarketSnapshot, instruments: [Instrument], seed: UInt64
  ) throws(GeneratorError) {
    let tradable = try TradableMarket(market: market, instruments: instruments)
    let places = AccountKind.allCases.map { kind in
      tradable.underlyings.indices.filter { kind.isPossible(on: tradable.underlyings[$0]) }
    }
    self.market = tradable
    self.seed = seed
    possibleKinds = zip(AccountKind.allCases, places).filter { !$0.1.isEmpty }.map(\.0)
    underlyingsOfKind = places.filter { !$0.isEmpty }
    kindWeights = possibleKinds.map(\.share)
  }

  /// All accounts of a book in memory.
  public static func make(
    market: MarketSnapshot, instruments: [Instrument], accountCount: Int, seed: UInt64
  ) throws(GeneratorError) -> Portfolio {
    let generator = try PortfolioGenerator(market: market, instruments: instruments, seed: seed)
    try checkCount(accountCount)
    return portfolio(of: (1...accountCount).map { generator.account($0) })
  }

  static func checkCount(_ count: Int) throws(GeneratorError) {
    guard (1...accountCountMax).contains(count) else {
      throw .accountCountOutOfRange(count: count, maximum: accountCountMax)
    }
  }

  /// Account of a number from 1 to `accountCountMax`.
  public func account(_ number: Int) -> GeneratedAccount {
    precondition((1...Self.accountCountMax).contains(number), "account numbers have seven digits")
    var draws = SeededDraws(seed: seed, stream: .account, item: number)
    let kindRank = draws.rank(weights: kindWeights)
    let kind = possibleKinds[kindRank]
    var sizeUSD = draws.pareto(from: 5_000, to: 40_000_000, tail: 1.15)
    if kind == .marketMaker { sizeUSD = max(1_000_000, 25 * sizeUSD) }
    let strategy = AccountStrategy(
      market: market, underlyings: underlyingsOfKind[kindRank], sizeUSD: sizeUSD)
    var holdings = strategy.holdings(of: kind, &draws)
    let (positions, unsettledUSD) = enter(holdings, &draws)
    fund(&holdings, unsettledUSD: unsettledUSD, &draws)
    return GeneratedAccount(
      name: Self.name(of: number), kind: kind, positions: positions,
      balances: holdings.amounts.filter { $0.amount != 0 }.map {
        GeneratedBalance(asset: $0.asset, amount: $0.amount)
      }.sorted { $0.asset < $1.asset })
  }

  /// `A` and the number with seven digits.
  static func name(of number: Int) -> String {
    let digits = String(number)
    return "A" + String(repeating: "0", count: max(0, 7 - digits.count)) + digits
  }

  /// Turns legs into positions that were opened in the past, and sums what they have gained in USD.
  private func enter(
    _ holdings: AccountHoldings, _ draws: inout SeededDraws
  ) -> (positions: [GeneratedPosition], unsettledUSD: Double) {
    var positions: [GeneratedPosition] = []
    var unsettledUSD = 0.0
    for leg in holdings.legs.sorted(by: { $0.contract.index < $1.contract.index })
    where leg.quantity != 0 {
      var position = GeneratedPosition(
        instrument: leg.contract.index, quantity: leg.quantity, entryPrice: nil,
        unsettledAmount: nil)
      if let entryPrice = entryPrice(of: leg.contract, &draws) {
        let amount = leg.contract.unsettledAmount(quantity: leg.quantity, entryPrice: entryPrice)
        let form = draws.uniform()
        if form < 0.85 {
          position.entryPrice = entryPrice
        } else if form < 0.91 {
          position.unsettledAmount = Rounding.decimals(amount, 8)
        }
        if form < 0.91 { unsettledUSD += amount * leg.contract.settlementUSD }
      }
      positions.append(position)
    }
    return (positions, unsettledUSD)
  }

  /// A past price of a future or perpetual; nil for options and without history.
  private func entryPrice(of contract: Contract, _ draws: inout SeededDraws) -> Double? {
    guard contract.price > 0, let place = market.underlyingOfAsset[contract.underlying.position]
    else { return nil }
    let ratios = market.underlyings[place].pastPriceRatios
    guard !ratios.isEmpty else { return nil }
    let daysBack = min(Double(ratios.count - 1), -12 * log(draws.uniform()))
    return Rounding.significant(contract.price * ratios[Int(daysBack)], digits: 6)
  }

  /// Adds collateral, or for accounts in trouble takes it away, until equity has its ratio to the
  /// sizing loss. Comfortable accounts keep what is above it.
  private func fund(
    _ holdings: inout AccountHoldings, unsettledUSD: Double, _ draws: inout SeededDraws
  ) {
    let ratio = Funding.coverRatio(&draws)
    let leastLossUSD = 0.03 * holdings.grossNotionalUSD + 0.05 * holdings.borrowedUSD
    let lossUSD = max(holdings.sizingLossUSD, leastLossUSD)
    let missingUSD = ratio * lossUSD - (holdings.equityUSD + unsettledUSD)
    let stable = market.stableAssets[draws.index(below: market.stableAssets.count)]
    let choice = draws.uniform()
    if ratio < Funding.comfortableRatioMin {
      holdings.add(stable, valueUSD: missingUSD)
    } else if missingUSD > 0 {
      let place = draws.rank(weights: market.underlyings.indices.map { 1 / Double($0 + 1) })
      let traded = market.underlyings[place]
      if choice < 0.65 {
        holdings.add(stable, valueUSD: missingUSD * 1.03)
      } else if choice < 0.92 || traded.stakedAssets.isEmpty {
        holdings.add(traded.asset, valueUSD: missingUSD * 1.35)
      } else {
        holdings.add(traded.stakedAssets[0], valueUSD: missingUSD * 1.45)
      }
    } else if holdings.amounts.isEmpty {
      holdings.add(stable, valueUSD: max(1, 0.01 * holdings.grossNotionalUSD))
    }
  }
}

extension PortfolioGenerator {
  /// Tables of accounts in ascending order of their names.
  static func portfolio(of accounts: [GeneratedAccount]) -> Portfolio {
    var positionOffsets = [0]
    var balanceOffsets = [0]
    var positions: [GeneratedPosition] = []
    var balances: [GeneratedBalance] = []
    for account in accounts {
      positions += account.positions
      balances += account.balances
      positionOffsets.append(positions.count)
      balanceOffsets.append(balances.count)
    }
    var table = PositionTable(
      accountOffsets: positionOffsets, instruments: positions.map(\.instrument),
      quantities: positions.map(\.quantity))
    table.entryPrices = OptionalColumn(positions.map(\.entryPrice))
    table.unsettledAmounts = OptionalColumn(positions.map(\.unsettledAmount))
    return Portfolio(
      accounts: accounts.map { Account(name: $0.name) }, positions: table,
      balances: BalanceTable(
        accountOffsets: balanceOffsets, assets: balances.map(\.asset),
        amounts: balances.map(\.amount)))
  }
}
