// Why a run cannot be done.

/// Errors of a whole run; what concerns single accounts is a status of the account.
public enum RunError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A scenario set needs factor history and the market has none, or too little.
  case historyTooShort(set: String, found: Int, needed: Int)
  /// A low-discrepancy set has more factors than the sequence has dimensions.
  case tooManyFactors(set: String, found: Int, most: Int)
  /// A scenario set has no scenario.
  case noScenario(set: String)
  /// A scenario set names a file that the book does not have.
  case unknownScenarioFile(set: String, file: String)
  /// A user's scenario would make a price zero or negative.
  case priceNotPositive(set: String, scenario: String, asset: String)
  /// An account or the run names a rule set that does not exist.
  case unknownModel(name: String, account: String?)
  /// The covariance of factor moves could not be factored even after repair.
  case covarianceNotUsable(reason: String)
  /// A profit is NaN or infinite, which no valid input should lead to.
  case nonfiniteProfit(account: String, set: String)

  /// One sentence for a person.
  public var description: String {
    switch self {
    case .historyTooShort(let set, let found, let needed):
      "scenario set \(set): the history gives \(found) moves, at least \(needed) are needed"
    case .tooManyFactors(let set, let found, let most):
      "scenario set \(set): \(found) factors, but the Sobol sequence is known for \(most) at most"
    case .noScenario(let set):
      "scenario set \(set): there is no scenario in it"
    case .unknownScenarioFile(let set, let file):
      "scenario set \(set): no scenario file \(file) in the book"
    case .priceNotPositive(let set, let scenario, let asset):
      "scenario set \(set), scenario \(scenario): the price of \(asset) would not be positive"
    case .unknownModel(let name, let account):
      account.map { "account \($0) asks for rule set \(name), which the run does not define" }
        ?? "the run's default rule set \(name) is not defined"
    case .covarianceNotUsable(let reason):
      "the covariance of factor moves cannot be used: \(reason)"
    case .nonfiniteProfit(let account, let set):
      "account \(account): a profit in scenario set \(set) is not a finite number"
    }
  }
}
