// Seeded accounts of six named kinds whose surplus is written out, for judging searches.

import RiskNumerics

/// An account in independent standard moves of prices and volatilities.
struct NearestAccount {
  /// The kinds.
  enum Kind: String, CaseIterable {
    /// Coins and futures with a requirement by tiers.
    case linear
    /// More options bought than sold.
    case longOptions
    /// Options sold on both sides.
    case shortStrangle
    /// Sold straddles whose delta is hedged away to the last bit: the hard case.
    case neutralShortGamma
    /// Options bought with cash that suffices wherever the market goes: no point at all.
    case unreachable
    /// Options on several prices whose requirement is the worst of a scan.
    case scanned
  }

  private struct Option {
    var price: Int
    var strike: Double
    var years: Double
    var side: OptionSide
    var quantity: Double
  }

  let kind: Kind
  /// x = root z; prices first, then their volatilities. [2 prices x 2 prices]
  let root: Matrix
  private let priceCount: Int
  private var options: [Option] = []
  private var coins: [Double]
  private var cash = 0.0
  private static let volatility = 0.6
  private static let scanMoves = [-0.16, -0.08, 0, 0.08, 0.16]

  /// Factors.
  var dimension: Int { root.rowCount }

  init(_ kind: Kind, seed: UInt64) throws {
    var random = SeededGenerator(seed: seed &* 7919 &+ UInt64(kind.rawValue.utf8.count))
    func uniform(_ range: ClosedRange<Double>) -> Double { .random(in: range, using: &random) }
    self.kind = kind
    priceCount = kind == .neutralShortGamma ? 1 : Int.random(in: 1...3, using: &random)
    coins = (0..<priceCount).map { _ in 0 }
    root = try Self.root(priceCount: priceCount, using: &random)
    func option(_ price: Int, _ side: OptionSide, strike: Double, _ quantity: Double) -> Option {
      Option(
        price: price, strike: strike, years: uniform(0.05...0.5), side: side, quantity: quantity)
    }
    for price in 0..<priceCount {
      switch kind {
      case .linear: coins[price] = uniform(-1...1)
      case .longOptions:
        coins[price] = uniform(-1...1)
        options.append(option(price, .call, strike: uniform(0.8...1.3), uniform(0...1)))
        options.append(option(price, .put, strike: uniform(0.7...1.2), uniform(0...1)))
      case .shortStrangle:
        options.append(option(price, .call, strike: uniform(1...1.4), -uniform(0.2...1)))
        options.append(option(price, .put, strike: uniform(0.6...1), -uniform(0.2...1)))
      case .neutralShortGamma:
        options.append(option(price, .call, strike: 1, -uniform(0.2...1)))
      case .unreachable:
        options.append(option(price, .call, strike: uniform(0.8...1.3), uniform(0...1)))
        options.append(option(price, .put, strike: uniform(0.7...1.2), uniform(0...1)))
      case .scanned:
        coins[price] = uniform(-1...1)
        for side in [OptionSide.call, .put] {
          options.append(option(price, side, strike: uniform(0.7...1.4), uniform(-1...0.6)))
        }
      }
    }
    if kind == .neutralShortGamma {
      // The slope in the price, by the same differences as the form's, is taken out of itself until
      // nothing changes it.
      for _ in 0..<3 { coins[0] -= priceSlope() }
    }
    let now = surplus([Double](repeating: 0, count: dimension))
    let buffer =
      kind == .unreachable ? Double(options.count) : uniform(0.02...0.4) * Double(priceCount)
    cash = buffer - now
  }

  private func priceSlope() -> Double {
    let step = 1e-5
    let (up, down) = (ScalarMath.exp(step), ScalarMath.exp(-step))
    return (value([up], [1]) - value([down], [1])) / (up - down)
  }

  /// A random correlation of prices and volatilities with deviations of a few days.
  private static func root(
    priceCount: Int, using random: inout SeededGenerator
  ) throws -> Matrix {
    let count = 2 * priceCount
    var loadings = Matrix(rowCount: count, columnCount: count)
    for column in 0..<count {
      for row in 0..<count {
        loadings[row, column] = .random(in: -1...1, using: &random) + (row == column ? 1 : 0)
      }
    }
    let (correlation, _) = Covariance.correlation(
      LinearAlgebra.product(loadings, .plain, loadings, .transposed))
    let eigen = try LinearAlgebra.symmetricEigen(correlation)
    var root = eigen.vectors
    for column in 0..<count {
      for row in 0..<count {
        root[row, column] *=
          max(eigen.values[column], 0).squareRoot() * (row < priceCount ? 0.1 : 0.15)
      }
    }
    return root
  }

  private func value(_ prices: [Double], _ volatilities: [Double]) -> Double {
    var sum = cash
    for (coin, price) in zip(coins, prices) { sum += coin * price }
    for option in options {
      sum +=
        option.quantity
        * BlackKernel.value(
          forward: prices[option.price],
          volatility: Self.volatility * volatilities[option.price],
          option: OptionTerms(
            strike: option.strike, expiryYears: option.years, side: option.side))
    }
    return sum
  }

