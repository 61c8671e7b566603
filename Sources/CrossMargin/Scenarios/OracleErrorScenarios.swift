// Errors of prices as scenarios: what accounts are worth if a source is wrong by as much as it admits.

import PortfolioModel

extension UserScenarioSet {
  /// Scenarios in which the price of each asset alone, and then of all, lies at the lower or the upper
  /// end of its range: `p - c` and `p + c`, in the order of the assets.
  ///
  /// Run as a user's set without completion, they show by how much equity and surplus are uncertain
  /// today: accounts that such a scenario liquidates depend on the oracle. A lower end at or below
  /// zero is taken as a thousandth of the price, since prices are positive.
  public static func oracleErrors(
    named name: String, prices: [(asset: String, price: OraclePrice)]
  ) -> UserScenarioSet {
    func shock(_ entry: (asset: String, price: OraclePrice), _ sign: Double) -> FactorShock {
      FactorShock(
        factor: FactorName(.spot, entry.asset), shock: .scale(entry.price.errorRatio(sign)))
    }
    let ends = [("low", -1.0), ("high", 1.0)]
    let single = prices.flatMap { entry in
      ends.map { word, sign in
        UserScenario(name: entry.asset + " " + word, shocks: [shock(entry, sign)])
      }
    }
    let joint = ends.map { word, sign in
      UserScenario(name: "all " + word, shocks: prices.map { shock($0, sign) })
    }
    return UserScenarioSet(name: name, scenarios: single + joint)
  }
}
