// What each kind of account holds, for a size in USD.

import Foundation
import PortfolioModel

/// Draws the contracts and coins of an account. Notional amounts are aims: lots round them, and one
/// lot is the least.
struct AccountStrategy {
  let market: TradableMarket
  /// Underlyings on which the kind is possible, positions in `market.underlyings`.
  let underlyings: [Int]
  /// Notional that the account aims at, USD.
  let sizeUSD: Double

  /// Holdings of a kind before collateral.
  func holdings(of kind: AccountKind, _ draws: inout SeededDraws) -> AccountHoldings {
    var holdings = AccountHoldings(market: market)
    switch kind {
    case .directional: addDirectional(to: &holdings, &draws)
    case .basis: addBasis(to: &holdings, &draws)
    case .coveredCall: addCoveredCalls(to: &holdings, &draws)
    case .shortStrangle: addStrangles(to: &holdings, &draws)
    case .collar: addCollars(to: &holdings, &draws)
    case .marketMaker: addMarketMaking(to: &holdings, &draws)
    case .borrower: addBorrowing(to: &holdings, &draws)
    case .stakedLoop: addStakedLoop(to: &holdings, &draws)
    }
    return holdings
  }

  /// An underlying, the most traded ones most often: weight 1 / rank.
  private func underlying(_ draws: inout SeededDraws) -> Int {
    underlyings[draws.rank(weights: (1...underlyings.count).map { 1 / Double($0) })]
  }

  private func hedge(on underlying: Int, _ draws: inout SeededDraws) -> Contract? {
    let choices = market.underlyings[underlying].linearHedges
    return choices.isEmpty ? nil : choices[draws.index(below: choices.count)]
  }

  private func addDirectional(to holdings: inout AccountHoldings, _ draws: inout SeededDraws) {
    let side = draws.chance(0.62) ? 1.0 : -1.0
    let legCount = 1 + draws.rank(weights: [0.5, 0.25, 0.15, 0.1])
    for _ in 0..<legCount {
      let place = underlying(&draws)
      let futures = market.underlyings[place].futures
      let legUSD = side * sizeUSD / Double(legCount)
      if !futures.isEmpty && draws.chance(0.2) {
        let contract = futures[draws.index(below: futures.count)]
        holdings.add(contract, notionalUSD: legUSD, on: place)
      } else if let contract = hedge(on: place, &draws) {
        holdings.add(contract, notionalUSD: legUSD, on: place)
      }
    }
  }

  private func addBasis(to holdings: inout AccountHoldings, _ draws: inout SeededDraws) {
    let place = underlying(&draws)
    let traded = market.underlyings[place]
    let asDatedFuture = !traded.futures.isEmpty && !traded.perpetuals.isEmpty && draws.chance(0.5)
    if asDatedFuture {
      let contract = traded.futures[draws.index(below: traded.futures.count)]
      holdings.add(contract, notionalUSD: sizeUSD, on: place)
    } else {
      holdings.add(coin(of: traded, &draws), valueUSD: sizeUSD)
    }
    guard let short = hedge(on: place, &draws) else { return }
    holdings.add(short, notionalUSD: -sizeUSD * draws.uniform(in: 0.9...1), on: place)
  }

  private func addCoveredCalls(to holdings: inout AccountHoldings, _ draws: inout SeededDraws) {
    let place = underlying(&draws)
    let traded = market.underlyings[place]
    holdings.add(coin(of: traded, &draws), valueUSD: sizeUSD)
    let legCount = 1 + draws.index(below: 4)
    let coveredUSD = sizeUSD * draws.uniform(in: 0.4...1)
    for _ in 0..<legCount {
      let chain = traded.chains[draws.index(below: traded.chains.count)]
      let call = near(chain.outCalls, &draws)
      holdings.add(call, notionalUSD: -coveredUSD / Double(legCount), on: place)
    }
  }

  private func addStrangles(to holdings: inout AccountHoldings, _ draws: inout SeededDraws) {
    let pairCount = 1 + draws.index(below: 5)
    let place = underlying(&draws)
    let chains = market.underlyings[place].chains
    for _ in 0..<pairCount {
      let chain = chains[draws.index(below: chains.count)]
      let legUSD = -sizeUSD / Double(pairCount)
      holdings.add(near(chain.outPuts, &draws), notionalUSD: legUSD, on: place)
      holdings.add(near(chain.outCalls, &draws), notionalUSD: legUSD, on: place)
    }
  }