  private func requirement(_ prices: [Double], _ volatilities: [Double]) -> Double {
    var sum = 0.0
    for (price, coin) in zip(prices, coins) {
      let notional = abs(coin) * price
      // Two tiers meet at 0.5.
      sum += 0.05 * notional + 0.05 * max(notional - 0.5, 0)
    }
    for option in options where option.quantity < 0 {
      sum += 0.05 * -option.quantity * prices[option.price]
    }
    guard kind == .scanned else { return sum }
    let here = value(prices, volatilities)
    for place in prices.indices {
      var worst = 0.0
      for move in Self.scanMoves {
        var moved = prices
        moved[place] *= 1 + move
        worst = max(worst, here - value(moved, volatilities))
      }
      sum += worst
    }
    return sum
  }

  private func levels(_ z: [Double]) -> (prices: [Double], volatilities: [Double]) {
    let x = LinearAlgebra.product(root, vector: z).map { ScalarMath.exp($0) }
    return (Array(x[..<priceCount]), Array(x[priceCount...]))
  }

  /// Equity less the requirement at standard moves.
  func surplus(_ z: [Double]) -> Double {
    let (prices, volatilities) = levels(z)
    return value(prices, volatilities) - requirement(prices, volatilities)
  }

  /// Slope and curvature of the equity by differences: the second-order form with the requirement
  /// frozen.
  func form() -> (slopes: [Double], curvature: Matrix) {
    let step = 1e-3
    func equity(_ moves: [(Int, Double)]) -> Double {
      var z = [Double](repeating: 0, count: dimension)
      for (place, move) in moves { z[place] += move }
      let (prices, volatilities) = levels(z)
      return value(prices, volatilities)
    }
    var curvature = Matrix(rowCount: dimension, columnCount: dimension)
    let slopes = (0..<dimension).map { place in
      (equity([(place, step)]) - equity([(place, -step)])) / (2 * step)
    }
    for row in 0..<dimension {
      for column in 0..<dimension {
        let corners =
          equity([(row, step), (column, step)]) + equity([(row, -step), (column, -step)])
          - equity([(row, step), (column, -step)]) - equity([(row, -step), (column, step)])
        curvature[row, column] = corners / (4 * step * step)
      }
    }
    return (slopes, curvature)
  }
}

/// A fixed way to find the nearest zero that shares nothing with the search: many rays, then sequential
/// quadratic programming with the linearised border from the best of them.
struct NearestReferee {
  let account: NearestAccount
  private static let rayCount = 512
  private static let startCount = 16
  private static let stepCount = 60

  /// The least distance within a reach; nil where no ray and no step finds a zero.
  func distance(within reach: Double) -> Double? {
    let sobol = SobolSequence(dimensionCount: account.dimension)
    let starts = (0..<Self.rayCount).compactMap { index -> [Double]? in
      let ray = (0..<account.dimension).map {
        NormalDistribution.quantile(
          sobol.scrambled(index: UInt32(index), dimension: $0, seed: 1))
      }
      return zero(along: ray, reach: reach)
    }
    let best = starts.sorted { Self.norm($0) < Self.norm($1) }.prefix(Self.startCount)
    return best.map { improved($0, reach: reach) }.min()
  }

  private static func norm(_ z: [Double]) -> Double {
    z.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  /// The first zero along a ray, by equal steps and halving.
  private func zero(along ray: [Double], reach: Double) -> [Double]? {
    let length = Self.norm(ray)
    guard length > 0 else { return nil }
    let unit = ray.map { $0 / length }
    func surplus(_ radius: Double) -> Double { account.surplus(unit.map { $0 * radius }) }
    let count = 40
    guard
      let first = (1...count).first(where: { surplus(reach * Double($0) / Double(count)) <= 0 })
    else { return nil }
    var (low, high) = (
      reach * Double(first - 1) / Double(count), reach * Double(first) / Double(count)
    )
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if surplus(middle) <= 0 { high = middle } else { low = middle }
    }
    return unit.map { $0 * high }
  }

  /// Steps to the nearest point of the linearised border, at ever smaller shares, so long as the zero
  /// along the new ray is nearer.
  private func improved(_ start: [Double], reach: Double) -> Double {
    var point = start
    for _ in 0..<Self.stepCount {
      let slopes = point.indices.map { place in
        var (up, down) = (point, point)
        up[place] += 1e-5
        down[place] -= 1e-5
        return (account.surplus(up) - account.surplus(down)) / 2e-5
      }
      let square = slopes.reduce(0) { $0 + $1 * $1 }
      guard square > 0 else { break }
      let along = zip(slopes, point).reduce(0) { $0 + $1.0 * $1.1 }
      let goal = slopes.map { $0 * (along - account.surplus(point)) / square }
      var next: [Double]?
      for share in [1.0, 0.5, 0.25, 0.1, 0.03, 0.01] {
        let mixed = zip(point, goal).map { $0 + share * ($1 - $0) }
        if let found = zero(along: mixed, reach: Self.norm(point)),
          Self.norm(found) < Self.norm(point)
        {
          next = found
          break
        }
      }
      guard let next else { break }
      let gain = Self.norm(point) - Self.norm(next)
      point = next
      if gain < 1e-10 * Self.norm(point) { break }
    }
    return Self.norm(point)
  }
}
