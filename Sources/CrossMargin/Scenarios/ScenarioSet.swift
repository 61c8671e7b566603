// A scenario set in the one form that valuation reads: columns of affine changes of factor levels.

import PortfolioModel
import RiskNumerics

/// Scenarios of one origin, [scenarios x factors].
struct ScenarioSet: Sendable {
  /// Whether and how scenarios carry probabilities.
  enum Weighting: Sendable, Equatable {
    /// No probabilities: only the worst scenario has a meaning.
    case none
    /// A sample of equally likely scenarios, whose tail measures have standard errors.
    case sample
    /// Probabilities given by a user.
    case probabilities(ScenarioWeights)
  }

  var name: String
  var kind: String
  var labels: [String]
  /// Factors, sorted by the bytes of their names.
  var columns: [FactorColumn] {
    didSet { precondition(columns.allSatisfy { $0.scenarioCount == scenarioCount }) }
  }
  var weighting = Weighting.none
  /// Multipliers of profit where `worst` is read, for groups that are not one asset.
  var lossFactors: [Double]
  /// Multipliers for single assets where they differ from `lossFactors`.
  var assetLossFactors: [(asset: String, factors: [Double])] = []
  /// Volatility that a scenario does not go below, annual fraction; empty = none.
  var volatilityFloorsAnnual: [Double] = []
  /// Days that pass.
  var rollDays = 0.0
  /// What volatilities do when forwards move.
  var volatilityRule = VolatilityRule.stickyStrike
  /// Coordinates of a grid; nil for other sets.
  var gridMoves: (price: [Double], volatility: [Double])?
  var warnings: [RunWarning] = []

  var scenarioCount: Int { labels.count }

  init(name: String, kind: String, labels: [String], columns: [FactorColumn]) {
    self.name = name
    self.kind = kind
    self.labels = labels
    // Names are made once: sets are made again on every moved market.
    let named = columns.map { (name: $0.name.description, column: $0) }
    self.columns = named.sorted { precedesByBytes($0.name, $1.name) }.map(\.column)
    lossFactors = [Double](repeating: 1, count: labels.count)
  }

  /// The column of a factor.
  func column(_ name: FactorName) -> FactorColumn? { columns.first { $0.name == name } }

  /// Multipliers of profit for a group that is one asset.
  func lossFactors(of asset: String) -> [Double] {
    assetLossFactors.first { $0.asset == asset }?.factors ?? lossFactors
  }
}

/// What each scenario does to one factor: the level becomes `scale x level + shift`.
struct FactorColumn: Sendable {
  /// How a scenario names the factor.
  enum Presence: UInt8, Sendable {
    /// Not at all.
    case absent
    /// The change holds at every expiry as it stands.
    case flat
    /// The change is that of 30 days and spreads over expiries.
    case spread
  }

  var name: FactorName
  var scale: [Double]
  var shift: [Double]
  var presence: [Presence]

  var scenarioCount: Int { scale.count }

  /// Moves `x` in every scenario: log changes for spot and volatility, changes for basis and rate.
  init(name: FactorName, moves: [Double], presence: Presence) {
    self.name = name
    self.presence = [Presence](repeating: presence, count: moves.count)
    if name.kind.isLogarithmic {
      scale = moves.map(ScalarMath.exp)
      shift = [Double](repeating: 0, count: moves.count)
    } else {
      scale = [Double](repeating: 1, count: moves.count)
      shift = moves
    }
  }

  /// No change in any scenario, and not named by any.
  init(unnamed name: FactorName, scenarioCount: Int) {
    self.name = name
    scale = [Double](repeating: 1, count: scenarioCount)
    shift = [Double](repeating: 0, count: scenarioCount)
    presence = [Presence](repeating: .absent, count: scenarioCount)
  }

  /// Applies a user's shock in one scenario.
  mutating func set(_ shock: Shock, scenario: Int) {
    presence[scenario] = .flat
    switch shock {
    case .scale(let factor): (scale[scenario], shift[scenario]) = (factor, 0)
    case .add(let amount): (scale[scenario], shift[scenario]) = (1, amount)
    case .replace(let level): (scale[scenario], shift[scenario]) = (0, level)
    }
  }

  /// Applies a move `x` in one scenario.
  mutating func set(move: Double, scenario: Int, presence: Presence) {
    self.presence[scenario] = presence
    if name.kind.isLogarithmic {
      (scale[scenario], shift[scenario]) = (ScalarMath.exp(move), 0)
    } else {
      (scale[scenario], shift[scenario]) = (1, move)
    }
  }

  /// The moves `x`, 0 where the factor is not named; nil where some change is not a move.
  var moves: [Double]? {
    if name.kind.isLogarithmic {
      guard shift.allSatisfy({ $0 == 0 }), scale.allSatisfy({ $0 > 0 }) else { return nil }
      return scale.map(ScalarMath.log)
    }
    return scale.allSatisfy { $0 == 1 } ? shift : nil
  }
}
