// Scenarios that are written down rather than sampled: price x volatility grids and forward shifts.

import PortfolioModel
import RiskNumerics

extension ScenarioSet {
  /// A price x volatility grid. Every asset moves by the same share of its own price range, except
  /// pegged assets, which stay, and assets that track another, which follow.
  ///
  /// Order: price moves ascending, within each volatility levels descending, then far moves.
  static func grid(_ terms: PriceVolatilityGrid, name: String, market: PricedMarket) -> ScenarioSet
  {
    let points = GridPoint.all(terms)
    let hasOwnRanges = !terms.assetRanges.isEmpty
    let assets = market.assets.filter { $0.name != "USD" && $0.peg == nil && $0.tracks == nil }
    var columns: [FactorColumn] = []
    for asset in assets {
      let range = terms.range(of: asset.name)
      columns.append(
        FactorColumn(
          name: FactorName(.spot, asset.name),
          moves: points.map { ScalarMath.log(1 + $0.priceMove(range: range)) }, presence: .flat))
    }
    for (assetName, expiry, days) in market.expiriesByAsset {
      var column = FactorColumn(
        unnamed: FactorName(.volatility, assetName, expiry: expiry), scenarioCount: points.count)
      for (scenario, point) in points.enumerated() {
        let ratio = terms.volatilityTerm.volatilityRatio(
          move: point.volatilityMove, expiryDays: days)
        column.set(.scale(ratio), scenario: scenario)
      }
      columns.append(column)
    }
    var set = ScenarioSet(
      name: name, kind: "grid", labels: points.map { $0.label(terms, hasOwnRanges: hasOwnRanges) },
      columns: columns)
    set.gridMoves = (
      points.map { $0.priceMove(range: terms.priceRangeFraction) }, points.map(\.volatilityMove)
    )
    set.lossFactors = points.map { $0.lossFactor(terms, range: terms.priceRangeFraction) }
    set.assetLossFactors = terms.assetRanges.map { own in
      (own.asset, points.map { $0.lossFactor(terms, range: own.priceRangeFraction) })
    }
    set.volatilityFloorsAnnual = points.map {
      $0.volatilityMove > 0 ? terms.raisedVolatilityAnnualMin : 0
    }
    return set
  }

  /// Forwards of every expiry up, then down, by `max(minimum, e^(annual T) - 1)`; spot prices stay.
  static func forwardShift(_ terms: BasisTerms, name: String, market: PricedMarket) -> ScenarioSet {
    let columns = market.expiriesByAsset.map { assetName, expiry, days in
      let years = UTCTime.years(ofDays: days)
      let move = terms.moveFraction(expiryYears: years)
      // F' = F (1 +- move) is a change of the carry b of e^(b T) by ln(1 +- move) / T.
      return FactorColumn(
        name: FactorName(.basis, assetName, expiry: expiry),
        moves: [ScalarMath.log(1 + move) / years, ScalarMath.log(1 - move) / years], presence: .flat
      )
    }
    return ScenarioSet(
      name: name, kind: "forward_shift", labels: ["forwards up", "forwards down"], columns: columns)
  }
}

/// One point of a grid: a step of the price range or a far move, and a volatility move.
struct GridPoint {
  enum Price {
    case step(Int, of: Int)
    case far(Double)
  }

  var price: Price
  /// Relative move of 30-day volatility.
  var volatilityMove: Double

  static func all(_ terms: PriceVolatilityGrid) -> [GridPoint] {
    let count = terms.volatilityStepCount
    let up = (1...count).reversed().map { terms.volatilityUpFraction * Double($0) / Double(count) }
    let down = (1...count).map { -terms.volatilityDownFraction * Double($0) / Double(count) }
    let volatilityMoves = up + [0] + down
    let inner = (-terms.stepCount...terms.stepCount).flatMap { step in
      volatilityMoves.map {
        GridPoint(price: .step(step, of: terms.stepCount), volatilityMove: $0)
      }
    }
    return inner
      + terms.tailMoves.map {
        GridPoint(price: .far($0), volatilityMove: terms.volatilityUpFraction)
      }
  }

  func priceMove(range: Double) -> Double {
    switch price {
    case .step(let step, let count): range * Double(step) / Double(count)
    case .far(let move): move
    }
  }

  func lossFactor(_ terms: PriceVolatilityGrid, range: Double) -> Double {
    switch price {
    case .step: 1
    case .far(let move):
      MarginScenario.tailWeight(ofMove: move, range: range, factor: terms.tailWeight)
    }
  }

  func label(_ terms: PriceVolatilityGrid, hasOwnRanges: Bool) -> String {
    let volatility = "vol \(Self.percent(volatilityMove))"
    switch price {
    case .step(let step, let count) where hasOwnRanges:
      let sign = step > 0 ? "+" : ""
      return "price \(sign)\(step)/\(count) of range, \(volatility)"
    case .step, .far:
      return "price \(Self.percent(priceMove(range: terms.priceRangeFraction))), \(volatility)"
    }
  }

  /// A fraction as percent to one decimal, with its sign.
  private static func percent(_ fraction: Double) -> String {
    let tenths = Int((fraction * 1_000).rounded())
    let digits =
      tenths % 10 == 0 ? "\(abs(tenths) / 10)" : "\(abs(tenths) / 10).\(abs(tenths) % 10)"
    return (tenths > 0 ? "+" : tenths < 0 ? "-" : "") + digits + " %"
  }
}

extension BasisTerms {
  /// Relative move of a forward at an expiry: `max(minimum, e^(annual T) - 1)`.
  public func moveFraction(expiryYears: Double) -> Double {
    max(moveFractionMin, ScalarMath.exp(moveAnnual * expiryYears) - 1)
  }
}

extension PricedMarket {
  /// Each asset with each expiry of contracts on it, by asset, then expiry, with days to expiry.
  var expiriesByAsset: [(asset: String, expiry: UTCTime, days: Double)] {
    var seen = Set<FactorName>()
    var found: [(asset: AssetIndex, expiry: UTCTime)] = []
    for node in nodes {
      guard let expiry = node.expiry else { continue }
      let asset = node.pair.underlying
      if seen.insert(FactorName(.basis, assets[asset.position].name, expiry: expiry)).inserted {
        found.append((asset, expiry))
      }
    }
    found.sort { ($0.asset, $0.expiry) < ($1.asset, $1.expiry) }
    return found.map {
      (assets[$0.asset.position].name, $0.expiry, valuationTime.days(to: $0.expiry))
    }
  }
}
