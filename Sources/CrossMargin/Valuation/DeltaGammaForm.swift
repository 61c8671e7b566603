// The second-order form of unit P&L in factor moves: `P = X D + Y G`.

import PortfolioModel
import RiskNumerics

/// First and second derivatives of each column in factor moves `x`, and the panel `[X Y]`.
///
/// A contract depends on three sums of moves: `u`, the log move of its forward; `v`, the log move of
/// its volatility; `z`, the log move of what it is paid in, discount included. With `f(u, v)` its
/// value in the settlement asset, `U = m S_Z (e^z f(u, v) - f(0, 0))` has the gradient
/// `(f_u, f_v, f)` and the Hessian `[f_uu f_uv f_u; f_uv f_vv f_v; f_u f_v f]`, times `m S_Z`.
struct DeltaGammaForm: Sendable {
  /// Number of factors: the first terms.
  let factorCount: Int
  /// Products of two factors: the terms after the factors.
  let pairs: [FactorPair]
  /// Number of factors and listed products of two factors: rows of `coefficients`.
  var termCount: Int { factorCount + pairs.count }
  /// Factor moves, then products of moves. [scenarios x terms]
  let panel: ScenarioMatrix
  /// Terms of each column: `entries[offsets[c]..<offsets[c + 1]]`.
  private let offsets: [Int]
  private let entries: [(term: Int, coefficient: Double)]

  /// The form of a set whose columns are all moves; nil otherwise.
  init?(set: ScenarioSet, market: PricedMarket, base: UnitValue, binding: ScenarioBinding) {
    let moves = set.columns.map(\.moves)
    let known = moves.compactMap(\.self)
    guard known.count == moves.count else { return nil }
    let expansion = ColumnExpansion(market: market, binding: binding)
    let ofAssets = market.assets.indices.map { expansion.asset(AssetIndex($0)) }
    let derivatives = UnitGreeks.derivatives(market)
    let ofInstruments = market.pricings.indices.map {
      expansion.instrument($0, derivatives: derivatives)
    }
    let expansions = ofAssets + ofInstruments

    let pairs = Self.listedPairs(expansions)
    self.pairs = pairs
    factorCount = known.count
    var offsets = [0]
    var entries: [(term: Int, coefficient: Double)] = []
    for column in expansions {
      entries += column.first.map { ($0.factor, $0.coefficient) }
      for product in column.second {
        guard let position = pairs.firstIndex(of: product.pair) else { continue }
        entries.append((known.count + position, product.coefficient))
      }
      offsets.append(entries.count)
    }
    self.offsets = offsets
    self.entries = entries
    panel = Self.panel(moves: known, pairs: pairs, scenarioCount: set.scenarioCount)
  }

  /// Adds `quantity` units of a column to the coefficients of a risk unit. [terms]
  func add(column: Int, quantity: Double, to coefficients: inout MutableSpan<Double>) {
    for entry in entries[offsets[column]..<offsets[column + 1]] {
      coefficients[entry.term] += quantity * entry.coefficient
    }
  }

  /// Sum of the coefficients of a column times the values of the terms, USD per unit.
  func sum(ofColumn column: Int, times terms: [Double]) -> Double {
    precondition(terms.count == termCount, "one value for each term")
    var sum = 0.0
    for entry in entries[offsets[column]..<offsets[column + 1]] {
      sum += entry.coefficient * terms[entry.term]
    }
    return sum
  }

  private static func listedPairs(_ columns: [ColumnExpansion.Terms]) -> [FactorPair] {
    Set(columns.flatMap { $0.second.map(\.pair) }).sorted { ($0.low, $0.high) < ($1.low, $1.high) }
  }

  private static func panel(
    moves: [[Double]], pairs: [FactorPair], scenarioCount: Int
  ) -> ScenarioMatrix {
    ScenarioMatrix.filled(
      scenarioCount: scenarioCount, columnCount: moves.count + pairs.count, threadCount: 1
    ) { (block: Int, elements: inout MutableSpan<Double>) in
      let height = ScenarioMatrix.blockRowCount
      let first = block * height
      for row in 0..<min(height, scenarioCount - first) {
        for (factor, column) in moves.enumerated() {
          elements[factor * height + row] = column[first + row]
        }
        for (position, pair) in pairs.enumerated() {
          elements[(moves.count + position) * height + row] =
            moves[pair.low][first + row] * moves[pair.high][first + row]
        }
      }
    }
  }
}

/// Two factors whose product is a second-order term; `low <= high`.
struct FactorPair: Hashable, Sendable {
  let low: Int
  let high: Int

  init(_ left: Int, _ right: Int) {
    low = min(left, right)
    high = max(left, right)
  }
}

/// Expands single columns to second order.
struct ColumnExpansion {
  /// Coefficients of factor moves and of products of two.
  struct Terms {
    var first: [(factor: Int, coefficient: Double)] = []
    var second: [(pair: FactorPair, coefficient: Double)] = []
  }

