// Replays a history for the accounts of a book: for each move, forecasts from the moves before it.

import PortfolioModel
import RiskNumerics

/// A backtest of today's holdings over the past of a book.
///
/// Holdings and market stay as they are today; the past gives relative moves. A date counts for an
/// account if every factor that it is exposed to has a move there.
public struct BacktestRun: Sendable {
  private let book: Book
  private let settings: BacktestSettings
  private let confidence: ConfidenceLevels
  private let eigenvalueFloor: Double
  private let columns: UnitColumns
  private let holdings: HoldingsReader
  private let history: BacktestHistory
  /// Profit of one unit of each column in each move, USD. [dates x columns]
  private let unitProfitUSD: ScenarioMatrix
  private let form: DeltaGammaForm

  /// Prepares the past of a book.
  /// - Throws: `RunError.historyTooShort` where it has too few moves for one forecast.
  public init(
    book: Book, settings: RunSettings, backtest: BacktestSettings, threadCount: Int = 1
  ) throws(RunError) {
    guard let past = book.market.history else {
      throw .historyTooShort(set: Self.name, found: 0, needed: backtest.firstForecast + 1)
    }
    self.book = book
    self.settings = backtest
    confidence = settings.confidence
    eigenvalueFloor = settings.covariance.eigenvalueFloor
    let market = PricedMarket(book: book, ageDaysMax: settings.marketAgeDaysMax)
    let base = UnitValue(market: market)
    columns = base.columns
    holdings = HoldingsReader(book: book, market: market)
    let history = BacktestHistory(
      past, proxies: settings.historyProxies, settings: backtest, covariance: settings.covariance,
      now: book.market.valuationTime, threadCount: threadCount)
    self.history = history
    guard history.endTimes.count > backtest.firstForecast else {
      throw .historyTooShort(
        set: Self.name, found: history.endTimes.count, needed: backtest.firstForecast + 1)
    }
    let moved = ScenarioSet(
      name: Self.name, kind: Self.name, labels: history.endTimes.map(\.description),
      columns: zip(history.factors, history.moves).map { factor, moves in
        FactorColumn(name: factor, moves: moves.map { $0 ?? 0 }, presence: .spread)
      })
    let valued = ValuedScenarios(
      set: moved, market: market, base: base, term: settings.volatilityTerm,
      threadCount: threadCount)
    unitProfitUSD = valued.unitProfitUSD
    let binding = ScenarioBinding(set: moved, market: market, term: settings.volatilityTerm)
    guard let form = DeltaGammaForm(set: moved, market: market, base: base, binding: binding) else {
      preconditionFailure("a set of moves has a delta-gamma form")
    }
    self.form = form
  }

  private static let name = "backtest"

  /// Why an account is not tested.
  public enum Gap: Error, Sendable, Equatable {
    /// Something that it holds cannot be valued.
    case unmargined(MissingData)
    /// No factor of the history moves it.
    case noExposure
    /// Fewer dates with all of its factors than a forecast needs.
    case fewDates(found: Int)
  }

  /// Which way an account looks, and its gross notional in USD.
  public func profile(
    of account: AccountIndex
  ) -> Result<(kind: PortfolioKind, grossNotionalUSD: Double), Gap> {
    let held = holdings.holdings(of: account)
    if let missing = held.missing { return .failure(.unmargined(missing)) }
    let exposures = FixedExposures(held, form: form, columns: columns)
    if exposures.factors.isEmpty { return .failure(.noExposure) }
    return .success((kind(held, exposures), held.grossNotionalUSD))
  }

  private func kind(_ held: AccountHoldings, _ exposures: FixedExposures) -> PortfolioKind {
    PortfolioKind(
      held, exposures: exposures, factorNames: history.factors, form: form, columns: columns,
      instruments: book.instruments)
  }

  /// One account through the past.
  /// - Throws: `RunError.covarianceNotUsable` where a distribution could not be inverted,
  ///   `RunError.nonfiniteProfit` where a profit is not finite.
  public func backtest(
    _ account: AccountIndex
  ) throws(RunError) -> Result<AccountBacktest, Gap> {
    let held = holdings.holdings(of: account)
    if let missing = held.missing { return .failure(.unmargined(missing)) }
    let exposures = FixedExposures(held, form: form, columns: columns)
    if exposures.factors.isEmpty { return .failure(.noExposure) }
    let profits = try profits(of: held)
    var state = LossForecasts(
      exposures, confidence: confidence, settings: settings, lambda: history.lambda,
      eigenvalueFloor: eigenvalueFloor)
    var result = AccountBacktest(
      account: account,
      kind: kind(held, exposures),
      factors: exposures.factors.map { history.factors[$0] }, times: [], profitUSD: [],
      forecasts: [[LossForecast]](repeating: [], count: ForecastModel.allCases.count),
      formGapUSD: 0)
    var dateCount = 0
    for date in history.endTimes.indices {
      guard let moves = exposures.row(of: history.moves, date) else { continue }
      dateCount += 1
      let deviations = exposures.row(of: history.deviations, date)
      let garch = exposures.row(of: history.garchDeviations, date)
      if state.isReady, let deviations, let garch {
        let forecasts: [LossForecast]
        do {
          forecasts = try state.forecasts(deviations: deviations, garchDeviations: garch)
        } catch {
          throw .covarianceNotUsable(
            reason: "account \(name(account)), \(history.endTimes[date]): \(error)")
        }
        result.times.append(history.endTimes[date])
        result.profitUSD.append(profits[date])
        for (model, forecast) in forecasts.enumerated() {
          result.forecasts[model].append(forecast)
        }
        result.formGapUSD = max(
          result.formGapUSD, abs(exposures.profitUSD(moves) - profits[date]))
      }
      state.append(
        moves: moves, deviations: deviations, garchDeviations: garch, profitUSD: profits[date])
    }
    return result.times.isEmpty ? .failure(.fewDates(found: dateCount)) : .success(result)
  }

  private func name(_ account: AccountIndex) -> String {
    book.portfolio.accounts[account.position].name
  }

  private func profits(of held: AccountHoldings) throws(RunError) -> [Double] {
    var quantities = SparseQuantities(columnCount: columns.count)
    held.forEachColumn(columns) { quantities.append(column: $0, quantity: $1) }
    quantities.endUnit()
    var profits = ProfitColumns(scenarioCount: history.endTimes.count)
    profits.fill(quantities, units: 0..<1, unitProfits: unitProfitUSD)
    let column = profits.withColumn(unit: 0) { column in column.indices.map { column[$0] } }
    guard column.allSatisfy(\.isFinite) else {
      throw .nonfiniteProfit(account: name(held.account), set: Self.name)
    }
    return column
  }
}

extension FixedExposures {
  /// The values of the exposed factors at a date; nil where one is missing.
  fileprivate func row(of table: [[Double?]], _ date: Int) -> [Double]? {
    var row: [Double] = []
    row.reserveCapacity(factors.count)
    for factor in factors {
      guard let value = table[factor][date] else { return nil }
      row.append(value)
    }
    return row
  }
}
