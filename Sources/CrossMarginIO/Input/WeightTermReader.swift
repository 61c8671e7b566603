// The terms of venues that weigh balances: Drift and Aave.

import CrossMargin
import PortfolioModel

extension TermReader {
  /// All terms of the family drift.
  func drift() -> DriftRuleTerms {
    func weights(_ map: YAMLMap, _ key: String, _ rule: NumberRule) -> DriftWeights {
      DriftWeights(
        initial: map.needed("\(key)_initial", rule),
        maintenance: map.needed("\(key)_maintenance", rule))
    }
    let spot = mappings("spot") { asset, map in
      let assets = weights(map, "asset", .fraction)
      let debts = weights(map, "liability", .positive)
      if assets.initial > assets.maintenance || debts.initial < debts.maintenance {
        map.required("asset_initial")?.report(
          expected: "an initial level that asks at least as much as the maintenance level")
      }
      return AssetTerms(
        asset: asset,
        terms: DriftSpotTerms(
          assetWeights: assets, liabilityWeights: debts,
          premiumPerRootToken: map.needed("imf_factor", .notNegative),
          depositScaleStartUSD: map.needed("deposit_scale_start_usd", .notNegative)))
    }
    let perpetuals = mappings("perpetuals") { asset, map in
      let ratios = weights(map, "margin", .fraction)
      if ratios.initial < ratios.maintenance {
        map.required("margin_initial")?.report(expected: "at least margin_maintenance")
      }
      return AssetTerms(
        asset: asset,
        terms: DriftPerpetualTerms(
          marginRatios: ratios, premiumPerRootCoin: map.needed("imf_factor", .notNegative),
          profitWeights: DriftWeights(initial: 1, maintenance: 1), profitPremiumPerRootCoin: 0,
          profitImbalanceUSDMax: 0, initialProfitUSDMax: .infinity))
    }
    return DriftRuleTerms(
      quoteAsset: text("quote_asset", expected: "an asset"), spot: spot, perpetuals: perpetuals)
  }

  /// All terms of the family aave.
  func lending() -> LendingRuleTerms {
    func terms(_ map: YAMLMap) -> LendingTerms {
      let terms = LendingTerms(
        loanToValue: map.needed("ltv", .fraction),
        liquidationThreshold: map.needed("threshold", .fraction),
        bonusMultiple: map.needed("bonus", .positive))
      if terms.loanToValue > terms.liquidationThreshold {
        map.required("ltv")?.report(expected: "at most threshold")
      }
      return terms
    }
    let reserves = mappings("reserves") { AssetTerms(asset: $0, terms: terms($1)) }
    let modes = mappings("modes") { name, map in
      let assets = map.required("assets")
      let names = (assets?.texts(expected: "names") ?? []).sorted(by: precedesByBytes)
      if names.contains(where: { name in !reserves.contains { $0.asset == name } }) {
        assets?.report(expected: "assets of reserves")
      }
      return LendingRuleTerms.Mode(name: name, assets: names, terms: terms(map))
    }
    return LendingRuleTerms(reserves: reserves, modes: modes)
  }
}
