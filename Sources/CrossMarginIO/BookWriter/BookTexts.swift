// The texts of a book's files: which columns each file has, and where their values come from.

import CrossMargin
import PortfolioModel

/// One file of a book, relative to its folder.
struct BookText {
  let name: String
  let bytes: [UInt8]
}

/// Makes the texts of a book.
struct BookTexts {
  let book: Book

  /// All files but `run.yaml` and the parameters. Those that a book must have are there also without
  /// rows, optional ones only with some.
  func files() throws(BookWriteError) -> [BookText] {
    let market = book.market
    var files = [
      try text("market/assets.csv", assetColumns, writtenAssets),
      try text("market/forwards.csv", forwardColumns, market.forwards),
      try historyText(market.history ?? FactorHistory(times: [], factors: [], levels: [])),
      try text("instruments.csv", instrumentColumns, book.instruments),
      try text("accounts.csv", accountColumns, book.portfolio.accounts),
      try text("positions.csv", positionColumns, positionRows),
      try text("balances.csv", balanceColumns, balanceRows)
    ]
    if market.surfaces.isEmpty {
      files.append(try text("market/vols.csv", volatilityColumns, market.volatilities))
    } else {
      files.append(try text("market/surfaces.csv", surfaceColumns, market.surfaces))
    }
    if !market.marks.isEmpty {
      files.append(try text("market/marks.csv", markColumns, market.marks))
    }
    if !market.state.isEmpty {
      files.append(try text("market/state.csv", stateColumns, market.state))
    }
    if !market.feeds.isEmpty {
      files.append(try text("market/feeds.csv", feedColumns, market.feeds))
    }
    if !book.portfolio.orders.isEmpty {
      files.append(try text("orders.csv", orderColumns, book.portfolio.orders))
    }
    if !book.portfolio.reported.isEmpty {
      files.append(try text("reported.csv", reportedColumns, book.portfolio.reported))
    }
    for set in book.scenarios { files += try scenarioFiles(set) }
    return files
  }

  func text<Rows: Collection>(
    _ name: String, _ columns: [CSVColumn<Rows.Element>], _ rows: Rows
  ) throws(BookWriteError) -> BookText {
    do { return BookText(name: name, bytes: try CSVTable(columns, rows: rows).bytes) } catch {
      throw .notFinite(file: name, line: error.line, column: error.column)
    }
  }

  func assetName(_ index: AssetIndex) -> CSVValue { .text(book.market[index].name) }

  private func instrumentName(_ index: InstrumentIndex) -> CSVValue { .text(book[index].name) }

  private func accountName(_ index: AccountIndex) -> CSVValue {
    .text(book.portfolio.accounts[index.position].name)
  }

  /// `USD` is implicit: it has a row only when something is said about it.
  private var writtenAssets: [Asset] {
    book.market.assets.filter { $0 != Asset(name: "USD", priceUSD: 1) }
  }
}

// MARK: - Market

extension BookTexts {
  private var assetColumns: [CSVColumn<Asset>] {
    [
      .required("asset") { .text($0.name) },
      .required("price_usd") { .number($0.priceUSD) },
      .text("peg", \.peg),
      .text("tracks", \.tracks),
      .number("confidence", \.confidence),
      .number("adv_usd", \.averageDailyVolumeUSD),
      .number("depth_usd_1pct", \.depthUSDPerPercent),
      .optional("time") { $0.time.map(CSVValue.time) }
    ]
  }

  private var forwardColumns: [CSVColumn<ForwardQuote>] {
    [
      .required("underlying") { assetName($0.pair.underlying) },
      .required("quote") { assetName($0.pair.quote) },
      .required("expiry") { .time($0.expiry) },
      .required("forward") { .number($0.forward) },
      .number("rate", \.rateContinuous),
      .number("confidence", \.confidence)
    ]
  }

  private var volatilityColumns: [CSVColumn<VolatilityQuote>] {
    [
      .required("underlying") { assetName($0.pair.underlying) },
      .required("expiry") { .time($0.expiry) },
      .required("strike") { .number($0.strike) },
      .required("vol") { .number($0.volatilityAnnual) },
      .optional("quote") { assetName($0.pair.quote) },
      .number("confidence", \.confidence)
    ]
  }

  private var surfaceColumns: [CSVColumn<SVISlice>] {
    [
      .required("underlying") { assetName($0.pair.underlying) },
      .required("expiry") { .time($0.expiry) },
      .required("a") { .number($0.a) },
      .required("b") { .number($0.b) },
      .required("rho") { .number($0.rho) },
      .required("m") { .number($0.m) },
      .required("sigma") { .number($0.sigma) },
      .optional("quote") { assetName($0.pair.quote) }
    ]
  }

  private var markColumns: [CSVColumn<Mark>] {
    [
      .required("instrument") { instrumentName($0.instrument) },
      .required("mark") { .number($0.price) },
      .number("bid", \.bid),
      .number("ask", \.ask),
      .number("iv", \.impliedVolatilityAnnual),
      .number("open_interest", \.openInterest),
      .number("funding_rate", \.fundingRate),
      .number("twap", \.timeWeightedAveragePrice),
      .number("confidence", \.confidence),
      .optional("time") { $0.time.map(CSVValue.time) }
    ]
  }

  private var stateColumns: [CSVColumn<StateValue>] {
    [
      .required("subject") { .text($0.subject) },
      .required("key") { .text($0.key) },
      .required("value") { .number($0.value) }
    ]
  }

