// The terms of the plain short-option formula.

import CrossMargin

extension TermReader {
  /// All terms of the family option_seller; rates map each underlying to its own number.
  func optionSeller() -> OptionSellerRuleTerms {
    let assets = names("underlyings")
    func each(_ key: String) -> [Double] { numbers(key, .fraction, of: assets) }
    let (initial, least) = (each("initial"), each("initial_min"))
    let (calls, puts) = (each("maintenance_call"), each("maintenance_put"))
    let hasFloor = flag("put_initial_at_least_maintenance")
    let futures = futureRates(assets)
    for (place, asset) in assets.enumerated() where initial[place] < least[place] {
      report(
        "initial", found: "\(initial[place]) of \(asset)",
        expected: "at least initial_min, which is \(least[place])")
    }
    let underlyings = assets.indices.map { place in
      AssetTerms(
        asset: assets[place],
        terms: OptionSellerTerms(
          options: ShortOptionTerms(
            initialFraction: initial[place], initialFractionMin: least[place],
            maintenanceCallFraction: calls[place], maintenancePutFraction: puts[place],
            isPutInitialAtLeastMaintenance: hasFloor),
          futureInitial: futures[place]?.initial, futureMaintenance: futures[place]?.maintenance))
    }
    return OptionSellerRuleTerms(underlyings: underlyings, haircuts: haircuts("haircuts"))
  }

  /// Rates of futures by underlying; `none` in all three terms for venues that list none.
  private func futureRates(
    _ assets: [String]
  ) -> [(initial: SizeScaledFraction, maintenance: SizeScaledFraction)?] {
    let initial = optionalNumbers("future_initial", .fraction, of: assets)
    let maintenance = optionalNumbers("future_maintenance", .fraction, of: assets)
    let perCoin = optionalNumbers("future_per_coin", .notNegative, of: assets)
    return assets.indices.map { place in
      guard let first = initial[place], let second = maintenance[place],
        let slope = perCoin[place]
      else {
        if initial[place] != nil || maintenance[place] != nil || perCoin[place] != nil {
          report(
            "future_initial", found: "rates of \(assets[place]) that are not complete",
            expected: "numbers in future_initial, future_maintenance and future_per_coin, or none")
        }
        return nil
      }
      require("future_initial", first, atLeast: "future_maintenance", second)
      return (
        SizeScaledFraction(base: first, perCoin: slope),
        SizeScaledFraction(base: second, perCoin: slope)
      )
    }
  }
}
