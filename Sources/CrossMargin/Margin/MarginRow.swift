// What a rule set says about one account: a signed surplus at each level, and what it is the sum of.

import PortfolioModel

/// One addend of the surplus of a level.
public struct MarginComponent: Sendable, Equatable {
  /// Whether it says what the account is worth or what is asked of it.
  public enum Kind: String, Sendable {
    /// What the account is worth, after what does not count of it.
    case value
    /// What is asked of it, negative.
    case charge
  }

  /// Its name: small letters, digits and `_`, since it names columns.
  public var name: String
  /// What it is.
  public var kind: Kind

  /// A component.
  public init(_ name: String, _ kind: Kind) {
    self.name = name
    self.kind = kind
  }
}

/// The levels of a rule set and the components that each is the sum of.
public struct MarginSchema: Sendable, Equatable {
  /// Names of the levels, the strictest first: below the first no risk may be added, below the last
  /// the account is liquidated.
  public var levels: [String]
  /// Components of every level, in the order in which they are summed.
  public var components: [MarginComponent]

  /// A schema with at least one level and one component, and as many as `MarginRow.Levels` and
  /// `LevelMargin.Amounts` have room for.
  public init(levels: [String], components: [MarginComponent]) {
    precondition(
      (1...MarginRow.Levels.capacity).contains(levels.count)
        && (1...LevelMargin.Amounts.capacity).contains(components.count),
      "a rule set has levels and components, as many as rows have room for")
    self.levels = levels
    self.components = components
  }
}

/// One level of one account, USD.
public struct LevelMargin: Sendable, Equatable {
  /// One amount for each component.
  public typealias Amounts = ShortArray<8, Double>

  /// Signed components in the order of `MarginSchema.components`.
  public let componentsUSD: Amounts
  /// What is left: the sum of all components in their order; negative = the level is failed.
  public let surplusUSD: Double
  /// What is asked: minus the sum of the charges in their order.
  public let requirementUSD: Double
  /// What counts towards it: the sum of the values in their order.
  public let valueUSD: Double

  /// A level from its components.
  public init(componentsUSD: [Double], schema: MarginSchema) {
    precondition(componentsUSD.count == schema.components.count, "one number for each component")
    self.componentsUSD = ShortArray(componentsUSD)
    var (surplus, required, value) = (0.0, 0.0, 0.0)
    for (amount, component) in zip(componentsUSD, schema.components) {
      surplus += amount
      switch component.kind {
      case .value: value += amount
      case .charge: required -= amount
      }
    }
    (surplusUSD, requirementUSD, valueUSD) = (surplus, required, value)
  }
}

/// Margin of one account.
public struct MarginRow: Sendable, Equatable {
  /// One entry for each level.
  public typealias Levels = ShortArray<3, LevelMargin>

  /// The account.
  public var account: AccountIndex
  /// Levels in the order of `MarginSchema.levels`.
  public var levels: Levels
  /// Scenario behind the requirement, counted in `RiskRun.ruleScenarios`; nil for rule sets without
  /// scenarios and accounts that lose in none.
  public var worstScenario: ScenarioIndex?

  /// All fields in order; at least one level.
  public init(account: AccountIndex, levels: [LevelMargin], worstScenario: ScenarioIndex?) {
    precondition(!levels.isEmpty, "a margin has a level")
    self.account = account
    self.levels = ShortArray(levels)
    self.worstScenario = worstScenario
  }

  /// The strictest level: what opening risk needs.
  public var initial: LevelMargin { levels[0] }
  /// The last level: below it the account is liquidated.
  public var maintenance: LevelMargin { levels[levels.count - 1] }
}

/// What a rule set makes of an account.
public enum MarginOutcome: Sendable, Equatable {
  /// Its margin.
  case margin(MarginRow)
  /// The rule set does not know something that the account holds.
  case notCovered(MissingData)
}
