// Requirements, weights and liquidations of perpetual venues: dYdX v4, Drift v2, Synthetix v3,
// Hyperliquid, Binance, and the formulas that many share.

import CrossMargin
import RiskNumerics
import VectorReading

enum PerpetualMarginEvaluators {
  static let all: [String: Evaluator] = [
    "dYdX v4 / Bankruptcy price": bankruptcy,
    "dYdX v4 / Fillable (liquidation limit) price": fillable,
    "dYdX v4 / Insurance fund delta": insurance,
    "dYdX v4 / Open-interest scaled initial margin": openInterest,
    "Drift v2 / Size-scaled weights (IMF)": sizeScaled,
    "Drift v2 / Deposit-scaled initial asset weight": depositScaled,
    "Drift v2 / Cross collateral": crossCollateral,
    "Drift v2 / Strict oracle price for collateral": strictPrice,
    "Drift v2 / Base amount to cover a margin shortage": baseAmount,
    "Drift v2 / Liability transfer to cover a margin shortage": liabilityTransfer,
    "Synthetix v3 perps / Skew-scaled margins": skewScaled,
    "Hyperliquid / Portfolio margin borrowable": { inputs in
      [
        "borrowable": .number(
          PortfolioBorrowing.borrowableUSD(
            balance: try inputs.number("balance"), priceUSD: try inputs.number("price"),
            loanToValue: try inputs.number("ltv")))
      ]
    },
    "Hyperliquid / Tiered maintenance margin": tiers,
    "Generic / Cross liquidation price": crossPrice,
    "Generic / Inverse contract liquidation price (short)": inversePrice,
    "Generic / Inverse contract liquidation price (long)": inversePrice,
    "Binance / Linear unrealised PnL": { inputs in
      let sign = try inputs.text("side") == "short" ? -1.0 : 1
      let contract = LinearContract(
        coins: sign * (try inputs.number("qty")), entryUSD: try inputs.number("entry"))
      return ["unrealisedPnl": .number(contract.unrealisedUSD(markUSD: try inputs.number("mark")))]
    }
  ]

  // MARK: dYdX v4

  private static func account(_ inputs: Inputs) throws -> PerpetualAccount {
    let maintenance = try inputs.number("mmf")
    let initial = try inputs.number("imf", absent: maintenance)
    return PerpetualAccount(
      cashUSD: try inputs.number("usdc"),
      positions: try inputs.objects("positions").map {
        PerpetualPosition(
          coins: try $0.number("size"), priceUSD: try $0.number("price"),
          initialFraction: initial, maintenanceFraction: maintenance)
      })
  }

  private static let bankruptcy: Evaluator = { inputs in
    let liquidation = PerpetualLiquidation(
      account: try account(inputs), position: Int(try inputs.number("closeIndex")),
      changeCoins: try inputs.number("delta"))
    return ["bankruptcyQuote": .number(liquidation.bankruptcyQuoteUSD)]
  }

  private static let fillable: Evaluator = { inputs in
    let terms = FillablePriceTerms(
      bankruptcyAdjustment: try inputs.number("bankruptcyAdjustment"),
      spreadToMaintenance: try inputs.number("spreadToMaintenanceMarginRatio"))
    let price = terms.priceUSD(
      account: try account(inputs), position: Int(try inputs.number("index")))
    return ["fillablePrice": .number(price)]
  }

  /// The only position is closed in full.
  private static let insurance: Evaluator = { inputs in
    let (coins, oracle) = (try inputs.number("position"), try inputs.number("oraclePrice"))
    let bankruptcy = PerpetualLiquidation.bankruptcyQuoteUSD(
      notionalChangeUSD: -coins * oracle,
      netCollateralUSD: try inputs.number("usdc") + coins * oracle, releasedShare: 1)
    let change = PerpetualLiquidation.insuranceFundChangeUSD(
      fillQuoteUSD: coins * (try inputs.number("fillPrice")), bankruptcyQuoteUSD: bankruptcy,
      feeFractionMax: try inputs.number("maxLiquidationFee"))
    return ["insuranceFundDelta": .number(change)]
  }

