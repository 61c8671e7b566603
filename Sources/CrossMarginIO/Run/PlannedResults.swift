// What the results of a loaded book are planned to hold.

import CrossMargin
import PortfolioModel

extension ResultPlan {
  /// The plan of a run over a loaded book.
  init(_ loaded: LoadedBook, _ run: RiskRun, fingerprint: String, pseudonymKey: [UInt8]?) {
    let market = loaded.book.market
    let (schemas, scenarios) = (run.marginSchemas, run.ruleScenarios)
    let models = loaded.settings.models.enumerated().map { position, terms in
      PlannedModel(
        name: terms.name, effectiveFrom: terms.effectiveFrom,
        parameterFile: loaded.modelFiles[position].path, schema: schemas[position],
        scenarios: scenarios[position].map {
          PlannedScenario(
            label: $0.label, priceMove: $0.priceMove, volatilityMove: $0.volatilityMove,
            lossFactor: $0.lossFactor)
        })
    }
    self.init(
      fingerprint: fingerprint, accountNames: loaded.book.portfolio.accounts.map(\.name),
      assets: market.assets.map { asset in
        PlannedAsset(
          name: asset.name, priceUSD: asset.priceUSD,
          ageDays: asset.time.map { $0.days(to: market.valuationTime) })
      },
      models: models, scenarioSets: loaded.settings.scenarioSets.map(\.name),
      extras: ResultExtras(loaded.settings, loaded.book.portfolio),
      pseudonymKey: pseudonymKey)
  }
}

/// Positions of the accounts whose detail was asked for.
struct DetailRows {
  let run: RiskRun
  let loaded: LoadedBook

  /// The rows, by account; `worst` gives the accounts with the smallest margin ratios.
  func rows(worst: (Int) throws -> [AccountIndex]) throws -> [PositionDetailRow] {
    let portfolio = loaded.book.portfolio
    let accounts: [AccountIndex]
    switch loaded.outputs.detail {
    case .none: return []
    case .all: accounts = portfolio.accounts.indices.map(AccountIndex.init)
    case .worst(let count): accounts = try worst(count).sorted()
    case .accounts(let names):
      // A loaded book has all of them.
      accounts = names.compactMap {
        firstIndex(in: portfolio.accounts, named: $0, name: \.name).map(AccountIndex.init)
      }.sorted()
    }
    return try accounts.flatMap { account in
      try run.explain(account).positions.map { position in
        var row = PositionDetailRow(
          account: account, instrument: position.instrument, leg: position.leg,
          quantity: position.quantity, valueUSD: position.valueUSD, greeks: position.greeks)
        row.worstProfitUSD = position.worstProfitUSD
        return row
      }
    }
  }
}