  /// A weighted sum of factor moves.
  private typealias Combination = [(factor: Int, weight: Double)]

  let market: PricedMarket
  let binding: ScenarioBinding

  /// A coin: `S_Z (e^z - 1)`.
  func asset(_ asset: AssetIndex) -> Terms {
    guard let price = market.assetPricesUSD[asset.position] else { return Terms() }
    return terms(
      gradient: [0, 0, price], hessian: [0, 0, 0, 0, 0, price],
      combinations: [[], [], spot(asset)])
  }

  func instrument(_ position: Int, derivatives: [BlackDerivatives]) -> Terms {
    guard case .priced(let instrument) = market.pricings[position] else { return Terms() }
    let node = market.nodes[instrument.node]
    let columns = binding.nodes[instrument.node]
    let scale = instrument.multiplier * market.priceUSD(instrument.settlement)
    let f = Self.derivatives(of: instrument, derivatives[position], node: node)
    let basis = (columns.basisOfExpiry ?? columns.basis).map { ($0, node.expiryYears) }
    let forward =
      spot(node.pair.underlying) + spot(node.pair.quote).map { ($0.factor, -$0.weight) }
      + [basis].compactMap(\.self)
    let volatility: Combination
    if let own = columns.volatilityOfExpiry {
      volatility = [(own, 1)]
    } else {
      volatility = columns.volatility.map { [($0, columns.volatilitySpread)] } ?? []
    }
    let isDiscounted = instrument.form == .linearOption
    let rate = isDiscounted ? columns.rate.map { ($0, -node.expiryYears) } : nil
    let payment = spot(instrument.settlement) + [rate].compactMap(\.self)
    return terms(
      gradient: [f.u, f.v, f.value].map { $0 * scale },
      hessian: [f.uu, f.uv, f.u, f.vv, f.v, f.value].map { $0 * scale },
      combinations: [forward, volatility, payment])
  }

  private struct Derivatives {
    var value = 0.0
    var u = 0.0
    var v = 0.0
    var uu = 0.0
    var uv = 0.0
    var vv = 0.0
  }

  /// Derivatives of `f(u, v)` with `F' = F e^u` and `sigma' = sigma e^v`.
  private static func derivatives(
    of instrument: PricedInstrument, _ black: BlackDerivatives, node: PricingNode
  ) -> Derivatives {
    let forward = instrument.basePrice
    let sigma = instrument.volatilityAnnual
    switch instrument.form {
    case .linearFuture:  // f = F (e^u - 1)
      return Derivatives(u: forward, uu: forward)
    case .inverseFuture:  // f = (1 - e^-u) / F
      return Derivatives(u: 1 / forward, uu: -1 / forward)
    case .linearOption:  // f = D B(F e^u, sigma e^v)
      let discount = ScalarMath.exp(-node.rateContinuous * node.expiryYears)
      let delta = forward * black.delta
      return Derivatives(
        value: discount * black.value, u: discount * delta, v: discount * sigma * black.vega,
        uu: discount * (forward * forward * black.gamma + delta),
        uv: discount * sigma * forward * black.vanna,
        vv: discount * (sigma * sigma * black.volga + sigma * black.vega))
    case .inverseOption:  // f = B(F e^u, sigma e^v) / (F e^u), so f_u = dB/dF - f
      let value = black.value / forward
      return Derivatives(
        value: value, u: black.delta - value, v: sigma * black.vega / forward,
        uu: forward * black.gamma - black.delta + value,
        uv: sigma * (black.vanna - black.vega / forward),
        vv: (sigma * sigma * black.volga + sigma * black.vega) / forward)
    }
  }

  private func spot(_ asset: AssetIndex) -> Combination {
    let column = binding.spot[asset.position] ?? binding.trackedSpot[asset.position]
    return column.map { [($0, 1)] } ?? []
  }

  /// Chain rule: gradient (u, v, z) and Hessian (uu, uv, uz, vv, vz, zz) into factor moves.
  private func terms(
    gradient: [Double], hessian: [Double], combinations: [Combination]
  ) -> Terms {
    var terms = Terms()
    for (slope, combination) in zip(gradient, combinations) where slope != 0 {
      terms.first += combination.map { ($0.factor, slope * $0.weight) }
    }
    let coordinatePairs = [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)]
    for (curvature, (a, b)) in zip(hessian, coordinatePairs) where curvature != 0 {
      // The off-diagonal entry stands twice in the quadratic form, the diagonal one once.
      let weight = a == b ? curvature / 2 : curvature
      for left in combinations[a] {
        for right in combinations[b] {
          terms.second.append(
            (FactorPair(left.factor, right.factor), weight * left.weight * right.weight))
        }
      }
    }
    return terms
  }
}
