// A run folder from its files to a book: everything that is wrong is found before anything stops.

import CrossMargin
import PortfolioModel

/// Reads run folders.
public enum BookReader {
  /// Loads a book.
  ///
  /// - Parameters:
  ///   - folder: the run folder, with `run.yaml`, `parameters/`, `market/`, `instruments.csv`,
  ///     `positions.csv`, `balances.csv` and what is optional beside them.
  ///   - threadCount: threads that read large files, positive; nothing depends on it.
  /// - Throws: `BookError` with everything that is wrong in any file.
  public static func load(
    folder: String, threadCount: Int = 1
  ) throws(BookError) -> LoadedBook {
    let input = BookInput(folder: Folders.standardized(folder), threadCount: threadCount)
    let run = readRun(input)
    let time = run?.valuationTime
    let models = readModels(input, run)
    let assets = AssetReader.read(input, valuationTime: time)
    let instruments = InstrumentReader.read(input, assets, valuationTime: time)
    let market = readMarket(input, assets, instruments, valuationTime: time)
    let scenarios = ScenarioReader(input, assets).readAll()
    requireUserSets(run, scenarios, input)
    let portfolio = readPortfolio(
      input, assets, instruments, models: run?.models.map(\.file.name) ?? [],
      isStrict: run?.isStrict ?? false)
    requireDetailAccounts(run, portfolio, input)
    var book = Book(market: market, instruments: instruments.instruments, portfolio: portfolio)
    if let run, let line = run.mechanicsLine,
      let issue = MechanicsBound.issue(run.settings.liquidation.mechanics, book, line: line)
    {
      input.issues.append(issue)
    }
    guard input.issues.isEmpty, let run else {
      throw .malformed(issues: input.issues.first, totalCount: input.issues.totalCount)
    }
    book.scenarios = scenarios
    var settings = run.settings
    settings.models = models
    return LoadedBook(
      book: book, settings: settings, modelFiles: run.models.map(\.file), outputs: run.outputs,
      files: input.filesByPath, warnings: input.warnings.byKind)
  }

  /// Accounts whose detail is asked for are accounts of the book.
  private static func requireDetailAccounts(
    _ run: RunFile?, _ portfolio: Portfolio, _ input: BookInput
  ) {
    guard case .accounts(let names) = run?.outputs.detail else { return }
    for name in names where firstIndex(in: portfolio.accounts, named: name, name: \.name) == nil {
      input.report(
        RunFileReader.path, field: "outputs.detail", found: "\"\(FieldIssue.excerpt(name))\"",
        expected: "accounts of the book")
    }
  }

  private static func readRun(_ input: BookInput) -> RunFile? {
    guard let text = input.text(of: RunFileReader.path) else { return nil }
    return RunFileReader.read(text, file: RunFileReader.path, issues: &input.issues)
  }

  /// Terms of all rule sets, in the order of their names.
  private static func readModels(_ input: BookInput, _ run: RunFile?) -> [RuleSetTerms] {
    (run?.models ?? []).compactMap { model in
      guard let text = input.text(of: model.file.path) else { return nil }
      return ParameterReader.read(
        text, file: model.file.path, modelName: model.file.name,
        valuationTime: run?.valuationTime, issues: &input.issues)
    }
  }

  private static func readMarket(
    _ input: BookInput, _ assets: AssetList, _ instruments: InstrumentList, valuationTime: UTCTime?
  ) -> MarketSnapshot {
    var market = MarketSnapshot(
      valuationTime: valuationTime ?? UTCTime(microseconds: 0), assets: assets.assets)
    market.forwards = QuoteReader.readForwards(input, assets)
    (market.volatilities, market.surfaces) = QuoteReader.readVolatilities(input, assets)
    market.marks = MarkReader.readMarks(input, instruments, valuationTime: valuationTime)
    market.state = MarkReader.readState(input)
    market.feeds = FeedReader.read(input, assets, valuationTime: valuationTime)
    market.history = HistoryReader.read(input, valuationTime: valuationTime)
    return market
  }

  private static func requireUserSets(
    _ run: RunFile?, _ scenarios: [UserScenarioSet], _ input: BookInput
  ) {
    for set in run?.userSets ?? [] where !scenarios.contains(where: { $0.name == set.fileName }) {
      // A file that is there and could not be read has been reported.
      if input.exists(set.path) || input.exists(set.path + ".gz") { continue }
      input.report(
        RunFileReader.path, line: set.line, field: "scenario_sets",
        found: "\"\(FieldIssue.excerpt(set.path))\", which does not exist",
        expected: "a file of scenarios")
    }
  }

  private static func readPortfolio(
    _ input: BookInput, _ assets: AssetList, _ instruments: InstrumentList, models: [String],
    isStrict: Bool
  ) -> Portfolio {
    var names = AccountNames()
    AccountReader.read(input, models: models, into: &names)
    let positionRows = PositionReader(instruments: instruments, isStrict: isStrict)
      .read(input, into: &names)
    let balanceRows = BalanceReader(assets: assets, isStrict: isStrict).read(input, into: &names)
    let orderReader = OrderReader(instruments: instruments)
    let orders = orderReader.readOrders(input, into: &names)
    let reported = orderReader.readReported(input, into: &names)

    let (accounts, rankOfNumber) = names.sorted()
    let positions = positionRows.result(
      instruments, rankOfNumber: rankOfNumber, threadCount: input.threadCount,
      issues: &input.issues)
    let balances = balanceRows.result(
      rankOfNumber: rankOfNumber, spotAmounts: positions.spotAmounts, issues: &input.issues)
    var portfolio = Portfolio(
      accounts: accounts, positions: positions.table, balances: balances.table)
    portfolio.unknownHoldings = (positions.unknownHoldings + balances.unknownHoldings)
      .enumerated().sorted { ($0.element.account, $0.offset) < ($1.element.account, $1.offset) }
      .map(\.element)
    portfolio.orders = ranked(orders, rankOfNumber) { $0.account = $1 }
    portfolio.reported = ranked(reported, rankOfNumber) { $0.account = $1 }
    return portfolio
  }

  /// Rows by account, those of one account in file order.
  private static func ranked<Content>(
    _ rows: [OrderReader.Numbered<Content>], _ rankOfNumber: [Int32],
    _ setAccount: (inout Content, AccountIndex) -> Void
  ) -> [Content] {
    let sorted = rows.sorted {
      (rankOfNumber[Int($0.account)], $0.line) < (rankOfNumber[Int($1.account)], $1.line)
    }
    return sorted.map { row in
      var content = row.content
      setAccount(&content, AccountIndex(Int(rankOfNumber[Int(row.account)])))
      return content
    }
  }
}