  private static let openInterest: Evaluator = { inputs in
    let scaling = OpenInterestScaling(
      baseFraction: try inputs.number("baseImf"), lowerUSD: try inputs.number("lowerCap"),
      upperUSD: try inputs.number("upperCap"))
    let margin = PerpetualPosition.wholeInitialRequirement(
      notional: try inputs.number("notional"),
      openInterest: try inputs.number("openInterestNotional"), scaling: scaling)
    return ["initialMargin": .number(margin)]
  }

  // MARK: Drift v2

  private static let sizeScaled: Evaluator = { inputs in
    let weight = SizeScaledWeight(
      baseFraction: try inputs.number("baseWeightBps") / 10_000,
      premiumPerRootToken: try inputs.number("imfFactor"))
    let tokens = try inputs.number("tokens")
    let fraction =
      try inputs.text("kind") == "asset"
      ? weight.assetFraction(tokens: tokens) : weight.liabilityFraction(tokens: tokens)
    return ["weightBps": .number(fraction * 10_000)]
  }

  private static let depositScaled: Evaluator = { inputs in
    let weight = DepositScaledWeight(
      baseFraction: try inputs.number("initialAssetWeightBps") / 10_000,
      startUSD: try inputs.number("scaleStartUsd"))
    let deposits = try inputs.number("totalDepositsTokens") * inputs.number("oraclePrice")
    return ["weightBps": .number(weight.fraction(totalDepositsUSD: deposits) * 10_000)]
  }

  private static func quoteBalance(_ inputs: Inputs) throws -> DriftSpotBalance {
    DriftSpotBalance(
      tokens: try inputs.number("usdc"),
      price: StrictPrice(
        oracleUSD: try inputs.number("oracle", absent: 1),
        meanUSD: inputs.has("twap5min") ? try inputs.number("twap5min") : nil),
      terms: .quote, totalDepositsUSD: 0)
  }

  private static let crossCollateral: Evaluator = { inputs in
    let assetWeight = try inputs.number("solInitialAssetWeight")
    let liabilityWeight = try inputs.number("solInitialLiabilityWeight")
    var sol = DriftSpotBalance(
      tokens: try inputs.number("sol", absent: 0),
      price: StrictPrice(oracleUSD: try inputs.number("solPrice"), meanUSD: nil),
      terms: DriftSpotTerms(
        assetWeights: DriftWeights(initial: assetWeight, maintenance: assetWeight),
        liabilityWeights: DriftWeights(initial: liabilityWeight, maintenance: liabilityWeight),
        premiumPerRootToken: 0, depositScaleStartUSD: 0), totalDepositsUSD: 0)
    sol.bidTokens = try inputs.number("openBidSol", absent: 0)
    sol.askTokens = try inputs.number("openAskSol", absent: 0)
    sol.orderCount = (sol.bidTokens > 0 ? 1 : 0) + (sol.askTokens > 0 ? 1 : 0)
    let sums = DriftAccount(spot: [try quoteBalance(inputs), sol], perpetuals: []).sums(.initial)
    return [
      "initialMarginRequirement": .number(sums.requirementUSD),
      "totalCollateral": .number(sums.collateralUSD)
    ]
  }

  private static let strictPrice: Evaluator = { inputs in
    let sums = DriftAccount(spot: [try quoteBalance(inputs)], perpetuals: []).sums(.initial)
    return [
      "totalCollateral": .number(sums.collateralUSD),
      "marginRequirement": .number(sums.requirementUSD)
    ]
  }

