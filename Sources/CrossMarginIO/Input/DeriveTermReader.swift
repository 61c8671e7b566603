// The terms of Derive's portfolio margins.

import CrossMargin
import PortfolioModel

extension TermReader {
  /// All terms of the family derive_pm1.
  func derivePortfolio1() -> RuleFamily {
    let scan = deriveScan(allowsSkews: false)
    return .derivePortfolio1(
      DerivePortfolioTerms1(scan: scan, baseFraction: number("base_charge", .fraction)),
      on: DeriveMarketTerms(
        cashAsset: text("cash_asset", expected: "an asset"), underlyings: names("underlyings"),
        collaterals: []))
  }

  /// All terms of the family derive_pm2.
  func derivePortfolio2() -> RuleFamily {
    let scan = deriveScan(allowsSkews: true)
    let terms = DerivePortfolioTerms2(
      scan: scan, negativeDiscount: staticDiscount("short_discount"), skew: skew(),
      maintenanceFactor: number("maintenance_factor", .positive),
      perpetualExtraFraction: number("perpetual_initial_extra", .fraction),
      nakedShortExtraFraction: number("naked_short_initial_extra", .fraction))
    require(
      "initial_factor", scan.initialFactor, atLeast: "maintenance_factor", terms.maintenanceFactor)
    let underlyings = names("underlyings")
    let collaterals = mappings("collaterals") { asset, map in
      let cancels = map.required("cancels_risk_of")
      let underlying = cancels?.text(expected: "an underlying or none") ?? "none"
      if underlying != "none", !underlyings.contains(underlying) {
        cancels?.report(expected: "one of the underlyings, or none")
      }
      return DeriveMarketTerms.Collateral(
        asset: asset, cancelsRiskOf: underlying == "none" ? nil : underlying,
        haircutFraction: map.needed("haircut", .fraction),
        initialExtraFraction: map.needed("initial_extra", .fraction))
    }
    return .derivePortfolio2(
      terms,
      on: DeriveMarketTerms(
        cashAsset: text("cash_asset", expected: "an asset"), underlyings: underlyings,
        collaterals: collaterals))
  }

  private func deriveScan(allowsSkews: Bool) -> DeriveScanTerms {
    let terms = DeriveScanTerms(
      scenarios: scenarios(allowsSkews: allowsSkews), volatilityShock: volatilityShock(),
      positiveDiscount: staticDiscount("long_discount"), basis: basisContingency(),
      confidence: confidence("confidence"), peg: peg(),
      initialFactor: number("initial_factor", .positive),
      perpetualFraction: number("perpetual_charge", .fraction),
      nakedShortFraction: number("naked_short_charge", .fraction),
      settlementWindowSeconds: number("settlement_window_seconds", .positive))
    if !terms.hasAllowedScenarios {
      report(
        "scenarios", found: "\(terms.scenarios.count) scenarios",
        expected:
          "at most \(DeriveScanTerms.scenarioCountMax), skews at an unchanged price, each kind once"
      )
    }
    return terms
  }

  private func skew() -> SkewTerms {
    func cap(_ prefix: String) -> SkewTerms.Cap {
      SkewTerms.Cap(
        base: number("\(prefix)_cap", .finite),
        perRootYear: number("\(prefix)_cap_per_root_year", .finite))
    }
    return SkewTerms(
      linear: cap("tilt"), absolute: cap("wings"), widthMin: number("skew_width_min", .positive),
      widthScale: number("skew_width_scale", .positive),
      volatilityStatic: number("skew_vol", .positive),
      volatilityPerRootYear: number("skew_vol_per_root_year", .finite))
  }
}

// MARK: - Standard Manager

extension TermReader {
  /// All terms of the family derive_standard. Rates of options, charges and the peg are those of all
  /// markets; perpetuals and collateral of each.
  func deriveStandard() -> DeriveStandardRuleTerms {
    let options = standardOptions()
    let confidence = StandardConfidenceTerms(
      perpetual: confidence("perpetual_confidence"), option: confidence("option_confidence"),
      base: confidence("collateral_confidence"))
    let depeg = peg()
    let markets = mappings("markets") { asset, map in
      let perpetual = StandardPerpetualTerms(
        initialFraction: map.needed("perpetual_initial", .fraction),
        maintenanceFraction: map.needed("perpetual_maintenance", .fraction))
      if perpetual.initialFraction < perpetual.maintenanceFraction {
        map.required("perpetual_initial")?.report(expected: "at least perpetual_maintenance")
      }
      return AssetTerms(
        asset: asset,
        terms: StandardMarginTerms(
          perpetual: perpetual, option: options, confidence: confidence,
          base: StandardBaseTerms(
            maintenanceFraction: map.needed("collateral", .fraction),
            initialFactor: map.needed("collateral_initial_factor", .fraction)), depeg: depeg))
    }
    return DeriveStandardRuleTerms(
      cashAsset: text("cash_asset", expected: "an asset"), markets: markets,
      isBorrowingAllowed: flag("allows_borrowing"))
  }

  private func standardOptions() -> StandardOptionTerms {
    let terms = StandardOptionTerms(
      initialSpotFraction: number("option_initial", .fraction),
      initialSpotFractionMin: number("option_initial_min", .fraction),
      maintenance: StandardOptionMaintenance(
        callSpotFraction: number("call_maintenance", .fraction),
        putSpotFraction: number("put_maintenance", .fraction),
        putMarkFraction: number("put_maintenance_of_mark", .fraction)),
      putInitialFactor: number("put_initial_factor", .positive),
      unpairedCallInitialFactor: number("unpaired_call_initial", .positive),
      unpairedCallMaintenanceFactor: number("unpaired_call_maintenance", .positive))
    require(
      "option_initial", terms.initialSpotFraction, atLeast: "option_initial_min",
      terms.initialSpotFractionMin)
    require(
      "unpaired_call_initial", terms.unpairedCallInitialFactor,
      atLeast: "unpaired_call_maintenance", terms.unpairedCallMaintenanceFactor)
    return terms
  }
}
