// A lower bound of what an account can lose over a box of moves.

import PortfolioModel
import RiskNumerics

/// Bounds the profit of holdings from below over all log moves of at most so many standard deviations
/// in each factor.
///
/// Coins and futures on one price that is paid in nothing else that moves are one straight line in the
/// price, netted exactly. Options are monotone in the forward and in volatility, so that over a cell of
/// both each one is least at a corner; prices are cut into cells in which the line and all options on
/// it are bounded together. What is paid in another moving price is bounded by its own corners.
struct EquityBound: Sendable {
  private let space: FactorSpace
  private let market: PricedMarket
  private let base: UnitValue
  private let term: VolatilityTermStructure?
  /// Half the widths of the box. [factors]
  private let reach: [Double]
  /// Least profits of one contract of each column that is an option. [columns]
  private var units: [UnitLeast?] = []

  private static let priceCellCount = 64
  private static let volatilityCellCount = 4

  init(_ health: HealthRun, _ space: FactorSpace, deviations: Double) {
    self.space = space
    market = health.today
    base = health.base
    term = health.settings.volatilityTerm
    reach = space.factors.indices.map { deviations * space.covariance[$0, $0].squareRoot() }
    units = [UnitLeast?](repeating: nil, count: base.columns.count)
    for position in market.pricings.indices {
      guard case .priced(let priced) = market.pricings[position], priced.isOption else { continue }
      let column = base.columns.column(of: InstrumentIndex(position))
      units[column] = unit(priced, column)
    }
  }

  /// Least profits of one long and of one short contract, USD, which every account that holds it
  /// shares.
  private struct UnitLeast: Sendable {
    /// By cells of price, then of volatility. [long and short][cells]
    var narrow: [[Double]]
    /// By cells of price, volatility anywhere in the box. [long and short][cells]
    var wide: [[Double]]
  }

  private func unit(_ option: PricedInstrument, _ column: Int) -> UnitLeast {
    let pair = market.nodes[option.node].pair
    let price = space.spotFactor[pair.underlying.position]
    let volatility = space.volatilityFactor[pair.underlying.position]
    // A price that stands still is one cell.
    let prices = price.map { cells(Self.priceCellCount, reach[$0]) } ?? [0...0]
    let volatilities = volatility.map { cells(Self.volatilityCellCount, reach[$0]) } ?? []
    let sides = [1.0, -1]
    return UnitLeast(
      narrow: sides.map { side in
        prices.flatMap { prices in
          volatilities.map {
            leastUSD(option, column, side, priceMoves: prices, volatilityMoves: $0)
          }
        }
      },
      wide: sides.map { side in
        prices.map { leastUSD(option, column, side, priceMoves: $0) }
      })
  }

  private func cells(_ count: Int, _ far: Double) -> [ClosedRange<Double>] {
    (0..<count).map { cell in
      let low = far * (2 * Double(cell) / Double(count) - 1)
      return low...(far * (2 * Double(cell + 1) / Double(count) - 1))
    }
  }

  /// Options on one price, with their shares.
  private struct PriceRisk {
    /// USD per relative move of the price.
    var slopeUSD = 0.0
    var options: [(column: Int, underlying: AssetIndex, quantity: Double)] = []
  }

  /// Least profit in the box, USD, at most 0; nil where something held depends on a factor that the
  /// box does not have.
  func leastProfitUSD(_ holdings: AccountHoldings) -> Double? {
    var risks = space.factors.map { _ in PriceRisk() }
    var apartUSD = 0.0
    for (asset, amount) in holdings.amounts where amount != 0 {
      guard let factor = space.spotFactor[asset.position] else { continue }
      risks[factor].slopeUSD += amount * market.priceUSD(asset)
    }
    for (instrument, quantity) in holdings.contracts where quantity != 0 {
      guard case .priced(let priced) = market.pricings[instrument.position] else { continue }
      let node = market.nodes[priced.node]
      if space.hasOtherFactors && node.expiry != nil { return nil }
      let column = base.columns.column(of: instrument)
      let price = space.spotFactor[node.pair.underlying.position]
      if priced.isOption {
        if let price {
          risks[price].options.append((column, node.pair.underlying, quantity))
        } else {
          apartUSD += least(column, quantity, \.wide)[0] * abs(quantity)
        }
      } else {
        apartUSD += addFuture(priced, node, quantity, to: &risks)
      }
    }
    var leastUSD = apartUSD
    for (factor, risk) in risks.enumerated() { leastUSD += self.leastUSD(risk, factor) }
    return leastUSD
  }

  // MARK: Futures

