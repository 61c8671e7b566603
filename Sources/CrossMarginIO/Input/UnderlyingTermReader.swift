// The terms of approximated and exchange scans: OKX, Bybit, Dederi, SPAN.

import CrossMargin
import PortfolioModel

extension TermReader {
  /// All terms of the family okx_pm_approx; most map each underlying to its own number.
  func okxApproximation() -> UnderlyingRuleTerms<OKXPortfolioTerms> {
    let assets = names("underlyings")
    let ranges = numbers("price_range", .innerFraction, of: assets)
    let extremes = numbers("extreme_move", .innerFraction, of: assets)
    let basis = numbers("basis_move_annual", .notNegative, of: assets)
    let basisMin = number("basis_move_min", .notNegative)
    let steps = value("price_steps")?.integer(in: 1...ScenarioSettingsReader.stepCountMax) ?? 1
    let (up, down) = (number("vol_up", .notNegative), number("vol_down", .properFraction))
    let term = volatilityTerm()
    let minimum = value("minimum_charge").map(marginalTiers) ?? MarginalTiers([])
    // Pairs are matched in the order of the file.
    let pairs = value("depeg")?.map()?.allEntries() ?? []
    let depeg = pairs.compactMap { name, value -> StablecoinPairTerms? in
      let parts = name.split(separator: "-").map(String.init)
      guard parts.count == 2 else {
        value.report(expected: "a pair such as USDT-USDC")
        return nil
      }
      return StablecoinPairTerms(
        first: parts[0], second: parts[1], tiers: marginalTiers(value))
    }
    let factor = number("initial_factor", .positive)
    require("initial_factor", factor, atLeast: "the maintenance level", 1)
    return underlyings(assets) { place in
      OKXPortfolioTerms(
        grid: PriceVolatilityGrid(
          priceRangeFraction: ranges[place], stepCount: steps, volatilityUpFraction: up,
          volatilityDownFraction: down, volatilityTerm: term),
        extremeMoveFraction: extremes[place],
        basis: BasisTerms(moveFractionMin: basisMin, moveAnnual: basis[place], weight: 1),
        minimumCharge: minimum, depeg: depeg, initialFactor: factor,
        unconfirmed: OKXPortfolioTerms.unconfirmedOfModel)
    }
  }

  /// All terms of the family bybit_pm_approx.
  func bybitApproximation() -> UnderlyingRuleTerms<BybitPortfolioTerms> {
    let assets = names("underlyings")
    let (list, shock) = (scenarios(allowsSkews: false), volatilityShock())
    let shorts = numbers("short_option_charge", .fraction, of: assets)
    let vegas = numbers("vega_spread_per_day", .notNegative, of: assets)
    let deltas = numbers("delta_spread_annual", .notNegative, of: assets)
    let stablecoins = number("stablecoin_spread", .fraction)
    let futures = numbers("future_charge", .fraction, of: assets)
    let factors = numbers("initial_factor", .positive, of: assets)
    return underlyings(assets) { place in
      require("initial_factor", factors[place], atLeast: "the maintenance level", 1)
      return BybitPortfolioTerms(
        scenarios: list, volatilityShock: shock, shortOptionFraction: shorts[place],
        vegaSpreadFractionPerDay: vegas[place], deltaSpreadFractionAnnual: deltas[place],
        stablecoinSpreadFraction: stablecoins, futureFraction: futures[place],
        initialFactor: factors[place], unconfirmed: BybitPortfolioTerms.unconfirmedOfModel)
    }
  }

  /// All terms of the family dederi.
  func dederi() -> UnderlyingRuleTerms<DederiTerms> {
    let assets = names("underlyings")
    var grid = PriceVolatilityGrid(
      priceRangeFraction: number("price_range", .innerFraction),
      stepCount: value("price_steps")?.integer(in: 1...ScenarioSettingsReader.stepCountMax) ?? 1,
      volatilityUpFraction: number("vol_up", .notNegative),
      volatilityDownFraction: number("vol_down", .properFraction),
      volatilityTerm: volatilityTerm())
    grid.raisedVolatilityAnnualMin = number("vol_up_min", .notNegative)
    let futures = numbers("future_charge", .fraction, of: assets)
    let options = numbers("naked_short_charge", .fraction, of: assets)
    return underlyings(assets) { place in
      DederiTerms(
        grid: grid, futureContingencyFraction: futures[place],
        optionContingencyFraction: options[place], unconfirmed: DederiTerms.unconfirmedOfModel)
    }
  }

  /// All terms of the family span.
  func span() -> UnderlyingRuleTerms<SpanProductTerms> {
    let assets = names("underlyings")
    let prices = numbers("price_range", .innerFraction, of: assets)
    let volatilities = numbers("vol_range", .properFraction, of: assets)
    let multiple = number("far_multiple", .positive)
    let share = number("far_share", .fraction)
    let months = numbers("month_spread", .fraction, of: assets)
    let shorts = numbers("short_option_minimum", .fraction, of: assets)
    let ratios = numbers("initial_ratio", .positive, of: assets)
    return underlyings(assets) { place in
      require("initial_ratio", ratios[place], atLeast: "the maintenance level", 1)
      if prices[place] * multiple >= 1 {
        report(
          "far_multiple", found: "\(multiple)",
          expected: "a far move that leaves a price: price_range times far_multiple below 1")
      }
      return SpanProductTerms(
        scenarios: SpanScenarioTerms(
          priceRangeFraction: prices[place], volatilityRangeFraction: volatilities[place],
          farRangeMultiple: multiple, farShare: share),
        monthSpreadFraction: months[place], shortOptionMinimumFraction: shorts[place],
        initialRatio: ratios[place])
    }
  }

  private func underlyings<Terms>(
    _ assets: [String], _ terms: (Int) -> Terms
  ) -> UnderlyingRuleTerms<Terms> {
    UnderlyingRuleTerms(
      underlyings: assets.indices.map { AssetTerms(asset: assets[$0], terms: terms($0)) },
      haircuts: haircuts("haircuts"))
  }

  /// Slices `[from, rate]`, the first from 0, ascending.
  private func marginalTiers(_ value: YAMLValue) -> MarginalTiers {
    var tiers: [MarginalTiers.Tier] = []
    for row in value.list() ?? [] {
      let parts = row.list() ?? []
      guard parts.count == 2, let from = parts[0].number(.notNegative),
        let rate = parts[1].number(.notNegative)
      else {
        row.report(expected: "two numbers")
        continue
      }
      tiers.append(MarginalTiers.Tier(from: from, rate: rate))
    }
    let ascends =
      (tiers.first.map { $0.from == 0 } ?? true)
      && zip(tiers, tiers.dropFirst()).allSatisfy { $0.from < $1.from }
    if !ascends { value.report(expected: "slices that begin at 0 and ascend") }
    return ascends ? MarginalTiers(tiers) : MarginalTiers([])
  }
}
