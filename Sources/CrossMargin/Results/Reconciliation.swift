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
  }

  /// The account.
  public var account: AccountIndex
  /// What is compared.
  public var figure: Figure
  /// The venue's, USD.
  public var reportedUSD: Double
  /// Ours, USD.
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

  /// Difference over the reported figure, of figures below one USD over one.
  public var relativeDifference: Double {
    abs(computedUSD - reportedUSD) / max(abs(reportedUSD), 1)
  }
}

/// Compares accounts with what the venue reports of them.
struct Reconciliation: Sendable {
  private let reported: [ReportedFigures]

  /// Venues print cents and round prices; what is nearer agrees.
  static let agreementFraction = 1e-6
  /// A difference counts as explained by something that makes up nine tenths of it.
  private static let explainedFraction = 0.1

  init(_ portfolio: Portfolio) { reported = portfolio.reported }

  var isEmpty: Bool { reported.isEmpty }

  /// Rows of one account; `optionGapUSD` is the model value of its options less their marks.
  func rows(
    _ account: AccountIndex, equityUSD: Double, margin: MarginRow, optionGapUSD: Double
  ) -> [ReconciliationRow] {
    guard let figures = figures(of: account) else { return [] }
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

  private func figures(of account: AccountIndex) -> ReportedFigures? {
    var (low, high) = (0, reported.count)
    while low < high {
      let middle = (low + high) / 2
      if reported[middle].account < account { low = middle + 1 } else { high = middle }
    }
    return low < reported.count && reported[low].account == account ? reported[low] : nil
  }
}
