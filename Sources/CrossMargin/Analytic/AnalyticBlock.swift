// The analytic measures of a block of accounts.

import PortfolioModel
import RiskNumerics

/// One account as the analytic measures see it.
struct AnalyticAccount {
  let holdings: AccountHoldings
  /// Equity before haircuts, USD.
  let equityUSD: Double
  /// What is left of the equity at the maintenance level, USD.
  let maintenanceSurplusUSD: Double
}

/// What the analytic section asks for, of some accounts.
public struct AnalyticResult: Sendable, Equatable {
  /// One row for each account, by account; empty where measures were not asked for.
  public var measures: [AnalyticRow] = []
  /// What underlyings and factors contribute, by account, kind and name; empty where not asked for.
  public var contributions: [ContributionRow] = []
  /// Accounts with risk that have no contributions, since their exact distribution could not be found;
  /// `AnalyticRow.fallbackReason` says why.
  public var unattributed: [AccountIndex] = []
  /// Stresses by account, target and rank; empty where not asked for.
  public var stresses: [ReverseStressRow] = []

  /// Nothing.
  public init() {}
}

/// Computes the analytic measures of a block. What an account gets depends on no other account.
struct AnalyticBlock {
  let plan: AnalyticPlan
  /// Asset that each column is an exposure to. [columns]
  let exposedAsset: [AssetIndex]
  /// Name of an account, for messages.
  let name: (AccountIndex) -> String

  func result(_ accounts: [AnalyticAccount]) throws(RunError) -> AnalyticResult {
    var result = AnalyticResult()
    var factors = SharedFactors(plan)
    let draws = try plan.settings.isMeasured ? draws(accounts) : []
    let stress = plan.settings.reverseStress.map { ReverseStress(plan, $0) }
    for (place, account) in accounts.enumerated() {
      let form = try form(account.holdings, &factors)
      if plan.settings.isMeasured {
        result.measures.append(
          row(account.holdings.account, form, draws[place]))
        if plan.settings.isAttributed, let form {
          do throws(ContourError) {
            result.contributions += try contributions(account.holdings, form)
          } catch {
            result.unattributed.append(account.holdings.account)
            let place = result.measures.count - 1
            if result.measures[place].fallbackReason == nil {
              result.measures[place].fallbackReason = "contributions: \(error)"
            }
          }
        }
      }
      if let stress, let form {
        result.stresses += stress.rows(
          account.holdings, form, maintenanceSurplusUSD: account.maintenanceSurplusUSD,
          equityUSD: account.equityUSD)
      }
    }
    return result
  }

  /// The form of an account; nil where no factor moves it.
  func form(
    _ holdings: AccountHoldings, _ factors: inout SharedFactors
  ) throws(RunError) -> AccountForm? {
    let exposures = FixedExposures(holdings, form: plan.form, columns: plan.columns)
    if exposures.factors.isEmpty { return nil }
    let factor = try factors.factor(of: exposures.factors)
    guard let form = try AccountForm(exposures, factor: factor, degrees: plan.degrees) else {
      throw .nonfiniteProfit(account: name(holdings.account), set: AnalyticSettings.name)
    }
    return form
  }

  private func draws(_ accounts: [AnalyticAccount]) throws(RunError) -> [RevaluedDraws] {
    var quantities = SparseQuantities(columnCount: plan.columns.count)
    for account in accounts {
      account.holdings.forEachColumn(plan.columns) { quantities.append(column: $0, quantity: $1) }
      quantities.endUnit()
    }
    do throws(NonfiniteProfit) {
      return try RevaluationReferee(plan).draws(quantities)
    } catch {
      throw .nonfiniteProfit(
        account: name(accounts[error.unit].holdings.account), set: AnalyticSettings.name)
    }
  }

