// A book at the prices that its oracles tell or might tell in error.

import PortfolioModel
import RiskNumerics

/// Judges all accounts again where the prices of oracles are off by what is not known of them.
///
/// An error is a move of the market: prices of coins and with them forwards and marks, volatilities
/// unchanged. The price of the book is off by the share of the price that half of the range is. An
/// asset without a reading of its own follows what it tracks; one that has a price of its own
/// does not, since another oracle tells it, and one that is pegged follows nothing.
public struct OracleRun: Sendable {
  private let health: HealthRun
  /// Assets of which the book says something, in their order.
  public let readings: [OracleReading]

  /// Reads the feeds and confidences of a book; nil where it has no feed and no asset but USD has a
  /// confidence below 1.
  public init?(_ health: HealthRun) throws(RunError) {
    self.health = health
    readings = try Self.readings(of: health)
    if readings.isEmpty { return nil }
  }

  private static func readings(of health: HealthRun) throws(RunError) -> [OracleReading] {
    let (book, settings, market) = (health.book, health.settings, health.today)
    var model: FactorModel?
    if let history = book.market.history, !book.market.feeds.isEmpty {
      model = try FactorModel(
        history: history, proxies: settings.historyProxies, settings: settings.covariance,
        set: "oracles")
    }
    var feeds = book.market.feeds[...]
    return book.market.assets.indices.compactMap { position in
      let asset = AssetIndex(position)
      let own = feeds.prefix { $0.asset == asset }
      feeds = feeds.dropFirst(own.count)
      if own.isEmpty {
        guard let confidence = book.market[asset].confidence, confidence < 1,
          book.market[asset].name != "USD"
        else { return nil }
        return OracleReading(asset, confidence: confidence, market: book.market)
      }
      let deviation = model?.spotDeviationDaily(of: asset, market: market) ?? 0
      return OracleReading(
        asset, feeds: own, market: book.market,
        terms: OracleTerms(
          settings.liquidation.oracle,
          volatilityPerRootSecond: deviation / secondsPerDay.squareRoot()))
    }
  }

  private static let secondsPerDay = 86_400.0

  /// Judges all accounts at all prices, block by block. Of each account no more is kept than whether
  /// it has a surplus at the book's prices, one byte.
  public func result(threadCount: Int) throws -> OracleResult {
    let run = health.run
    let before = try run.blocks.joined(threadCount: threadCount) { accounts in
      try run.health(held(accounts)).map(Standing.init)
    }
    var errors = [
      OracleErrorRow(
        asset: nil, move: .book,
        tally: try tally(run, before, threadCount: threadCount))
    ]
    let mid = try run.moved(move(midRatios))
    if readings.contains(where: { !$0.sources.isEmpty && $0.price != nil }) {
      errors.append(
        OracleErrorRow(
          asset: nil, move: .mid, tally: try tally(mid, before, threadCount: threadCount)))
    }
    let uncertain = readings.filter { ($0.price?.confidence ?? 0) > 0 }
    for reading in uncertain {
      errors += try rows([reading], asset: reading.asset, before, threadCount: threadCount)
    }
    if !uncertain.isEmpty {
      var both = try rows(uncertain, asset: nil, before, threadCount: threadCount)
      let (low, high) = (both[0].tally, both[1].tally)
      let lowUSD = (low.negativeEquityUSD, low.newNotionalUSD)
      let highUSD = (high.negativeEquityUSD, high.newNotionalUSD)
      both[0].isWorse = lowUSD > highUSD
      both[1].isWorse = highUSD > lowUSD
      errors += both
    }
    return OracleResult(
      readings: readings, errors: errors, opening: try opening(mid, threadCount: threadCount))
  }

  // MARK: Accounts

  /// What an account is at the prices of the book.
  private enum Standing: UInt8, Sendable {
    case unmargined
    case healthy
    case liquidatable

    init(_ health: AccountHealth?) {
      guard let health else {
        self = .unmargined
        return
      }
      self = health.surplusUSD < 0 ? .liquidatable : .healthy
    }
  }

  private func held(_ accounts: Range<Int>) -> [AccountHoldings] {
    accounts.map { health.holdings(of: AccountIndex($0)) }
  }

