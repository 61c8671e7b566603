// What each holding of an account has to do with what its rule set asks.

import PortfolioModel

/// What one holding has to do with a requirement, USD.
public struct RequirementContribution: Sendable, Equatable {
  /// Name of the asset or instrument.
  public var name: String
  /// Signed amount or number of contracts; what is unsettled counts with its asset.
  public var quantity: Double
  /// The requirement less that of the account without the holding: positive = the holding adds,
  /// negative = it hedges. nil where the rule set does not cover the account without it.
  public var marginalUSD: Double?
  /// Quantity times the derivative of the requirement.
  public var eulerUSD: Double
}

/// A requirement and what it comes from.
public struct RequirementContributions: Sendable, Equatable {
  /// Part of a requirement that the Euler contributions do not add up to.
  public struct Remainder: Sendable, Equatable {
    /// Component of the rule set that it is part of.
    public var component: String
    /// The component, as a positive charge, less the sum of its Euler contributions, USD.
    public var amountUSD: Double
  }

  /// Name of the level.
  public var level: String
  /// What is asked, USD.
  public var requirementUSD: Double
  /// Holdings: assets, then instruments, in the order of the market.
  public var holdings: [RequirementContribution]
  /// Components with a remainder beyond rounding. A component has none where it grows in proportion
  /// with all holdings. It has one for what does not grow so (open orders, tiers, fees of a number of
  /// trades, squares) and where an exact tie of scenarios or offsets gives the derivative two sides.
  public var remainders: [Remainder]

  /// Sum of the Euler contributions in their order, USD.
  public var eulerUSD: Double { holdings.reduce(0) { $0 + $1.eulerUSD } }
}

/// Finds contributions by asking the rule set about changed accounts; it needs to know nothing more
/// of rule sets than that.
///
/// Euler: for a requirement `R` homogeneous of degree one, `R = sum q dR/dq` [Tasche 1999]. The
/// derivative is the central difference `(R(q + h q) - R(q - h q)) / 2 h`, exact for pieces that are
/// straight or quadratic in a quantity.
struct ContributionFinder {
  let rule: any MarginRule

  /// Relative step of a quantity. Rounding of a difference grows as `1 / h`, what is neglected as
  /// `h^2`, and a smaller step crosses fewer kinks; a power of two changes no digits by itself.
  private static let step = 0x1p-16
  /// Remainders smaller than this share of all charges are rounding.
  private static let roundingShare = 1e-9

  /// Contributions at each level, strictest first; nil where the rule set does not cover the account.
  func contributions(
    _ holdings: AccountHoldings, name: (Holding) -> String
  ) throws(RunError) -> [RequirementContributions]? {
    let parts = holdings.parts
    let changed = parts.flatMap { part in
      [0, 1 + Self.step, 1 - Self.step].map { holdings.with(part, scaled: $0) }
    }
    let rows = try rule.outcomes([holdings] + changed).map(\.row)
    guard let whole = rows[0] else { return nil }
    var result: [RequirementContributions] = []
    for (place, level) in rule.schema.levels.enumerated() {
      let charges = chargesUSD(whole.levels[place])
      var explainedUSD = [Double](repeating: 0, count: charges.count)
      var contributions: [RequirementContribution] = []
      for (number, part) in parts.enumerated() {
        let (without, above, below) = (
          rows[1 + 3 * number], rows[2 + 3 * number], rows[3 + 3 * number]
        )
        guard let above, let below else { return nil }
        let slopes = zip(chargesUSD(above.levels[place]), chargesUSD(below.levels[place])).map {
          ($0 - $1) / (2 * Self.step)
        }
        for (component, slope) in slopes.enumerated() { explainedUSD[component] += slope }
        contributions.append(
          RequirementContribution(
            name: name(part), quantity: holdings.quantity(of: part),
            marginalUSD: without.map {
              whole.levels[place].requirementUSD - $0.levels[place].requirementUSD
            }, eulerUSD: slopes.reduce(0, +)))
      }
      let scaleUSD = charges.reduce(0) { $0 + abs($1) } + explainedUSD.reduce(0) { $0 + abs($1) }
      let remainders = zip(rule.schema.components, zip(charges, explainedUSD)).compactMap {
        component, amounts -> RequirementContributions.Remainder? in
        let amountUSD = amounts.0 - amounts.1
        if abs(amountUSD) <= Self.roundingShare * scaleUSD { return nil }
        return RequirementContributions.Remainder(component: component.name, amountUSD: amountUSD)
      }
      result.append(
        RequirementContributions(
          level: level, requirementUSD: whole.levels[place].requirementUSD,
          holdings: contributions, remainders: remainders))
    }
    return result
  }

  /// Charges of a level as positive amounts; 0 for components that are values. [components]
  private func chargesUSD(_ level: LevelMargin) -> [Double] {
    zip(rule.schema.components, level.componentsUSD).map { component, amountUSD in
      component.kind == .charge ? 0 - amountUSD : 0
    }
  }
}

/// One thing that an account holds.
enum Holding {
  /// An amount of an asset, by its place in `AccountHoldings.amounts`.
  case amount(AssetIndex, place: Int)
  /// Contracts of an instrument, by its place in `AccountHoldings.contracts`.
  case contracts(InstrumentIndex, place: Int)
}

extension AccountHoldings {
  /// Everything that is held and not zero: assets, then instruments.
  fileprivate var parts: [Holding] {
    amounts.indices.compactMap { place in
      amounts[place].amount == 0 ? nil : .amount(amounts[place].asset, place: place)
    }
      + contracts.indices.compactMap { place in
        contracts[place].quantity == 0
          ? nil : .contracts(contracts[place].instrument, place: place)
      }
  }

  fileprivate func quantity(of part: Holding) -> Double {
    switch part {
    case .amount(_, let place): amounts[place].amount
    case .contracts(_, let place): contracts[place].quantity
    }
  }

  /// The account with so much of one holding; a factor of 0 removes it.
  fileprivate func with(_ part: Holding, scaled factor: Double) -> AccountHoldings {
    var result = self
    switch part {
    case .amount(_, let place):
      if factor == 0 {
        result.amounts.remove(at: place)
      } else {
        result.amounts[place].amount *= factor
      }
    case .contracts(_, let place):
      if factor == 0 {
        result.contracts.remove(at: place)
      } else {
        result.contracts[place].quantity *= factor
      }
    }
    return result
  }
}

extension MarginOutcome {
  /// The margin; nil where the account is not covered.
  fileprivate var row: MarginRow? {
    switch self {
    case .margin(let row): row
    case .notCovered: nil
    }
  }
}
