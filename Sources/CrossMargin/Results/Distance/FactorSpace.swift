// The moves among which the most likely liquidation is searched: prices and volatilities over a
// horizon.

import PortfolioModel
import RiskNumerics

/// Prices and 30-day volatilities of a history with the covariance of their log moves over a horizon.
///
/// Basis, rates and volatilities of single expiries stand still: a moved market, on which requirements
/// are scanned again, has none of their own. So do assets without a factor of their own or of what they
/// track.
struct FactorSpace: Sendable {
  /// Factors that move, sorted by the bytes of their names.
  let factors: [FactorName]
  /// Covariance of log moves over the horizon. [factors x factors]
  let covariance: Matrix
  /// Whether the history has other factors that move.
  let hasOtherFactors: Bool
  /// Second-order profit of units of all columns in these moves.
  let form: DeltaGammaForm
  /// Factor of the price of each asset; nil = stands still. [assets]
  let spotFactor: [Int?]
  /// Factor of the volatility of each asset; nil = stands still. [assets]
  let volatilityFactor: [Int?]
  private let columns: UnitColumns
  private let market: PricedMarket
  private let term: VolatilityTermStructure?

  /// - Throws: `RunError.historyTooShort` where there is no history to estimate a covariance from.
  init(_ health: HealthRun, horizonDays: Double) throws(RunError) {
    guard let history = health.book.market.history else {
      throw .historyTooShort(set: Self.name, found: 0, needed: 2)
    }
    let model = try FactorModel(
      history: history, proxies: health.settings.historyProxies,
      settings: health.settings.covariance, set: Self.name)
    let used = model.factors.indices.filter { position in
      let factor = model.factors[position]
      return factor.kind.isLogarithmic && factor.expiry == nil
        && model.covariance[position, position] > 0
    }
    let factors = used.map { model.factors[$0] }
    self.factors = factors
    hasOtherFactors = model.factors.indices.contains {
      !used.contains($0) && model.covariance[$0, $0] > 0
    }
    var covariance = Matrix(rowCount: used.count, columnCount: used.count)
    for (column, source) in used.enumerated() {
      for (row, from) in used.enumerated() {
        covariance[row, column] = model.covariance[from, source] * horizonDays
      }
    }
    self.covariance = covariance
    market = health.today
    columns = health.base.columns
    term = health.settings.volatilityTerm
    let set = ScenarioSet(
      name: Self.name, kind: Self.name, labels: [""],
      columns: factors.map { FactorColumn(name: $0, moves: [0], presence: .spread) })
    let binding = ScenarioBinding(set: set, market: market, term: term)
    guard
      let form = DeltaGammaForm(set: set, market: market, base: health.base, binding: binding)
    else { preconditionFailure("no move is a move") }
    self.form = form
    spotFactor = zip(binding.spot, binding.trackedSpot).map { $0 ?? $1 }
    volatilityFactor = market.assets.map { asset in
      factors.firstIndex(of: FactorName(.volatility, asset.name))
    }
  }

  private static let name = "distance"

  /// The market after log moves of some factors. Shapes: moves [some].
  func move(_ some: [Int], _ moves: [Double]) -> MarketMove {
    var all = [Double](repeating: 0, count: factors.count)
    for (factor, move) in zip(some, moves) { all[factor] = move }
    return MarketMove(
      spotRatios: spotFactor.map { $0.map { ScalarMath.exp(all[$0]) } ?? 1 },
      volatilityMoves: volatilityFactor.map { $0.map { all[$0] } ?? 0 }, volatilityTerm: term)
  }

  /// Factors that something an account holds depends on, also where its exposures cancel, since its
  /// requirement may still depend on them.
  func factors(of holdings: AccountHoldings) -> [Int] {
    var isUsed = [Bool](repeating: false, count: factors.count)
    func use(_ factor: Int?) { if let factor { isUsed[factor] = true } }
    for (asset, amount) in holdings.amounts where amount != 0 { use(spotFactor[asset.position]) }
    for (instrument, quantity) in holdings.contracts where quantity != 0 {
      guard case .priced(let priced) = market.pricings[instrument.position] else { continue }
      let pair = market.nodes[priced.node].pair
      for asset in [pair.underlying, pair.quote, priced.settlement] {
        use(spotFactor[asset.position])
      }
      if priced.isOption { use(volatilityFactor[pair.underlying.position]) }
    }
    return isUsed.indices.filter { isUsed[$0] }
  }

  /// The account in independent standard moves; nil where nothing it holds moves.
  func account(_ holdings: AccountHoldings) throws(RunError) -> WhitenedAccount? {
    let used = factors(of: holdings)
    if used.isEmpty { return nil }
    let exposures = FixedExposures(holdings, form: form, columns: columns)
    var gradient = [Double](repeating: 0, count: used.count)
    var curvature = Matrix(rowCount: used.count, columnCount: used.count)
    let place = exposures.factors.map { factor in
      used.firstIndex(of: factor) ?? used.count
    }
    precondition(place.allSatisfy { $0 < used.count }, "an exposure is to a factor of a holding")
    for (row, target) in place.enumerated() {
      gradient[target] = exposures.gradientUSD[row]
      for (column, other) in place.enumerated() {
        curvature[target, other] = exposures.curvatureUSD[row, column]
      }
    }
    return try WhitenedAccount(
      factors: used, gradientUSD: gradient, curvatureUSD: curvature, root: root(of: used))
  }

  /// The A of x = A z with A A' the covariance of some factors: D C^(1/2) with the symmetric root of the
  /// correlations C, whose z of a factor is of all whitened ones the nearest to its own standardised
  /// move [Kessy, Lewin, Strimmer 2018, ZCA-cor]. [some x some]
  func root(of some: [Int]) throws(RunError) -> Matrix {
    var own = Matrix(rowCount: some.count, columnCount: some.count)
    for (column, source) in some.enumerated() {
      for (row, from) in some.enumerated() { own[row, column] = covariance[from, source] }
    }
    let (correlation, deviations) = Covariance.correlation(own)
    do {
      let eigen = try LinearAlgebra.symmetricEigen(correlation)
      var scaled = eigen.vectors
      for column in some.indices {
        let scale = max(eigen.values[column], 0).squareRoot()
        for row in some.indices { scaled[row, column] *= scale }
      }
      var root = LinearAlgebra.product(scaled, .plain, eigen.vectors, .transposed)
      for column in some.indices {
        for row in some.indices { root[row, column] *= deviations[row] }
      }
      return root
    } catch {
      throw .covarianceNotUsable(reason: "\(error)")
    }
  }
}

/// The second-order profit of an account in independent standard moves z of its factors.
struct WhitenedAccount: Sendable {
  /// Positions among the factors of the space.
  let factors: [Int]
  /// x = root z. [factors x factors]
  let root: Matrix
  /// USD per standard deviation. [factors]
  let slopesUSD: [Double]
  /// USD per its square. [factors x factors]
  let curvatureUSD: Matrix

  init(factors: [Int], gradientUSD: [Double], curvatureUSD: Matrix, root: Matrix) {
    self.factors = factors
    self.root = root
    slopesUSD = LinearAlgebra.product(root, .transposed, vector: gradientUSD)
    self.curvatureUSD = LinearAlgebra.product(
      root, .transposed, LinearAlgebra.product(curvatureUSD, .plain, root))
  }

  /// Log moves of the factors at standard moves.
  func moves(_ z: [Double]) -> [Double] { LinearAlgebra.product(root, vector: z) }
}