  /// Adds a future to the lines of its prices; gives the least of what is no line.
  private func addFuture(
    _ future: PricedInstrument, _ node: PricingNode, _ quantity: Double, to risks: inout [PriceRisk]
  ) -> Double {
    let settlementUSD = market.priceUSD(future.settlement)
    let isInverse = future.form == .inverseFuture
    let notionalUSD =
      quantity * future.multiplier * settlementUSD
      * (isInverse ? 1 / future.basePrice : future.basePrice)
    let price = space.spotFactor[node.pair.underlying.position]
    let quote = space.spotFactor[node.pair.quote.position]
    let settled = space.spotFactor[future.settlement.position]
    // With r = e^(p - q): N (r - 1) e^q = N (e^p - e^q) and N (1 - 1/r) e^p = N (e^p - e^q).
    if settled == (isInverse ? price : quote) {
      if let price { risks[price].slopeUSD += notionalUSD }
      if let quote { risks[quote].slopeUSD -= notionalUSD }
      return 0
    }
    let ratios = ratios(price.map { -reach[$0]...reach[$0] } ?? 0...0, quote)
    let paid = [-1.0, 1].map { side in settled.map { ScalarMath.exp(side * reach[$0]) } ?? 1 }
    if !isInverse && quote == nil, let price {
      // N (r - 1) s = N (r - 1) + N (r - 1) (s - 1): a line and a small rest.
      risks[price].slopeUSD += notionalUSD
      let far = max(ratios.upperBound - 1, 1 - ratios.lowerBound)
      return -abs(notionalUSD) * far * max(paid[1] - 1, 1 - paid[0])
    }
    var least = Double.infinity
    for ratio in [ratios.lowerBound, ratios.upperBound] {
      for settlement in paid {
        let gain = isInverse ? 1 - 1 / ratio : ratio - 1
        least = min(least, notionalUSD * gain * settlement)
      }
    }
    return least
  }

  /// Ratios of a forward where its price moves in a range and its quote asset in the whole box.
  private func ratios(_ priceMoves: ClosedRange<Double>, _ quote: Int?) -> ClosedRange<Double> {
    let wide = quote.map { reach[$0] } ?? 0
    return ScalarMath.exp(
      priceMoves.lowerBound - wide)...ScalarMath.exp(
        priceMoves.upperBound + wide)
  }

  // MARK: Options

  private func least(
    _ column: Int, _ quantity: Double, _ table: KeyPath<UnitLeast, [[Double]]>
  ) -> [Double] {
    guard let unit = units[column] else { preconditionFailure("options have bounds") }
    return unit[keyPath: table][quantity > 0 ? 0 : 1]
  }

  private func leastUSD(_ risk: PriceRisk, _ factor: Int) -> Double {
    func line(_ x: Double) -> Double { risk.slopeUSD * (ScalarMath.exp(x) - 1) }
    guard let first = risk.options.first else {
      return min(line(-reach[factor]), line(reach[factor]))
    }
    // Options on several assets of one price share no volatility: each is least by itself.
    let isShared =
      risk.options.allSatisfy { $0.underlying == first.underlying }
      && space.volatilityFactor[first.underlying.position] != nil
    let width = isShared ? Self.volatilityCellCount : 1
    var sums = [Double](repeating: 0, count: Self.priceCellCount * width)
    for (column, _, quantity) in risk.options {
      let unit = least(column, quantity, isShared ? \.narrow : \.wide)
      for cell in sums.indices { sums[cell] += abs(quantity) * unit[cell] }
    }
    var least = Double.infinity
    for (place, cell) in cells(Self.priceCellCount, reach[factor]).enumerated() {
      let straight = min(line(cell.lowerBound), line(cell.upperBound))
      for sum in sums[place * width..<(place + 1) * width] { least = min(least, straight + sum) }
    }
    return least
  }

  /// Least profit of a quantity of an option; volatility moves in the whole box where no range is
  /// given.
  private func leastUSD(
    _ option: PricedInstrument, _ column: Int, _ quantity: Double,
    priceMoves: ClosedRange<Double>, volatilityMoves: ClosedRange<Double>? = nil
  ) -> Double {
    let node = market.nodes[option.node]
    let quote = space.spotFactor[node.pair.quote.position]
    let settled = space.spotFactor[option.settlement.position]
    let price = space.spotFactor[node.pair.underlying.position]
    let ratios = ratios(priceMoves, quote)
    let wide = space.volatilityFactor[node.pair.underlying.position].map { reach[$0] } ?? 0
    let spread = term?.spread(expiryDays: node.expiryDays) ?? 1
    let volatility = volatilityMoves ?? -wide...wide
    // A long position is least where its option is: prices against its right, volatility low.
    let isLeast = quantity > 0
    let isLow = (option.side == .call) == isLeast
    let ratio = isLow ? ratios.lowerBound : ratios.upperBound
    let x = isLeast ? volatility.lowerBound : volatility.upperBound
    let forward = option.basePrice * ratio
    let black = BlackKernel.value(
      forward: forward, volatility: option.volatilityAnnual * ScalarMath.exp(x * spread),
      option: option.optionTerms(expiryYears: node.expiryYears))
    let discount = ScalarMath.exp(-node.rateContinuous * node.expiryYears)
    // What one unit of value is paid in: of an inverse option in its own coin nothing moves but the
    // Black value, since B / F' is paid at F'.
    let paid: Double
    switch option.form {
    case .inverseOption where settled == price && quote == nil: paid = 1
    case .inverseOption:
      let far = settled.map { reach[$0] } ?? 0
      paid =
        isLeast
        ? ScalarMath.exp(-far) / ratios.upperBound : ScalarMath.exp(far) / ratios.lowerBound
    default:
      let far = settled.map { reach[$0] } ?? 0
      paid = ScalarMath.exp(isLeast ? -far : far)
    }
    let valueUSD = option.optionValueUSD(
      black: black, forward: option.basePrice, discount: discount,
      settlementUSD: market.priceUSD(option.settlement) * paid)
    return quantity * (valueUSD - base.baseUSD[column])
  }
}