  /// One row for each end of the ranges of some assets.
  private func rows(
    _ chosen: [OracleReading], asset: AssetIndex?, _ before: [Standing], threadCount: Int
  ) throws -> [OracleErrorRow] {
    try [(OracleMove.low, -1.0), (.high, 1.0)].map { end, sign in
      let ratios = ratios(chosen.map { ($0.asset, $0.price?.errorRatio(sign) ?? 1) })
      return OracleErrorRow(
        asset: asset, move: end,
        tally: try tally(
          try health.run.moved(move(ratios)), before, threadCount: threadCount))
    }
  }

  private func tally(
    _ moved: PreparedRun, _ before: [Standing], threadCount: Int
  ) throws -> OracleTally {
    var total = OracleTally()
    try health.run.blocks.forEach(threadCount: threadCount) { accounts in
      var tally = OracleTally()
      let states = try moved.health(held(accounts), from: health.today)
      for (account, state) in zip(accounts, states) {
        guard let state else { continue }
        let notionalUSD = health.grossNotionalUSD(AccountIndex(account))
        tally.negativeEquityUSD += max(-state.equityUSD, 0)
        switch (before[account], Standing(state)) {
        case (.healthy, .liquidatable):
          tally.newCount += 1
          tally.newNotionalUSD += notionalUSD
        case (.liquidatable, .healthy):
          tally.sparedCount += 1
          tally.sparedNotionalUSD += notionalUSD
        default: break
        }
        if state.surplusUSD < 0 { tally.liquidatableCount += 1 }
      }
      return tally
    } consume: { _, tally in
      total.fold(tally)
    }
    return total
  }

  /// Initial surpluses at the middle and with balances at the cautious end of their ranges. Unsettled
  /// gains are balances; contracts are valued at the middle in both.
  private func opening(_ mid: PreparedRun, threadCount: Int) throws -> OpeningPower {
    // An amount at a cautious price is that share of the amount at the middle.
    let heldRatios = openingRatios(.openingHeld)
    let owedRatios = openingRatios(.openingOwed)
    var total = OpeningPower()
    try health.run.blocks.forEach(threadCount: threadCount) { accounts in
      let atMid = mid.carried(held(accounts), from: health.today)
      let cautious = atMid.map { account in
        var account = account
        for place in account.amounts.indices {
          let (asset, amount) = account.amounts[place]
          let ratios = amount < 0 ? owedRatios : heldRatios
          account.amounts[place].amount = amount * ratios[asset.position]
        }
        return account
      }
      var power = OpeningPower()
      for (open, closed) in zip(try mid.margins(atMid), try mid.margins(cautious)) {
        guard let open, let closed else { continue }
        power.midUSD += max(open.initial.surplusUSD, 0)
        power.cautiousUSD += max(closed.initial.surplusUSD, 0)
        if open.initial.surplusUSD > 0, closed.initial.surplusUSD <= 0 { power.closedCount += 1 }
      }
      return power
    } consume: { _, power in
      total.fold(power)
    }
    return total
  }

  // MARK: Prices

  private func move(_ ratios: [Double]) -> MarketMove {
    MarketMove(
      spotRatios: ratios, volatilityMoves: ratios.map { _ in 0 },
      volatilityTerm: health.settings.volatilityTerm)
  }

  /// Prices of the sources over those of the book. [assets]
  private var midRatios: [Double] {
    ratios(readings.map { ($0.asset, ($0.price?.price ?? $0.bookPriceUSD) / $0.bookPriceUSD) })
  }

  /// Cautious prices over those in the middle. [assets]
  private func openingRatios(_ purpose: OraclePrice.Purpose) -> [Double] {
    ratios(
      readings.compactMap { reading in
        reading.price.map { (reading.asset, $0.price(for: purpose) / $0.price) }
      })
  }

  /// Ratios of all assets from those of some. [assets]
  private func ratios(_ some: [(asset: AssetIndex, ratio: Double)]) -> [Double] {
    var own = [Double?](repeating: nil, count: health.today.assets.count)
    for (asset, ratio) in some { own[asset.position] = ratio }
    var hasPrice = own.map { _ in false }
    for reading in readings where reading.price != nil { hasPrice[reading.asset.position] = true }
    return own.indices.map { place in
      let source = hasPrice[place] ? place : health.today.trackedAsset[place].position
      return own[source] ?? 1
    }
  }
}