  private func row(
    _ account: AccountIndex, _ form: AccountForm?, _ draws: RevaluedDraws
  ) -> AnalyticRow {
    let found = form.map { FormMeasures($0, plan.confidence) }
    let measures = found?.measures ?? (form == nil ? .none : draws.form)
    return AnalyticRow(
      account: account, method: found?.method ?? .riskless,
      fallbackReason: found?.fallbackReason,
      measures: measures ?? AnalyticRow.Pair(valueAtRiskUSD: 0, expectedShortfallUSD: 0),
      saddlepoint: found?.saddlepoint, cornishFisherUSD: found?.cornishFisherUSD,
      revaluation: draws.gap(
        density: { form?.density(atUSD: (found?.measures ?? draws.form).valueAtRiskUSD) },
        drawCount: plan.draws.set.scenarioCount))
  }

  /// Contributions of an account; none without risk.
  private func contributions(
    _ holdings: AccountHoldings, _ form: AccountForm
  ) throws(ContourError) -> [ContributionRow] {
    if form.loss.quadratic.cumulants.second == 0 { return [] }
    let parts = try FormContributions(form, plan.confidence, terms: plan.form)
    var byAsset: [(asset: AssetIndex, pair: AnalyticRow.Pair)] = []
    holdings.forEachColumn(plan.columns) { column, quantity in
      let unit = parts.unit(column, plan.form)
      let asset = exposedAsset[column]
      let place = byAsset.firstIndex { $0.asset >= asset } ?? byAsset.count
      if place == byAsset.count || byAsset[place].asset != asset {
        byAsset.insert((asset, .zero), at: place)
      }
      byAsset[place].pair.add(unit, times: quantity)
    }
    let ofAssets = byAsset.filter { $0.pair != .zero }.map {
      ContributionRow(
        account: holdings.account, kind: .underlying,
        name: plan.market.assets[$0.asset.position].name, contribution: $0.pair)
    }
    let ofFactors = parts.byFactor().map {
      ContributionRow(
        account: holdings.account, kind: .factor, name: plan.model.factors[$0.factor].description,
        contribution: $0.contribution)
    }
    return ofAssets + ofFactors
  }

  /// What each holding of an account has to do with its measures; empty where they have no exact
  /// distribution.
  func holdings(
    _ holdings: AccountHoldings, label: (Int) -> String
  ) throws(RunError) -> [HoldingContribution] {
    var factors = SharedFactors(plan)
    guard let form = try form(holdings, &factors), form.loss.quadratic.cumulants.second > 0,
      let parts = try? FormContributions(form, plan.confidence, terms: plan.form),
      let whole = FormMeasures(form, plan.confidence).measures
    else { return [] }
    var held: PointValuation.Portfolio = []
    holdings.forEachColumn(plan.columns) { held.append(($0, $1)) }
    var rows: [HoldingContribution] = []
    for (column, quantity) in held {
      let unit = parts.unit(column, plan.form)
      if unit == .zero { continue }
      var contribution = AnalyticRow.Pair.zero
      contribution.add(unit, times: quantity)
      let rest = try self.form(holdings.without(column: column, plan.columns), &factors)
      let remaining = rest.map { FormMeasures($0, plan.confidence).measures } ?? .zero
      rows.append(
        HoldingContribution(
          name: label(column), quantity: quantity, contribution: contribution, marginal: unit,
          incremental: remaining.map { whole.less($0) }))
    }
    return rows
  }
}

extension AnalyticRow.Pair {
  /// Nothing.
  public static let zero = AnalyticRow.Pair(valueAtRiskUSD: 0, expectedShortfallUSD: 0)

  mutating func add(_ unit: AnalyticRow.Pair, times quantity: Double) {
    valueAtRiskUSD += quantity * unit.valueAtRiskUSD
    expectedShortfallUSD += quantity * unit.expectedShortfallUSD
  }

  func less(_ other: AnalyticRow.Pair) -> AnalyticRow.Pair {
    AnalyticRow.Pair(
      valueAtRiskUSD: valueAtRiskUSD - other.valueAtRiskUSD,
      expectedShortfallUSD: expectedShortfallUSD - other.expectedShortfallUSD)
  }
}

extension AccountHoldings {
  /// The holdings without one column of `U`.
  func without(column: Int, _ columns: UnitColumns) -> AccountHoldings {
    var rest = self
    rest.amounts.removeAll { columns.column(of: $0.asset) == column }
    rest.contracts.removeAll { columns.column(of: $0.instrument) == column }
    return rest
  }
}
