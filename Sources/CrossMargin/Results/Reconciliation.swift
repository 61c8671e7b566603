// Our figures beside those that the venue itself reports.

import PortfolioModel

/// One figure of one account, ours and the venue's.
public struct ReconciliationRow: Sendable, Equatable {
  /// What is compared.
  public enum Figure: String, Sendable, CaseIterable {
    /// Equity before haircuts.
    case equity
    /// Requirement of the strictest level.
    case initial
    /// Requirement of the last level.
    case maintenance
    /// Price of one instrument at which the account is liquidated, everything else standing still.
    case liquidationPrice = "liquidation_price"
  }

  /// Why figures differ, as far as it can be known from them.
  public enum Cause: String, Sendable, CaseIterable {
    /// They do not differ by more than rounding.
    case agrees
    /// Options valued by model and not at their marks explain the difference of equities: mark or
    /// volatility.
    case optionMarks = "option_marks"
    /// Equities differ by something else: prices, amounts, what is not settled.
    case holdingsOrPrices = "holdings_or_prices"
    /// Equities differ too: the requirement is of other inputs.
    case inputs
    /// Equities agree and requirements do not: the rule set, or the date of its parameters.
    case ruleOrParameters = "rule_or_parameters"
    /// Liquidation prices differ although today's figures, as far as they are reported, agree: what
    /// the venue lets move on the way, a requirement that it keeps at today's, or fees.
    case priceMethod = "price_method"
  }

  /// The account.
  public var account: AccountIndex
  /// What is compared.
  public var figure: Figure
  /// The venue's, USD; prices in the quote asset of the instrument.
  public var reportedUSD: Double
  /// Ours, in the same unit; 0 where no price within the sweep liquidates the account.
  public var computedUSD: Double
  /// Why they differ.
  public var cause: Cause

  /// A comparison.
  public init(
    account: AccountIndex, figure: Figure, reportedUSD: Double, computedUSD: Double, cause: Cause
  ) {
    self.account = account
    self.figure = figure
    self.reportedUSD = reportedUSD
    self.computedUSD = computedUSD
    self.cause = cause
  }

  /// Difference over the reported figure, of amounts below one USD over one. Prices, which are
  /// positive where reported, may be small.
  public var relativeDifference: Double {
    let least = figure == .liquidationPrice ? 0.0 : 1
    return abs(computedUSD - reportedUSD) / max(abs(reportedUSD), least)
  }
}

/// Compares accounts with what the venue reports of them.
struct Reconciliation: Sendable {
  private let reported: [ReportedFigures]
  /// Our liquidation prices in the order of what is reported; nil where none is compared.
  private var prices: [Double?]

  /// Venues print cents and round prices; what is nearer agrees.
  static let agreementFraction = 1e-6
  /// Venues round prices to ticks and take marks of their own; what is within a basis point agrees.
  static let priceAgreementFraction = 1e-4
  /// A difference counts as explained by something that makes up nine tenths of it.
  private static let explainedFraction = 0.1

  init(_ portfolio: Portfolio) {
    reported = portfolio.reported
    prices = reported.map { _ in nil }
  }

  var isEmpty: Bool { reported.isEmpty }

  /// Finds our prices for those that are reported.
  mutating func findPrices(_ run: PreparedRun, threadCount: Int) throws(RunError) {
    guard reported.contains(where: { $0.liquidationPrice != nil }) else { return }
    prices = try LiquidationPriceFinder(run, threadCount: threadCount).prices(reported)
  }

  /// Rows of one account; `optionGapUSD` is the model value of its options less their marks.
  func rows(
    _ account: AccountIndex, equityUSD: Double, margin: MarginRow, optionGapUSD: Double
  ) -> [ReconciliationRow] {
    guard let place = place(of: account) else { return [] }
    let figures = reported[place]
    var rows: [ReconciliationRow] = []
    var equityAgrees = true
    if let reportedUSD = figures.equityUSD {
      let cause = equityCause(equityUSD - reportedUSD, reportedUSD, optionGapUSD)
      equityAgrees = cause == .agrees
      rows.append(
        ReconciliationRow(
          account: account, figure: .equity, reportedUSD: reportedUSD, computedUSD: equityUSD,
          cause: cause))
    }
    let levels: [(ReconciliationRow.Figure, Double?, Double)] = [
      (.initial, figures.initialUSD, margin.initial.requirementUSD),
      (.maintenance, figures.maintenanceUSD, margin.maintenance.requirementUSD)
    ]
    for (figure, reportedUSD, computedUSD) in levels {
      guard let reportedUSD else { continue }
      var row = ReconciliationRow(
        account: account, figure: figure, reportedUSD: reportedUSD, computedUSD: computedUSD,
        cause: .agrees)
      if row.relativeDifference > Self.agreementFraction {
        row.cause = equityAgrees ? .ruleOrParameters : .inputs
      }
      rows.append(row)
    }
    if let reportedPrice = figures.liquidationPrice, let price = prices[place] {
      var row = ReconciliationRow(
        account: account, figure: .liquidationPrice, reportedUSD: reportedPrice,
        computedUSD: price, cause: .agrees)
      if row.relativeDifference > Self.priceAgreementFraction {
        let levelsAgree = rows.allSatisfy { $0.figure == .initial || $0.cause == .agrees }
        row.cause = !equityAgrees ? .inputs : levelsAgree ? .priceMethod : .ruleOrParameters
      }
      rows.append(row)
    }
    return rows
  }

  private func equityCause(
    _ differenceUSD: Double, _ reportedUSD: Double, _ optionGapUSD: Double
  ) -> ReconciliationRow.Cause {
    if abs(differenceUSD) <= Self.agreementFraction * max(abs(reportedUSD), 1) { return .agrees }
    let unexplained = abs(differenceUSD - optionGapUSD)
    return unexplained <= Self.explainedFraction * abs(differenceUSD)
      ? .optionMarks : .holdingsOrPrices
  }

  private func place(of account: AccountIndex) -> Int? {
    var (low, high) = (0, reported.count)
    while low < high {
      let middle = (low + high) / 2
      if reported[middle].account < account { low = middle + 1 } else { high = middle }
    }
    return low < reported.count && reported[low].account == account ? low : nil
  }
}