  private func addCollars(to holdings: inout AccountHoldings, _ draws: inout SeededDraws) {
    let place = underlying(&draws)
    let traded = market.underlyings[place]
    holdings.add(coin(of: traded, &draws), valueUSD: sizeUSD)
    let collarCount = 1 + draws.index(below: 3)
    for _ in 0..<collarCount {
      let chain = traded.chains[draws.index(below: traded.chains.count)]
      let legUSD = sizeUSD / Double(collarCount)
      holdings.add(near(chain.outPuts, &draws), notionalUSD: legUSD, on: place)
      holdings.add(near(chain.outCalls, &draws), notionalUSD: -legUSD, on: place)
    }
  }

  /// Options drawn with replacement from one or two underlyings, then a hedge of 85 to 115 % of
  /// what they and coins gain from the price.
  private func addMarketMaking(to holdings: inout AccountHoldings, _ draws: inout SeededDraws) {
    var places = [underlying(&draws)]
    let second = underlying(&draws)
    if second != places[0] { places.append(second) }
    let tradeCount = Int(draws.pareto(from: 105, to: 1_200, tail: 2.2))
    for trade in 0..<tradeCount {
      let place = places[trade % places.count]
      let options = market.underlyings[place].options
      let option = options[draws.index(below: options.count)]
      let side = draws.chance(0.5) ? 1.0 : -1.0
      let legUSD = sizeUSD / Double(tradeCount) * exp(0.7 * draws.normal())
      holdings.add(option, notionalUSD: side * legUSD, on: place)
    }
    for place in places {
      guard let contract = hedge(on: place, &draws) else { continue }
      let hedgeUSD = -holdings.deltaUSD(on: place) * draws.uniform(in: 0.85...1.15)
      holdings.add(contract, notionalUSD: hedgeUSD, on: place)
    }
  }

  private func addBorrowing(to holdings: inout AccountHoldings, _ draws: inout SeededDraws) {
    let place = underlying(&draws)
    let traded = market.underlyings[place]
    holdings.add(coin(of: traded, &draws), valueUSD: sizeUSD)
    if let asset = stable(&draws) {
      holdings.add(asset, valueUSD: -sizeUSD * draws.uniform(in: 0.15...0.6))
    }
    if draws.chance(0.5), let short = hedge(on: place, &draws) {
      holdings.add(short, notionalUSD: -sizeUSD * draws.uniform(in: 0.2...0.8), on: place)
    }
  }

  /// Staked coins of which a part was bought with borrowed coins; half of the loops also short a
  /// part of what they own.
  private func addStakedLoop(to holdings: inout AccountHoldings, _ draws: inout SeededDraws) {
    let place = underlying(&draws)
    let traded = market.underlyings[place]
    let staked = traded.stakedAssets[draws.index(below: traded.stakedAssets.count)]
    let borrowedFraction = draws.uniform(in: 0.3...0.75)
    holdings.add(staked, valueUSD: sizeUSD)
    holdings.add(traded.asset, valueUSD: -sizeUSD * borrowedFraction)
    if draws.chance(0.5), let short = hedge(on: place, &draws) {
      let ownedUSD = sizeUSD * (1 - borrowedFraction)
      holdings.add(short, notionalUSD: -ownedUSD * draws.uniform(in: 0.5...1), on: place)
    }
  }

  /// The coin itself, in a quarter of cases one that tracks it.
  private func coin(of traded: TradableUnderlying, _ draws: inout SeededDraws) -> AssetIndex {
    guard !traded.stakedAssets.isEmpty && draws.chance(0.25) else { return traded.asset }
    return traded.stakedAssets[draws.index(below: traded.stakedAssets.count)]
  }

  private func stable(_ draws: inout SeededDraws) -> AssetIndex? {
    let assets = market.stableAssets
    return assets.isEmpty ? nil : assets[draws.index(below: assets.count)]
  }

  /// One of the nearer half of out-of-the-money options of a side.
  private func near(_ options: [Contract], _ draws: inout SeededDraws) -> Contract {
    options[draws.index(below: max(1, (options.count + 1) / 2))]
  }
}
