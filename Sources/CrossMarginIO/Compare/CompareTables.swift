// The tables of a comparison.

import CrossMargin
import PortfolioModel

/// Tables as text.
struct CompareTables {
  let results: CompareResults

  private struct AccountRule {
    var account: ComparedAccount
    var rule: Int
  }

  private func margin(_ row: AccountRule) -> MarginRow? {
    row.account.outcomes.isEmpty ? nil : row.account.margins[row.rule]
  }

  /// What is missing, whatever the reason.
  private func missing(_ row: AccountRule) -> MissingData? {
    if let missing = row.account.missing { return missing }
    if case .notCovered(let missing) = row.account.outcomes[row.rule] { return missing }
    return nil
  }

  /// One row for each account and rule set.
  func accounts() throws(NonFiniteField) -> CSVTable {
    let rows = results.accounts.flatMap { account in
      results.rules.indices.map { AccountRule(account: account, rule: $0) }
    }
    return try CSVTable(
      [
        .required("account") { .text(results.accountNames[$0.account.account.position]) },
        .required("rule_set") { .text(results.rules[$0.rule].name) },
        .required("status") { .text($0.account.status(underRule: $0.rule).rawValue) },
        .required("equity_usd") { .number($0.account.equityUSD) },
        .number("es_usd") { $0.account.expectedShortfallUSD },
        .number("initial_usd") { margin($0)?.initial.requirementUSD },
        .number("maintenance_usd") { margin($0)?.maintenance.requirementUSD },
        .number("initial_surplus_usd") { margin($0)?.initial.surplusUSD },
        .number("maintenance_surplus_usd") { margin($0)?.maintenance.surplusUSD },
        .text("missing_subject") { missing($0)?.subject },
        .text("missing_reason") { missing($0)?.reason.rawValue }
      ], rows: rows)
  }

  /// One row for each rule set: sums over the accounts that it and the first one cover, and, named
  /// `common`, over those that all cover.
  func rules() throws(NonFiniteField) -> CSVTable {
    let totals = results.totals
    return try CSVTable(
      [
        .required("rule_set") { .text(results.rules[$0].name) },
        .required("effective_from") { .time(results.rules[$0].effectiveFrom) },
        .required("covered_accounts") { .number(Double(totals.rules[$0].coveredCount)) },
        .required("paired_accounts") { .number(Double(totals.rules[$0].pairedCount)) },
        .required("first_initial_usd") { .number(totals.rules[$0].firstInitialUSD) },
        .required("initial_usd") { .number(totals.rules[$0].initialUSD) },
        .required("maintenance_usd") { .number(totals.rules[$0].maintenanceUSD) },
        .number("initial_per_es") { totals.rules[$0].initialPerShortfall },
        .required("raised_usd") { .number(totals.rules[$0].raisedUSD) },
        .required("lowered_usd") { .number(totals.rules[$0].loweredUSD) },
        .required("liquidatable_accounts") { rule in
          .number(Double(Self.count(totals.rules[rule].statusCounts, .liquidatable)))
        },
        .required("common_accounts") { _ in .number(Double(totals.commonCount)) },
        .required("common_initial_usd") { .number(totals.rules[$0].commonInitialUSD) },
        .required("common_maintenance_usd") { .number(totals.rules[$0].commonMaintenanceUSD) },
        .required("unconfirmed") { rule in
          .text(results.rules[rule].unconfirmed.joined(separator: "; "))
        }
      ], rows: results.rules.indices)
  }

  static func count(_ counts: [Int], _ status: AccountStatus) -> Int {
    AccountStatus.allCases.firstIndex(of: status).map { counts[$0] } ?? 0
  }

  /// One row for each rule set, level and component.
  func components() throws(NonFiniteField) -> CSVTable {
    var rows: [(rule: Int, level: Int, component: Int)] = []
    for (rule, schema) in results.schemas.enumerated() {
      for level in schema.levels.indices {
        for component in schema.components.indices { rows.append((rule, level, component)) }
      }
    }
    return try CSVTable(
      [
        .required("rule_set") { .text(results.rules[$0.rule].name) },
        .required("level") { .text(results.schemas[$0.rule].levels[$0.level]) },
        .required("component") {
          .text(results.schemas[$0.rule].components[$0.component].name)
        },
        .required("kind") {
          .text(results.schemas[$0.rule].components[$0.component].kind.rawValue)
        },
        .required("sum_usd") { row in
          .number(results.totals.rules[row.rule].componentsUSD[row.level][row.component])
        }
      ], rows: rows)
  }

  /// Accounts by status under the baseline and under each other rule set.
  func transitions() throws(NonFiniteField) -> CSVTable {
    var rows: [(rule: Int, from: Int, into: Int, count: Int)] = []
    for rule in results.rules.indices.dropFirst() {
      for (from, counts) in results.totals.rules[rule].transitions.enumerated() {
        for (into, count) in counts.enumerated() where count > 0 {
          rows.append((rule, from, into, count))
        }
      }
    }
    return try CSVTable(
      [
        .required("rule_set") { .text(results.rules[$0.rule].name) },
        .required("status_before") { .text(AccountStatus.allCases[$0.from].rawValue) },
        .required("status_after") { .text(AccountStatus.allCases[$0.into].rawValue) },
        .required("accounts") { .number(Double($0.count)) }
      ], rows: rows)
  }
}

extension ComparisonTotals.Rule {
  /// Initial requirement per USD of expected shortfall; nil where there is none.
  var initialPerShortfall: Double? {
    expectedShortfallUSD.flatMap { $0 > 0 ? initialUSD / $0 : nil }
  }
}
