// The terms of perpetual venues.

import CrossMargin
import PortfolioModel

extension TermReader {
  /// All terms of the family binance_unified.
  func unified() -> UnifiedRuleTerms {
    let (initial, maintenance) = (
      number("initial_ratio", .positive), number("maintenance_ratio", .positive)
    )
    require("initial_ratio", initial, atLeast: "maintenance_ratio", maintenance)
    var brackets: [UnifiedRuleTerms.Brackets] = []
    for (name, value) in namedValues("brackets") {
      let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
        value.report(expected: "a name such as BTC/USDT: underlying and settlement")
        continue
      }
      let tiers = pairs(value, .notNegative, .positive).map {
        MarginTier(lowerNotionalUSD: $0, rateFraction: $1)
      }
      do throws(TierScheduleError) {
        brackets.append(
          UnifiedRuleTerms.Brackets(
            underlying: parts[0], settlement: parts[1], schedule: try TierSchedule(tiers)))
      } catch {
        value.report(expected: "brackets [lower notional, rate]: \(error)")
      }
    }
    let collateral = numbers("collateral", .fraction).map {
      AssetTerms(asset: $0.name, terms: CollateralTerms(countedFraction: $0.number))
    }
    let rates = value("loan_maintenance").map { pairs($0, .positive, .fraction) } ?? []
    if rates.isEmpty || zip(rates, rates.dropFirst()).contains(where: { $0.0 >= $1.0 }) {
      report(
        "loan_maintenance", found: "\(rates.count) rates",
        expected: "pairs [leverage, rate] by rising leverage")
    }
    return UnifiedRuleTerms(
      brackets: brackets, collateral: collateral,
      loanRates: (rates.isEmpty ? [(1, 1)] : rates).map {
        UnifiedRuleTerms.LoanRate(leverage: $0.0, fraction: $0.1)
      }, initialRatio: initial, maintenanceRatio: maintenance)
  }

  /// All terms of the family hyperliquid.
  func leverage() -> PerpetualRuleTerms<LeverageTiers> {
    var markets: [AssetTerms<LeverageTiers>] = []
    for (asset, value) in namedValues("leverage") {
      let tiers = pairs(value, .notNegative, .positive).map {
        LeverageTiers.Tier(lowerNotionalUSD: $0, leverage: $1)
      }
      do throws(TierScheduleError) {
        markets.append(AssetTerms(asset: asset, terms: try LeverageTiers(tiers)))
      } catch {
        value.report(expected: "tiers [lower notional, largest leverage]: \(error)")
      }
    }
    return PerpetualRuleTerms(
      cashAsset: text("cash_asset", expected: "an asset"), markets: markets)
  }

  /// All terms of the family dydx.
  func openInterest() -> PerpetualRuleTerms<LiquidityTier> {
    let markets = mappings("markets") { asset, map in
      AssetTerms(
        asset: asset,
        terms: LiquidityTier(
          initial: OpenInterestScaling(
            baseFraction: map.needed("initial", .fraction),
            lowerUSD: map.needed("open_interest_lower_usd", .notNegative),
            upperUSD: map.needed("open_interest_upper_usd", .notNegative)),
          maintenanceFactor: map.needed("maintenance_factor", .fraction)))
    }
    return PerpetualRuleTerms(
      cashAsset: text("cash_asset", expected: "an asset"), markets: markets)
  }

  /// All terms of the family synthetix.
  func skewScaled() -> SkewRuleTerms {
    let markets = mappings("markets") { asset, map in
      AssetTerms(
        asset: asset,
        terms: SkewScaledTerms(
          skewScaleCoins: map.needed("skew_scale", .positive),
          initialPerSkewShare: map.needed("initial_per_skew_share", .notNegative),
          initialFractionMin: map.needed("initial_min", .notNegative),
          maintenanceFactor: map.needed("maintenance_factor", .fraction),
          positionMinimumUSD: map.needed("position_minimum_usd", .notNegative)))
    }
    return SkewRuleTerms(
      perpetuals: PerpetualRuleTerms(
        cashAsset: text("cash_asset", expected: "an asset"), markets: markets),
      discounts: haircuts("discounts"),
      liquidationRewardUSD: number("liquidation_reward_usd", .notNegative))
  }

  /// All terms of the family reya.
  func covariance() -> CovarianceRuleTerms {
    let names = value("underlyings")?.texts(expected: "names") ?? []
    var rows: [[Double]] = []
    if let value = value("risk_matrix") {
      for row in value.list() ?? [] {
        rows.append((row.list() ?? []).compactMap { $0.number(.finite) })
      }
      let isSquare = rows.count == names.count && rows.allSatisfy { $0.count == names.count }
      let isSymmetric =
        isSquare
        && names.indices.allSatisfy { row in
          rows[row][row] >= 0 && names.indices.allSatisfy { rows[row][$0] == rows[$0][row] }
        }
      if !isSymmetric {
        value.report(expected: "a symmetric matrix with a row and a column for each underlying")
        rows = names.map { _ in names.map { _ in 0 } }
      }
    } else {
      rows = names.map { _ in names.map { _ in 0 } }
    }
    let (initial, maintenance) = (
      number("initial_factor", .positive), number("maintenance_factor", .positive)
    )
    require("initial_factor", initial, atLeast: "maintenance_factor", maintenance)
    return CovarianceRuleTerms(
      cashAsset: text("cash_asset", expected: "an asset"), underlyings: names, riskMatrix: rows,
      maintenanceFactor: maintenance, initialFactor: initial)
  }

  /// All terms of the family paradex_cross.
  func paradexCross() -> ParadexCrossRuleTerms {
    func options(_ level: String) -> ParadexOptionTerms {
      ParadexOptionTerms(
        longFraction: number("\(level)_long", .fraction),
        premiumMultiplier: number("\(level)_premium", .notNegative),
        shortInTheMoneyFraction: number("\(level)_short_at_the_money", .fraction),
        shortOutOfTheMoneyFraction: number("\(level)_short_min", .fraction),
        shortPutMaxFraction: number("\(level)_short_put_max", .fraction))
    }
    let (initial, maintenance) = (options("initial"), options("maintenance"))
    let markets = mappings("markets") { asset, map in
      AssetTerms(
        asset: asset,
        terms: ParadexCrossRuleTerms.Market(
          future: ParadexFutureTerms(
            initialFraction: map.needed("initial", .fraction),
            maintenanceFactor: map.needed("maintenance_factor", .fraction)),
          optionInitial: initial, optionMaintenance: maintenance))
    }
    return ParadexCrossRuleTerms(
      perpetuals: PerpetualRuleTerms(
        cashAsset: text("cash_asset", expected: "an asset"), markets: markets),
      perpetualFeeFraction: number("perpetual_fee", .fraction),
      optionFeeFraction: number("option_fee", .fraction),
      optionFeeMaxFraction: number("option_fee_max", .fraction))
  }

  /// Pairs of numbers of a list.
  private func pairs(
    _ value: YAMLValue, _ first: NumberRule, _ second: NumberRule
  ) -> [(Double, Double)] {
    (value.list() ?? []).compactMap { row in
      guard let parts = row.list(expected: "two numbers") else { return nil }
      guard parts.count == 2 else {
        row.report(expected: "two numbers")
        return nil
      }
      guard let left = parts[0].number(first), let right = parts[1].number(second) else {
        return nil
      }
      return (left, right)
    }
  }
}
