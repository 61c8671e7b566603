// Scenarios as a user writes them: shocks of named factors.

/// A change of one level.
public enum Shock: Sendable, Hashable {
  /// The level becomes this value.
  case replace(Double)
  /// This value is added to the level.
  case add(Double)
  /// The level is multiplied by this value.
  case scale(Double)

  /// The changed level: from 200, `replace(220)`, `add(20)` and `scale(1.1)` all give 220.
  public func applied(to base: Double) -> Double {
    switch self {
    case .replace(let value): value
    case .add(let amount): base + amount
    case .scale(let factor): base * factor
    }
  }
}

/// One scenario of a user: a name and what it does to factors. Factors not named do not move,
/// unless the run asks for their conditional mean.
public struct UserScenario: Sendable, Equatable {
  /// Name, unique in its set.
  public var name: String
  /// Shocks in file order, each factor at most once.
  public var shocks: [FactorShock]
  /// Probability; nil where the set has none.
  public var probability: Double?
  /// Multiplier of profit and loss where the worst scenario is read.
  public var lossFactor: Double

  /// A scenario.
  public init(
    name: String, shocks: [FactorShock], probability: Double? = nil, lossFactor: Double = 1
  ) {
    self.name = name
    self.shocks = shocks
    self.probability = probability
    self.lossFactor = lossFactor
  }
}

/// A factor and what happens to it.
public struct FactorShock: Sendable, Equatable {
  /// The factor.
  public var factor: FactorName
  /// The change of its level.
  public var shock: Shock

  /// A shock of a factor.
  public init(factor: FactorName, shock: Shock) {
    self.factor = factor
    self.shock = shock
  }
}
