// An account with changed holdings, judged by its rule set on today's market.

import PortfolioModel
import RiskNumerics

/// Tries changes of one account.
struct CureTrial {
  let account: RescannedAccount
  let settings: CureSettings
  /// Margin today.
  let today: MarginRow

  /// A trial; nil where the rule set does not cover the account.
  init?(_ account: RescannedAccount, _ settings: CureSettings) throws(RunError) {
    guard let today = try account.margin(account.holdings) else { return nil }
    self.account = account
    self.settings = settings
    self.today = today
  }

  var name: String { account.book.portfolio.accounts[RescannedAccount.index.position].name }

  /// What is missing to the goal: negative = so much is left.
  func shortageUSD(_ row: MarginRow, costUSD: Double) -> Double {
    settings.bufferFraction * row.maintenance.requirementUSD
      - (row.maintenance.surplusUSD - costUSD)
  }

  func change(
    deposits: [AccountChange.Amount] = [], trades: [AccountChange.Amount] = []
  ) -> AccountChange {
    AccountChange(account: name, deposits: deposits, trades: trades)
  }

  /// Margin after a change; nil where the rule set does not cover what is then held.
  func margin(_ change: AccountChange) throws(RunError) -> MarginRow? {
    do {
      return try account.margin(change.changed(account.holdings, account.run))
    } catch let error as RunError {
      throw error
    } catch {
      // Names of a trial are those of its own book.
      preconditionFailure("a change of what the account knows: \(error)")
    }
  }

  /// The cure that a change is; nil where it does not reach the goal. `paidUSD` is what the account pays
  /// for it.
  func cure(
    _ kind: CureKind, _ change: AccountChange, costUSD: Double, paidUSD: Double, amountUSD: Double
  ) throws(RunError) -> Cure? {
    guard let row = try margin(change), shortageUSD(row, costUSD: paidUSD) <= 0 else { return nil }
    return Cure(
      kind: kind, change: change, costUSD: costUSD, amountUSD: amountUSD,
      surplusUSD: row.maintenance.surplusUSD - paidUSD,
      requirementUSD: row.maintenance.requirementUSD)
  }

  private static let sampleCount = 24
  private static let halvingCount = 60

  /// The smallest part of a trade that reaches the goal, on a grid of parts and then to the last
  /// digits; nil where none of the grid does. `trade` gives the change of a part and what it costs.
  func smallest(
    _ kind: CureKind, _ trade: (Double) -> (change: AccountChange, amountUSD: Double)
  ) throws(RunError) -> Cure? {
    func tried(_ part: Double) throws(RunError) -> Cure? {
      let (change, amountUSD) = trade(part)
      let costUSD = settings.tradeCostFraction * amountUSD
      return try cure(kind, change, costUSD: costUSD, paidUSD: costUSD, amountUSD: amountUSD)
    }
    for sample in 1...Self.sampleCount {
      let part = Double(sample) / Double(Self.sampleCount)
      guard var best = try tried(part) else { continue }
      var (low, high) = (Double(sample - 1) / Double(Self.sampleCount), part)
      for _ in 0..<Self.halvingCount {
        let middle = low + (high - low) / 2
        if middle <= low || middle >= high { break }
        if let found = try tried(middle) { (high, best) = (middle, found) } else { low = middle }
      }
      return best
    }
    return nil
  }

  // MARK: What the account's book is about

  var market: PricedMarket { account.run.market }

  func assetName(_ asset: AssetIndex) -> String { account.book.market[asset].name }

  func instrumentName(_ instrument: InstrumentIndex) -> String { account.book[instrument].name }

  /// Notional of one contract on today's market, USD.
  func notionalUSD(_ instrument: InstrumentIndex) -> Double {
    let listed = account.book[instrument]
    let isOption = account.option(instrument) != nil
    let coin = listed.payout == .inverse && !isOption ? listed.quote : listed.underlying
    return listed.multiplier * market.priceUSD(coin)
  }

  /// Contracts held, settled ones left out.
  var contracts: [(instrument: InstrumentIndex, quantity: Double)] {
    account.holdings.contracts.filter { instrument, quantity in
      guard case .priced = market.pricings[instrument.position] else { return false }
      return quantity != 0
    }
  }
}