  private var feedColumns: [CSVColumn<PriceFeed>] {
    [
      .required("asset") { assetName($0.asset) },
      .required("source") { .text($0.source) },
      .required("price_usd") { .number($0.priceUSD) },
      .required("time") { .time($0.time) },
      .number("confidence", \.confidence),
      .number("weight", \.weight)
    ]
  }

  private func historyText(_ history: FactorHistory) throws(BookWriteError) -> BookText {
    let time = CSVColumn<Int>.required("time") { .time(history.times[$0]) }
    // A factor without any level keeps its column: a run may name it as one with a stand-in.
    let levels = zip(history.factors, history.levels).map { factor, levels in
      CSVColumn<Int>.required(factor.description) { levels[$0].map(CSVValue.number) }
    }
    return try text("market/history.csv", [time] + levels, history.times.indices)
  }
}

// MARK: - Instruments and accounts

extension BookTexts {
  private var instrumentColumns: [CSVColumn<Instrument>] {
    [
      .required("instrument") { .text($0.name) },
      .required("kind") { .text($0.kind.word) },
      .required("underlying") { assetName($0.underlying) },
      .required("quote") { assetName($0.quote) },
      .required("settlement") { assetName($0.settlement) },
      .required("multiplier") { .number($0.multiplier) },
      .optional("expiry") { $0.kind.expiry.map(CSVValue.time) },
      .number("strike") { $0.kind.strikeAndType?.strike },
      .text("option_type") { $0.kind.strikeAndType.map { $0.type == .call ? "call" : "put" } },
      .number("settlement_price", \.settlementPrice),
      .text("venue", \.venue)
    ]
  }

  private var accountColumns: [CSVColumn<Account>] {
    [
      .required("account") { .text($0.name) },
      .text("model", \.model),
      .text("group", \.group),
      .number("leverage", \.leverage),
      .text("e_mode", \.efficiencyMode)
    ]
  }

  /// A row of `positions.csv`: a row of the table, or the name of something unknown.
  private struct PositionRow {
    let account: AccountIndex
    let row: Int?
    let unknownName: String?
  }

  private var positionRows: [PositionRow] {
    let portfolio = book.portfolio
    var rows: [PositionRow] = []
    rows.reserveCapacity(portfolio.positions.quantities.count + portfolio.unknownHoldings.count)
    var unknown = portfolio.unknownHoldings[...]
    for rank in portfolio.accounts.indices {
      let account = AccountIndex(rank)
      for row in portfolio.positions.rows(of: account) {
        rows.append(PositionRow(account: account, row: row, unknownName: nil))
      }
      while let holding = unknown.first, holding.account == account {
        rows.append(PositionRow(account: account, row: nil, unknownName: holding.name))
        unknown.removeFirst()
      }
    }
    return rows
  }

  private var positionColumns: [CSVColumn<PositionRow>] {
    let table = book.portfolio.positions
    func label(_ labels: [String]) -> (PositionRow) -> String? {
      { position in
        guard let row = position.row, !labels.isEmpty, !labels[row].isEmpty else { return nil }
        return labels[row]
      }
    }
    return [
      .required("account") { accountName($0.account) },
      .required("instrument") { position in
        position.row.map { instrumentName(table.instruments[$0]) }
          ?? position.unknownName.map(CSVValue.text)
      },
      .required("quantity") { .number($0.row.map { table.quantities[$0] } ?? 1) },
      .number("entry_price") { $0.row.flatMap { table.entryPrices[$0] } },
      .number("unsettled") { $0.row.flatMap { table.unsettledAmounts[$0] } },
      .text("leg", label(table.legs)),
      .text("margin_pool", label(table.marginPools))
    ]
  }

  private var balanceRows: [(account: AccountIndex, row: Int)] {
    book.portfolio.accounts.indices.flatMap { rank in
      let account = AccountIndex(rank)
      return book.portfolio.balances.rows(of: account).map { (account, $0) }
    }
  }

  private var balanceColumns: [CSVColumn<(account: AccountIndex, row: Int)>] {
    let table = book.portfolio.balances
    return [
      .required("account") { accountName($0.account) },
      .required("asset") { assetName(table.assets[$0.row]) },
      .required("amount") { .number(table.amounts[$0.row]) }
    ]
  }

  private var orderColumns: [CSVColumn<OpenOrder>] {
    [
      .required("account") { accountName($0.account) },
      .required("instrument") { instrumentName($0.instrument) },
      .required("side") { .text($0.quantity < 0 ? "sell" : "buy") },
      .required("quantity") { .number($0.quantity.magnitude) },
      .required("price") { .number($0.price) },
      .text("reduce_only") { $0.isReduceOnly ? "true" : nil }
    ]
  }

  private var reportedColumns: [CSVColumn<ReportedFigures>] {
    [
      .required("account") { accountName($0.account) },
      .number("equity", \.equityUSD),
      .number("im", \.initialUSD),
      .number("mm", \.maintenanceUSD),
      .number("liquidation_price", \.liquidationPrice),
      .optional("instrument") { $0.instrument.map(instrumentName) }
    ]
  }
}

extension InstrumentKind {
  /// The word of the column `kind`.
  var word: String {
    switch self {
    case .spot: "spot"
    case .perpetual: "perpetual"
    case .future: "future"
    case .option: "option"
    }
  }

  /// What only options have.
  var strikeAndType: (strike: Double, type: OptionType)? {
    if case .option(_, let strike, let type) = self { return (strike, type) }
    return nil
  }
}
