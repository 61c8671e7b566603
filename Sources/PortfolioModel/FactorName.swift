// The things that move: spot prices, volatilities, basis, rates.

/// Name of a risk factor: `spot:BTC`, `vol:BTC`, `vol:BTC:2026-03-27T08:00Z`, `basis:BTC`,
/// `basis:BTC:2026-03-27T08:00Z`, `rate:USD`.
public struct FactorName: Sendable, Hashable, CustomStringConvertible {
  /// What kind of quantity moves.
  public var kind: FactorKind
  /// Name of the asset.
  public var asset: String
  /// The one expiry it is about; nil for all expiries. Only volatility and basis have expiries.
  public var expiry: UTCTime?

  /// A factor.
  public init(_ kind: FactorKind, _ asset: String, expiry: UTCTime? = nil) {
    self.kind = kind
    self.asset = asset
    self.expiry = expiry
  }

  /// The name as written in files.
  public var description: String {
    let stem = kind.prefix + ":" + asset
    return expiry.map { stem + ":" + $0.description } ?? stem
  }
}

/// The kinds of factor and the unit of their moves `x`.
public enum FactorKind: Sendable, Hashable, CaseIterable {
  /// Price in USD; `x` is the log return.
  case spot
  /// Implied volatility; `x` is the log change.
  case volatility
  /// Continuous carry of the forward over spot, per year; `x` is the change.
  case basis
  /// Continuous discount rate, per year; `x` is the change.
  case rate

  /// The word before the colon.
  public var prefix: String {
    switch self {
    case .spot: "spot"
    case .volatility: "vol"
    case .basis: "basis"
    case .rate: "rate"
    }
  }

  /// Whether levels are positive and moves are logarithms of ratios.
  public var isLogarithmic: Bool { self == .spot || self == .volatility }
}

/// Levels of factors in the past: `market/history.csv`.
public struct FactorHistory: Sendable, Equatable {
  /// Observation times, strictly increasing, none after the valuation time.
  public var times: [UTCTime]
  /// Factors, sorted by the bytes of their names.
  public var factors: [FactorName]
  /// Levels, one column per factor, each as long as `times`; nil = missing.
  /// Spot and volatility levels are positive; basis and rate levels are per year.
  public var levels: [[Double?]]

  /// A history; columns must be as long as `times`.
  public init(times: [UTCTime], factors: [FactorName], levels: [[Double?]]) {
    precondition(factors.count == levels.count, "one column of levels per factor")
    precondition(levels.allSatisfy { $0.count == times.count }, "columns as long as times")
    self.times = times
    self.factors = factors
    self.levels = levels
  }
}
