// Scenarios that a user wrote: named shocks, completed where the run asks for it.

import PortfolioModel
import RiskNumerics

extension ScenarioSet {
  /// A user's set. With a model, factors that a scenario does not name move by their conditional
  /// mean given those that it names; without one they stay.
  static func user(
    _ user: UserScenarioSet, name: String, market: PricedMarket, completedBy model: FactorModel?
  ) throws(RunError) -> ScenarioSet {
    let named = user.scenarios.flatMap { $0.shocks.map(\.factor) } + (model?.factors ?? [])
    let factors = Set(named).sorted { precedesByBytes($0.description, $1.description) }
    let labels = user.scenarios.map(\.name)
    var columns = factors.map { FactorColumn(unnamed: $0, scenarioCount: labels.count) }
    var completion = model.map { Completion(model: $0) }
    var far = Noticed()
    for (scenario, content) in user.scenarios.enumerated() {
      if let filled = try completion?.moves(of: content, market: market, noting: &far) {
        for (factor, move) in zip(completion?.model.factors ?? [], filled) {
          guard let column = factors.firstIndex(of: factor) else { continue }
          columns[column].set(move: move, scenario: scenario, presence: .spread)
        }
      }
      for shock in content.shocks {
        try requirePositive(shock, in: content, set: name, market: market)
        guard let column = factors.firstIndex(of: shock.factor) else { continue }
        columns[column].set(shock.shock, scenario: scenario)
      }
    }
    var set = ScenarioSet(name: name, kind: "user", labels: labels, columns: columns)
    set.lossFactors = user.scenarios.map(\.lossFactor)
    let probabilities = user.scenarios.compactMap(\.probability)
    if !probabilities.isEmpty, probabilities.count == user.scenarios.count {
      set.weighting = .probabilities(ScenarioWeights(probabilities))
    }
    set.warnings =
      (model?.warnings ?? []) + [far.warning("stress_beyond_history")].compactMap(\.self)
    return set
  }

  private static func requirePositive(
    _ shock: FactorShock, in scenario: UserScenario, set: String, market: PricedMarket
  ) throws(RunError) {
    guard shock.factor.kind == .spot else { return }
    let price = market.assets.first { $0.name == shock.factor.asset }?.priceUSD
    if let price, shock.shock.applied(to: price) <= 0 {
      throw .priceNotPositive(set: set, scenario: scenario.name, asset: shock.factor.asset)
    }
  }
}

extension Completion {
  /// Standard deviations of a day beyond which a given move is called far.
  private static let farDeviations = 20.0

  /// Moves of all factors of the model given the shocks of a scenario; nil where no named factor
  /// has a move that the model knows. Moves so far out that a conditional mean is an extrapolation
  /// are noted.
  ///
  /// A pegged coin that far from its peg has broken it, and its small moves while the peg held say
  /// nothing about others then. It is not conditioned on where the scenario names anything else.
  fileprivate mutating func moves(
    of scenario: UserScenario, market: PricedMarket, noting far: inout Noticed
  ) throws(RunError) -> [Double]? {
    var known = [Double?](repeating: nil, count: model.factors.count)
    var brokenPegs: [Int] = []
    for shock in scenario.shocks {
      guard let factor = model.factors.firstIndex(of: shock.factor),
        let move = market.move(of: shock)
      else { continue }
      known[factor] = move
      let deviation = model.covariance[factor, factor].squareRoot()
      guard move.magnitude > Self.farDeviations * deviation else { continue }
      far.add("\(shock.factor) in \(scenario.name)")
      let asset = market.assets.first { $0.name == shock.factor.asset }
      if shock.factor.kind == .spot, asset?.peg != nil { brokenPegs.append(factor) }
    }
    if known.allSatisfy({ $0 == nil }) { return nil }
    var given = known
    for factor in brokenPegs { given[factor] = nil }
    return try completed(given.allSatisfy { $0 == nil } ? known : given)
  }
}

extension PricedMarket {
  /// The move `x` that a shock is, from the present level; nil where that level is not known or the
  /// shocked one has no logarithm. Volatility levels are those at the money in 30 days.
  fileprivate func move(of shock: FactorShock) -> Double? {
    let index = assets.firstIndex { $0.name == shock.factor.asset }
    let level: Double?
    switch shock.factor.kind {
    case .spot: level = index.flatMap { assetPricesUSD[$0] }
    case .volatility:
      level = index.flatMap { atTheMoneyVolatility(of: AssetIndex($0), days: 30) }
    case .basis, .rate:
      if case .add(let amount) = shock.shock { return amount }
      return nil
    }
    if case .scale(let factor) = shock.shock { return factor > 0 ? ScalarMath.log(factor) : nil }
    guard let level, level > 0 else { return nil }
    let shocked = shock.shock.applied(to: level)
    return shocked > 0 ? ScalarMath.log(shocked / level) : nil
  }
}
