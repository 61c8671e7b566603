// What may be done on a price: a gate that stops new risk at once and liquidations for a bounded time.

import RiskNumerics

/// When a price is not believed.
public struct OracleGateTerms: Sendable, Equatable {
  /// Confidence over price above which it is not.
  public var confidenceFractionMax: Double
  /// A move of more deviations than so many since the last price is not, until it is confirmed.
  public var jumpDeviationsMax: Double
  /// Volatility of the price per root of a second, a fraction, positive.
  public var volatilityPerRootSecond: Double
  /// Longest time that liquidations wait, seconds.
  public var holdSecondsMax: Double

  /// Terms.
  public init(
    confidenceFractionMax: Double, jumpDeviationsMax: Double, volatilityPerRootSecond: Double,
    holdSecondsMax: Double
  ) {
    precondition(
      confidenceFractionMax > 0 && jumpDeviationsMax > 0, "a gate lets something through")
    precondition(volatilityPerRootSecond > 0 && holdSecondsMax >= 0, "a hold ends")
    self.confidenceFractionMax = confidenceFractionMax
    self.jumpDeviationsMax = jumpDeviationsMax
    self.volatilityPerRootSecond = volatilityPerRootSecond
    self.holdSecondsMax = holdSecondsMax
  }
}

/// A gate over time: what it has believed, and since when it does not.
public struct OracleGate: Sendable {
  /// What a price allows.
  public struct Decision: Sendable, Equatable {
    /// Whether risk may be added and money may leave.
    public var allowsOpening: Bool
    /// Whether accounts may be liquidated.
    public var allowsLiquidation: Bool
    /// Whether liquidations take the price that is worse for the account, held below and owed above:
    /// after a hold has run out without the price being believed again.
    public var isConservative: Bool

    /// All fields in order.
    public init(allowsOpening: Bool, allowsLiquidation: Bool, isConservative: Bool) {
      self.allowsOpening = allowsOpening
      self.allowsLiquidation = allowsLiquidation
      self.isConservative = isConservative
    }
  }

  private let terms: OracleGateTerms
  /// Last price that was believed, and when, seconds.
  private var believed: (price: Double, time: Double)?
  /// Last price that was seen, believed or not.
  private var seen: (price: Double, time: Double)?
  /// Since when prices have not been believed, seconds; nil = they are.
  private var heldSince: Double?

  /// A gate that has seen nothing.
  public init(_ terms: OracleGateTerms) { self.terms = terms }

  /// Judges the price of a time, seconds from any origin, not before the last one; nil = there is
  /// none.
  ///
  /// A jump against the last believed price is confirmed by the next price that stays with it: one
  /// that is no jump against the price before it. A degraded price is not believed.
  public mutating func judge(_ price: OraclePrice?, timeSeconds: Double) -> Decision {
    precondition(seen.map { $0.time <= timeSeconds } ?? true, "time does not run backwards")
    let isBelieved = price.map { believes($0, timeSeconds) } ?? false
    if let price {
      seen = (price.price, timeSeconds)
      if isBelieved { believed = (price.price, timeSeconds) }
    }
    if isBelieved {
      heldSince = nil
      return Decision(allowsOpening: true, allowsLiquidation: true, isConservative: false)
    }
    let since = heldSince ?? timeSeconds
    heldSince = since
    let hasRunOut = timeSeconds - since >= terms.holdSecondsMax && price != nil
    return Decision(
      allowsOpening: false, allowsLiquidation: hasRunOut, isConservative: hasRunOut)
  }

  private func believes(_ price: OraclePrice, _ time: Double) -> Bool {
    if price.isDegraded { return false }
    if price.confidence > terms.confidenceFractionMax * price.price { return false }
    guard let believed, isJump(from: believed, to: price.price, time) else { return true }
    // Not a jump from a price that was itself not believed: seen twice.
    guard let seen, seen.time > believed.time || seen.price != believed.price else { return false }
    return !isJump(from: seen, to: price.price, time)
  }

  private func isJump(
    from last: (price: Double, time: Double), to price: Double, _ time: Double
  ) -> Bool {
    let deviation = terms.volatilityPerRootSecond * max(time - last.time, 1).squareRoot()
    return abs(ScalarMath.log(price / last.price)) > terms.jumpDeviationsMax * deviation
  }
}
