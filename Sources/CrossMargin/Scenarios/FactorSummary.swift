// What a run knows of its factors, for people: deviations, correlations, principal components.

import PortfolioModel
import RiskNumerics

/// A direction in which factors move together.
public struct PrincipalComponent: Sendable, Equatable {
  /// What the direction is, in the words of a desk.
  public var name: String
  /// Share of the variance of all factors, each at unit variance.
  public var varianceFraction: Double
  /// Weight of each factor, of unit length together. [factors]
  public var loadings: [Double]
}

/// The joint distribution of factors, estimated as the scenario sets do it.
public struct FactorSummary: Sendable {
  /// Factors, sorted by the bytes of their names.
  public let factors: [FactorName]
  /// Deviation of a move of one day: log changes for prices and volatilities.
  public let dailyDeviations: [Double]
  /// Correlations after the repair. [factors x factors]
  public let correlations: Matrix
  /// By falling variance.
  public let components: [PrincipalComponent]
  /// Notes on gaps and repair.
  public let warnings: [RunWarning]

  /// Estimates from the history of a book; nil without one.
  public init?(book: Book, settings: RunSettings) throws(RunError) {
    guard let history = book.market.history else { return nil }
    let model = try FactorModel(
      history: history, proxies: settings.historyProxies, settings: settings.covariance,
      set: "history")
    factors = model.factors
    warnings = model.warnings
    (correlations, dailyDeviations) = Covariance.correlation(model.covariance)
    let eigen: LinearAlgebra.SymmetricEigen
    do {
      eigen = try LinearAlgebra.symmetricEigen(correlations)
    } catch {
      throw .covarianceNotUsable(reason: "\(error)")
    }
    let count = Double(max(factors.count, 1))
    let named = factors
    components = eigen.values.indices.reversed().map { index in
      let loadings = eigen.vectors.withColumn(index) { column in column.indices.map { column[$0] } }
      return PrincipalComponent(
        name: Self.name(loadings, named), varianceFraction: max(eigen.values[index], 0) / count,
        loadings: loadings)
    }
  }

  /// A kind of factor belongs to a direction when it carries this share of its variance.
  private static let shareMin = 0.15

  /// The kinds that carry a direction, each as a common move or as some against others.
  private static func name(_ loadings: [Double], _ factors: [FactorName]) -> String {
    var parts: [(share: Double, text: String, sign: Double)] = []
    for kind in FactorKind.allCases {
      let members = factors.indices.filter { factors[$0].kind == kind }
      let share = members.reduce(0) { $0 + loadings[$1] * loadings[$1] }
      guard share >= shareMin else { continue }
      let sum = members.reduce(0) { $0 + loadings[$1] }
      let size = members.reduce(0) { $0 + abs(loadings[$1]) }
      let isCommon = abs(sum) >= 0.6 * size
      parts.append(
        (share, isCommon ? kind.plural : spread(members, loadings, factors), isCommon ? sum : 0))
    }
    parts.sort { $0.share > $1.share }
    guard let first = parts.first else { return "mixed" }
    let others = parts.dropFirst().map { part in
      guard part.sign != 0, first.sign != 0 else { return " with " + part.text }
      return (part.sign < 0) == (first.sign < 0)
        ? " with " + part.text : " against " + part.text
    }
    return first.text + others.joined()
  }

  private static func spread(
    _ members: [Int], _ loadings: [Double], _ factors: [FactorName]
  ) -> String {
    let up = members.max { loadings[$0] < loadings[$1] }
    let down = members.min { loadings[$0] < loadings[$1] }
    guard let up, let down else { return "" }
    return "\(factors[up]) against \(factors[down])"
  }
}

extension FactorKind {
  fileprivate var plural: String {
    switch self {
    case .spot: "prices"
    case .volatility: "volatilities"
    case .basis: "bases"
    case .rate: "rates"
    }
  }
}