  private static let baseAmount: Evaluator = { inputs in
    let reduction = PositionReduction(
      marginFraction: try inputs.number("marginRatio"),
      liquidatorFeeFraction: try inputs.number("liquidatorFee"),
      fundFeeFraction: try inputs.number("insuranceFee"),
      priceUSD: try inputs.number("oraclePrice"), quotePriceUSD: try inputs.number("quotePrice"))
    let coins = reduction.coins(toEndShortageUSD: try inputs.number("shortage"))
    return ["baseAmount": coins.map { .number($0) } ?? .text("infeasible")]
  }

  private static let liabilityTransfer: Evaluator = { inputs in
    let transfer = DebtTransfer(
      assetWeight: try inputs.number("assetWeight"),
      liabilityWeight: try inputs.number("liabilityWeight"),
      assetMultiplier: try inputs.number("assetLiqMultiplier"),
      liabilityMultiplier: try inputs.number("liabilityLiqMultiplier"),
      fundFeeFraction: try inputs.number("insuranceFee"),
      liabilityPriceUSD: try inputs.number("liabilityPrice"))
    let tokens = transfer.tokens(toEndShortageUSD: try inputs.number("shortage"))
    return ["liabilityAmount": tokens.map { .number($0) } ?? .text("infeasible")]
  }

  // MARK: Others

  private static let skewScaled: Evaluator = { inputs in
    let positions = try inputs.objects("markets").map { market in
      SkewedPosition(
        coins: try market.number("size"), priceUSD: try market.number("price"),
        skewCoins: try market.number("skewBefore"),
        terms: SkewScaledTerms(
          skewScaleCoins: try market.number("skewScale"),
          initialPerSkewShare: try market.number("initialMarginFraction"),
          initialFractionMin: try market.number("minimumInitialMarginRatio"),
          maintenanceFactor: try market.number("maintenanceMarginScalar"),
          positionMinimumUSD: try market.number("minimumPositionMargin")))
    }
    let account = SkewedAccount(
      collateralUSD: try inputs.number("collateral"), positions: positions,
      liquidationRewardUSD: 0)
    return [
      "initialMarginExReward": .number(account.requirementUSD.initial),
      "maintenanceMarginExReward": .number(account.requirementUSD.maintenance),
      "fillPnl": .number(account.fillProfitUSD), "availableMargin": .number(account.availableUSD)
    ]
  }

  /// Tiers are pairs of a lower notional and the largest leverage there.
  private static let tiers: Evaluator = { inputs in
    let rows = try inputs.matrix("tiers")
    let schedule = try TierSchedule.maintenance(
      maximumLeverages: (0..<rows.rowCount).map { (rows[$0, 0], rows[$0, 1]) })
    var results: [String: JSONValue] = [
      "maintenanceRates": .list(schedule.tiers.map { .number($0.rateFraction) }),
      "deductions": .list(schedule.deductionsUSD.map { .number($0) })
    ]
    if inputs.has("notional") {
      let notional = try inputs.number("notional")
      results["maintenanceMargin"] = .number(schedule.requirementUSD(notionalUSD: notional))
    }
    return results
  }

  private static let crossPrice: Evaluator = { inputs in
    let leg = LinearLiquidation(
      coins: try inputs.number("position"), markUSD: try inputs.number("mark"),
      equityUSD: try inputs.number("equity"),
      otherMaintenanceUSD: try inputs.number("otherMaintenance", absent: 0))
    let price = leg.priceUSD(rateFraction: try inputs.number("mmr"), deductionUSD: 0)
    return ["liquidationPrice": price.map { .number($0) } ?? .null]
  }

  private static let inversePrice: Evaluator = { inputs in
    let sign = try inputs.text("side") == "short" ? -1.0 : 1
    let position = InverseLiquidation(
      notionalUSD: sign, entryUSD: try inputs.number("price"),
      leverage: try inputs.number("leverage"))
    let price = position.priceUSD(entryRateFraction: try inputs.number("maintenanceMargin"))
    return ["liquidationPrice": price.map { .number($0) } ?? .null]
  }
}
