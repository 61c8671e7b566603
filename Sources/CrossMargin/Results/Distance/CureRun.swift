// Cures of single accounts, ranked by cost.

import PortfolioModel
import RiskNumerics

/// Finds what would restore accounts: deposits, closings, hedges, swaps, each confirmed by the rule set
/// on the changed holdings.
public struct CureRun: Sendable {
  private let health: HealthRun
  private let settings: CureSettings

  /// Cures of a book's accounts.
  public init(_ health: HealthRun, _ settings: CureSettings) {
    self.health = health
    self.settings = settings
  }

  /// Cures of some accounts, in their order; nil for accounts without margin.
  public func cures(
    of accounts: [AccountIndex], threadCount: Int, progress: () -> Void = {}
  ) throws -> [AccountCures?] {
    var results: [AccountCures?] = []
    try Parallel.ordered(
      count: accounts.count, threadCount: threadCount, windowCount: 2 * threadCount,
      produce: { try cures(of: accounts[$0]) },
      consume: { _, cures in
        results.append(cures)
        progress()
      })
    return results
  }

  private func cures(of account: AccountIndex) throws(RunError) -> AccountCures? {
    guard let rescanned = try health.rescanned(account),
      let trial = try CureTrial(rescanned, settings)
    else { return nil }
    let today = trial.today.maintenance
    var result = AccountCures(
      account: account, surplusUSD: today.surplusUSD, requirementUSD: today.requirementUSD,
      isHealthy: trial.shortageUSD(trial.today, costUSD: 0) <= 0, cures: [])
    if result.isHealthy { return result }
    result.cures += [try trial.deposit()].compactMap(\.self)
    result.cures += try trial.closings()
    result.cures += [try trial.combination()].compactMap(\.self)
    result.cures += [try trial.hedge()].compactMap(\.self)
    result.cures += [try trial.swap()].compactMap(\.self)
    let kinds = CureKind.allCases
    func rank(_ cure: Cure) -> Int { kinds.firstIndex(of: cure.kind) ?? kinds.count }
    let order = result.cures.indices.sorted {
      let (left, right) = (result.cures[$0], result.cures[$1])
      return (left.costUSD, rank(left), $0) < (right.costUSD, rank(right), $1)
    }
    result.cures = order.map { result.cures[$0] }
    return result
  }
}

extension CureTrial {
  // MARK: Deposits

  /// The deposit of least value among dollars, what the account owns, and what its contracts are
  /// settled in; of equals the first of these.
  fileprivate func deposit() throws(RunError) -> Cure? {
    var best: Cure?
    for asset in cashAssets {
      guard let cure = try deposit(of: asset) else { continue }
      if cure.amountUSD < best?.amountUSD ?? .infinity { best = cure }
    }
    return best
  }

  private var cashAssets: [AssetIndex] {
    let all = account.book.market.assets.indices.map { AssetIndex($0) }
    let known = all.filter { market.assetPricesUSD[$0.position] != nil }
    let dollars = known.filter { account.book.market.isDollar($0) }
    let owned = account.holdings.amounts.filter { $0.amount != 0 }.map(\.asset)
    let settled = contracts.map { account.book[$0.instrument].settlement }
    return (dollars + owned + settled).reduce(into: []) { assets, asset in
      if !assets.contains(asset) { assets.append(asset) }
    }
  }

  private func deposit(of asset: AssetIndex) throws(RunError) -> Cure? {
    let priceUSD = market.priceUSD(asset)
    guard priceUSD > 0 else { return nil }
    func tried(_ valueUSD: Double) throws(RunError) -> Cure? {
      let change = change(
        deposits: [AccountChange.Amount(name: assetName(asset), amount: valueUSD / priceUSD)])
      return try cure(
        .deposit, change, costUSD: settings.depositCostFraction * valueUSD, paidUSD: 0,
        amountUSD: valueUSD)
    }
    var (low, high) = (0.0, shortageUSD(today, costUSD: 0))
    var best: Cure?
    // A haircut above 1 - 2^-20 is no collateral.
    for _ in 0...20 {
      if let found = try tried(high) {
        best = found
        break
      }
      (low, high) = (high, 2 * high)
    }
    guard best != nil else { return nil }
    while true {
      let middle = low + (high - low) / 2
      if middle <= low || middle >= high { return best }
      if let found = try tried(middle) { (high, best) = (middle, found) } else { low = middle }
    }
  }

  // MARK: Closings

  private func trade(_ instrument: InstrumentIndex, _ quantity: Double) -> AccountChange.Amount {
    AccountChange.Amount(name: instrumentName(instrument), amount: quantity)
  }

  /// Each position alone, so far as closing it reaches the goal.
  fileprivate func closings() throws(RunError) -> [Cure] {
    var cures: [Cure] = []
    for (instrument, quantity) in contracts {
      let notional = notionalUSD(instrument)
      let cure = try smallest(.closing) { part in
        (
          change(trades: [trade(instrument, -part * quantity)]),
          part * abs(quantity) * notional
        )
      }
      if let cure { cures.append(cure) }
    }
    return cures
  }

  private static let planCountMax = 12

