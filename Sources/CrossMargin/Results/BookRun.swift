// All accounts together, from the folded contributions of their blocks.

import PortfolioModel
import RiskNumerics

/// Computes the results of the book.
struct BookRun {
  let run: PreparedRun

  func result(folding contributions: [BookContribution]) throws(RunError) -> BookResult {
    var totals = BookContribution(columnCount: run.base.columns.count)
    for contribution in contributions { totals.fold(contribution) }
    var book = BookResult(totals: totals)
    for reading in run.readings { book.sets.append(try set(reading, totals)) }
    book.exposures = run.exposure.exposures(netQuantities: totals.netQuantities)
    book.alerts = run.settings.limits.flatMap { $0.alerts(book: book, assets: run.market.assets) }
    book.warnings = warnings(totals)
    return book
  }

  private func set(
    _ reading: MeasureReading, _ totals: BookContribution
  ) throws(RunError) -> BookSetResult {
    let set = reading.valued.set
    do throws(NonfiniteProfit) {
      let (profitUSD, row) = try reading.book(netQuantities: totals.netQuantities)
      return BookSetResult(
        name: run.settings.scenarioSets[reading.setPosition].name, kind: set.kind,
        labels: set.labels, priceMoves: set.gridMoves?.price,
        volatilityMoves: set.gridMoves?.volatility, probabilities: set.listedProbabilities,
        profitUSD: profitUSD, worstLossUSD: row.worstLossUSD, worstScenario: row.worstScenario,
        tail: row.tail)
    } catch {
      throw RunError.nonfiniteProfit(account: "all accounts", set: set.name)
    }
  }

  /// Warnings of the market and of all sets, by kind; equal ones of several sets stand once.
  private func warnings(_ totals: BookContribution) -> [RunWarning] {
    var all = run.market.warnings
    all += uncountedOrders().map { [$0] } ?? []
    if totals.unattributedCount > 0 {
      // Examples would have to be kept by every block; the table of analytic measures names them.
      all.append(
        RunWarning(
          kind: "contributions_not_found", count: totals.unattributedCount,
          examples: ["accounts with a fallback_reason in account_analytic"]))
    }
    for warning in run.analytic?.warnings ?? [] where !all.contains(warning) { all.append(warning) }
    for reading in run.readings {
      for warning in reading.valued.set.warnings where !all.contains(warning) {
        all.append(warning)
      }
      all += unmovedAssets(reading, totals.netQuantities).map { [$0] } ?? []
    }
    var merged: [RunWarning] = []
    for warning in all {
      if let known = merged.firstIndex(where: { $0.kind == warning.kind }) {
        merged[known].count += warning.count
        merged[known].examples += warning.examples
      } else {
        merged.append(warning)
      }
    }
    return merged
  }

  /// Open orders of accounts whose rule set does not count them.
  private func uncountedOrders() -> RunWarning? {
    var noticed = Noticed()
    for order in run.book.portfolio.orders {
      let model = run.modelOfAccount[order.account.position]
      if run.rules[model].countsOrders { continue }
      let account = run.book.portfolio.accounts[order.account.position].name
      noticed.add("\(run.book[order.instrument].name) of \(account)")
    }
    return noticed.warning("open_order_not_counted")
  }

  /// Held assets, USD aside, that no factor of a set moves.
  private func unmovedAssets(_ reading: MeasureReading, _ heldColumns: [Double]) -> RunWarning? {
    let set = reading.valued.set
    let binding = ScenarioBinding(set: set, market: run.market, term: nil)
    var noticed = Noticed()
    for (position, asset) in run.market.assets.enumerated()
    where asset.name != "USD" && heldColumns[position] != 0 {
      // In a grid pegged assets stay by construction.
      if set.kind == "grid", asset.peg != nil { continue }
      if !binding.moves(AssetIndex(position)) { noticed.add("\(asset.name) in \(set.name)") }
    }
    return noticed.warning("held_asset_not_moved")
  }
}

extension ScenarioSet {
  /// Probability of each scenario; nil for sets without.
  var listedProbabilities: [Double]? {
    switch weighting {
    case .none: nil
    case .sample: [Double](repeating: 1 / Double(scenarioCount), count: scenarioCount)
    case .probabilities(let weights): weights.probabilities
    }
  }
}
