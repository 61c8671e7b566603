// What one account holds in units of the columns of `U`, or why it cannot be valued.

import PortfolioModel
import RiskNumerics

/// One account resolved against the market.
struct AccountHoldings: Sendable {
  /// The account.
  var account: AccountIndex
  /// First gap in the data; nil where everything can be valued.
  var missing: MissingData?
  /// Amounts of assets, unsettled gains and settled contracts included, by asset.
  var amounts: [(asset: AssetIndex, amount: Double)] = []
  /// Contracts by instrument, legs added up, settled ones and spot left out.
  var contracts: [(instrument: InstrumentIndex, quantity: Double)] = []
  /// Value of unsettled gains, USD.
  var unsettledUSD = 0.0
  /// Sum of absolute notionals, USD, also of positions that cannot be valued.
  var grossNotionalUSD = 0.0
}

/// Resolves accounts of a book against its priced market.
struct HoldingsReader: Sendable {
  private let book: Book
  private let market: PricedMarket
  private let positions: PositionTable
  /// Notional of one contract of each instrument, USD.
  private let notionalsUSD: [Double]

  init(book: Book, market: PricedMarket) {
    self.book = book
    self.market = market
    positions = book.portfolio.positions
    notionalsUSD = book.instruments.map { Self.notionalUSD($0, book.market) }
  }

  /// Notional of one contract, USD.
  func notionalUSD(of instrument: InstrumentIndex) -> Double { notionalsUSD[instrument.position] }

  /// What an account holds.
  func holdings(of account: AccountIndex) -> AccountHoldings {
    var result = AccountHoldings(account: account)
    result.missing = firstUnknown(of: account)
    let balances = book.portfolio.balances
    for row in balances.rows(of: account) {
      result.add(balances.amounts[row], of: balances.assets[row])
    }
    let rows = positions.rows(of: account)
    result.contracts.reserveCapacity(rows.count)
    for row in rows { readPosition(row, into: &result) }
    for (asset, _) in result.amounts where market.assetPricesUSD[asset.position] == nil {
      note(MissingData(subject: book.market[asset].name, reason: .stalePrice), in: &result)
    }
    return result
  }

  private func readPosition(_ row: Int, into result: inout AccountHoldings) {
    let index = positions.instruments[row]
    let place = index.position
    let quantity = positions.quantities[row]
    result.grossNotionalUSD += abs(quantity) * notionalsUSD[place]
    switch market.pricings[place] {
    case .missing(let gap):
      note(gap, in: &result)
    case .spot:
      let (coin, multiplier) = (
        book.instruments[place].underlying, book.instruments[place].multiplier
      )
      result.add(quantity * multiplier, of: coin)
    case .settled(let price, let amountPerContract):
      let settlement = book.instruments[place].settlement
      let unsettled = unsettledAmount(row, place, mark: price)
      result.add(quantity * amountPerContract + unsettled, of: settlement)
      addUnsettled(unsettled, of: settlement, to: &result)
    case .priced(let priced):
      let settlement = book.instruments[place].settlement
      let unsettled = priced.isOption ? 0 : unsettledAmount(row, place, mark: priced.basePrice)
      if unsettled != 0 { result.add(unsettled, of: settlement) }
      addUnsettled(unsettled, of: settlement, to: &result)
      if result.contracts.last?.instrument == index {
        result.contracts[result.contracts.count - 1].quantity += quantity
      } else {
        result.contracts.append((index, quantity))
      }
    }
  }

  private func addUnsettled(
    _ amount: Double, of asset: AssetIndex, to result: inout AccountHoldings
  ) {
    result.unsettledUSD += amount * (market.assetPricesUSD[asset.position] ?? 0)
  }

  /// Gain from entry to mark that is not yet in the balance, settlement asset.
  private func unsettledAmount(_ row: Int, _ instrument: Int, mark: Double) -> Double {
    if let amount = positions.unsettledAmounts[row] { return amount }
    guard let entry = positions.entryPrices[row] else { return 0 }
    if case .option = book.instruments[instrument].kind { return 0 }
    let size = positions.quantities[row] * book.instruments[instrument].multiplier
    switch book.instruments[instrument].payout {
    case .linear: return size * (mark - entry)
    case .inverse: return size * (1 / entry - 1 / mark)
    }
  }

  /// Notional of one contract, USD, from the prices of the book whatever their age: coins at the
  /// price of the underlying, for inverse futures their notional in the quote asset.
  private static func notionalUSD(_ instrument: Instrument, _ market: MarketSnapshot) -> Double {
    let isOption = if case .option = instrument.kind { true } else { false }
    let priced =
      instrument.payout == .inverse && !isOption ? instrument.quote : instrument.underlying
    return instrument.multiplier * market[priced].priceUSD
  }

  private func note(_ gap: MissingData, in result: inout AccountHoldings) {
    if result.missing == nil { result.missing = gap }
  }

  private func firstUnknown(of account: AccountIndex) -> MissingData? {
    let unknown = book.portfolio.unknownHoldings
    var low = 0
    var high = unknown.count
    while low < high {
      let middle = (low + high) / 2
      if unknown[middle].account < account { low = middle + 1 } else { high = middle }
    }
    guard low < unknown.count, unknown[low].account == account else { return nil }
    return MissingData(
      subject: unknown[low].name, reason: unknown[low].isAsset ? .asset : .instrument)
  }
}

extension AccountHoldings {
  /// Adds to the amount of an asset; amounts of one asset are summed in the order given.
  mutating func add(_ amount: Double, of asset: AssetIndex) {
    var place = amounts.count
    while place > 0, amounts[place - 1].asset > asset { place -= 1 }
    if place > 0, amounts[place - 1].asset == asset {
      amounts[place - 1].amount += amount
    } else {
      amounts.insert((asset, amount), at: place)
    }
  }

  /// Calls `body` with each column of `U` that the account holds and its quantity: assets, then
  /// instruments.
  func forEachColumn(_ columns: UnitColumns, _ body: (Int, Double) -> Void) {
    for (asset, amount) in amounts { body(columns.column(of: asset), amount) }
    for (instrument, quantity) in contracts { body(columns.column(of: instrument), quantity) }
  }
}