  /// The cheapest closings of several positions: reliefs per unit are those of closing a tenth of what
  /// is left; the plan is made again from where it leads, and shrunk where it leads too far.
  fileprivate func combination() throws(RunError) -> Cure? {
    var parts = contracts.map { _ in 0.0 }
    func closed(_ parts: [Double]) -> (change: AccountChange, amountUSD: Double) {
      var amountUSD = 0.0
      var trades: [AccountChange.Amount] = []
      for (held, part) in zip(contracts, parts) where part > 0 {
        trades.append(trade(held.instrument, -part * held.quantity))
        amountUSD += part * abs(held.quantity) * notionalUSD(held.instrument)
      }
      return (change(trades: trades), amountUSD)
    }
    func shortage(_ parts: [Double]) throws(RunError) -> Double? {
      let (change, amountUSD) = closed(parts)
      return try margin(change).map {
        shortageUSD($0, costUSD: settings.tradeCostFraction * amountUSD)
      }
    }
    for _ in 0..<Self.planCountMax {
      guard let missing = try shortage(parts) else { return nil }
      if missing <= 0 { break }
      var legs: [(place: Int, leg: ReducibleLeg)] = []
      for (place, held) in contracts.enumerated() where parts[place] < 1 {
        var more = parts
        let step = (1 - parts[place]) / 10
        more[place] += step
        guard let after = try shortage(more) else { continue }
        let costUSD =
          settings.tradeCostFraction * abs(held.quantity) * notionalUSD(held.instrument)
        // Shortages are after costs, which the plan takes off itself.
        let reliefUSD = (missing - after) / step + costUSD
        guard reliefUSD > 0 else { continue }
        legs.append(
          (
            place,
            ReducibleLeg(
              reliefUSD: reliefUSD, costUSD: costUSD, costSlopeUSD: 0, unitsMax: 1 - parts[place])
          ))
      }
      if legs.isEmpty { return nil }
      let plan = ReductionPlan(legs: legs.map(\.leg), shortageUSD: missing)
      for (place, leg) in legs.enumerated() {
        // Where reliefs as they are here do not suffice, all that helps is closed by half.
        let units = plan?.units[place] ?? leg.leg.unitsMax / 2
        parts[leg.place] = min(parts[leg.place] + units, 1)
      }
    }
    let target = parts
    return try smallest(.combination) { part in closed(target.map { $0 * part }) }
  }

  // MARK: Hedges

  /// The smallest trade of a perpetual or future on the underlying with the largest delta, against
  /// that delta and at most twice it; of several contracts the cheapest.
  fileprivate func hedge() throws(RunError) -> Cure? {
    guard let (underlying, deltaUSD) = try mainExposure() else { return nil }
    var best: Cure?
    for position in account.book.instruments.indices {
      let instrument = InstrumentIndex(position)
      guard case .priced(let priced) = market.pricings[position], !priced.isOption,
        market.trackedAsset[account.book[instrument].underlying.position] == underlying
      else { continue }
      let unitUSD = notionalUSD(instrument)
      let contractsMax = -2 * deltaUSD / unitUSD
      let cure = try smallest(.hedge) { part in
        (
          change(trades: [trade(instrument, part * contractsMax)]),
          part * abs(contractsMax) * unitUSD
        )
      }
      if let cure, cure.costUSD < best?.costUSD ?? .infinity { best = cure }
    }
    return best
  }

  /// Relative move by which deltas are taken.
  private static let bump = 1e-4

  /// The underlying of the contracts with the largest delta of the whole account, USD.
  private func mainExposure() throws(RunError) -> (AssetIndex, Double)? {
    var underlyings = contracts.map {
      market.trackedAsset[account.book[$0.instrument].underlying.position]
    }
    underlyings = underlyings.sorted().reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    var best: (asset: AssetIndex, deltaUSD: Double)?
    for asset in underlyings {
      let up = try account.health(at: MarketMove(of: asset, ratio: 1 + Self.bump, market: market))
      let down = try account.health(
        at: MarketMove(of: asset, ratio: 1 - Self.bump, market: market))
      guard let up, let down else { continue }
      let deltaUSD = (up.equityUSD - down.equityUSD) / (2 * Self.bump)
      if abs(deltaUSD) > abs(best?.deltaUSD ?? 0) { best = (asset, deltaUSD) }
    }
    return best.map { ($0.asset, $0.deltaUSD) }
  }

  // MARK: Swaps

  /// The cheapest sale of one owned asset for another, dollars first, that reaches the goal.
  fileprivate func swap() throws(RunError) -> Cure? {
    var best: Cure?
    for (source, amount) in account.holdings.amounts where amount > 0 {
      let sourceUSD = market.priceUSD(source)
      for target in cashAssets where target != source {
        let targetUSD = market.priceUSD(target)
        guard targetUSD > 0, sourceUSD > 0 else { continue }
        let cure = try smallest(.swap) { part in
          (
            change(deposits: [
              AccountChange.Amount(name: assetName(source), amount: -part * amount),
              AccountChange.Amount(
                name: assetName(target), amount: part * amount * sourceUSD / targetUSD)
            ]), part * amount * sourceUSD
          )
        }
        if let cure, cure.costUSD < best?.costUSD ?? .infinity { best = cure }
      }
    }
    return best
  }
}
