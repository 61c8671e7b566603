// One price from several sources: stale and stray ones left out, the weighted median of the rest.

import RiskNumerics

/// What one source says about a price.
public struct OracleQuote: Sendable, Equatable {
  /// Price, positive.
  public var price: Double
  /// Half of the range that the source is sure of, in the unit of the price, at least 0; nil where it
  /// says nothing.
  public var confidence: Double?
  /// Weight among the sources, positive.
  public var weight: Double
  /// Time since it was observed, seconds, at least 0.
  public var ageSeconds: Double

  /// A quote.
  public init(price: Double, confidence: Double? = nil, weight: Double = 1, ageSeconds: Double) {
    precondition(price > 0 && price.isFinite, "a price is positive")
    precondition(confidence.map { $0 >= 0 && $0.isFinite } ?? true, "a confidence is not negative")
    precondition(weight > 0 && weight.isFinite, "a weight is positive")
    precondition(ageSeconds >= 0, "an observation is not in the future")
    self.price = price
    self.confidence = confidence
    self.weight = weight
    self.ageSeconds = ageSeconds
  }
}

/// Which quotes count, and how fast they age.
public struct OracleTerms: Sendable, Equatable {
  /// Age above which a quote is stale, seconds.
  public var ageSecondsMax: Double
  /// Quotes farther from the median than so many median absolute deviations are stray.
  public var deviationMultipleMax: Double
  /// Distance from the median, as a share of it, within which no quote is stray: quotes that agree
  /// to the last digit have no deviation.
  public var toleranceFraction: Double
  /// Fewest quotes left for a price that is not degraded.
  public var countMin: Int
  /// Volatility of the price per root of a second, a fraction.
  public var volatilityPerRootSecond: Double
  /// Multiple of the move of one deviation by which age widens confidence, at least 0.
  public var ageWidening: Double

  /// Terms.
  public init(
    ageSecondsMax: Double, deviationMultipleMax: Double, toleranceFraction: Double, countMin: Int,
    volatilityPerRootSecond: Double, ageWidening: Double
  ) {
    precondition(ageSecondsMax >= 0 && deviationMultipleMax > 0, "gates are positive")
    precondition(toleranceFraction >= 0 && countMin >= 1, "a price needs a quote")
    precondition(volatilityPerRootSecond >= 0 && ageWidening >= 0, "quotes do not grow sharper")
    self.ageSecondsMax = ageSecondsMax
    self.deviationMultipleMax = deviationMultipleMax
    self.toleranceFraction = toleranceFraction
    self.countMin = countMin
    self.volatilityPerRootSecond = volatilityPerRootSecond
    self.ageWidening = ageWidening
  }
}

/// A price with what is known of its error.
public struct OraclePrice: Sendable, Equatable {
  /// What a price is for.
  public enum Purpose: Sendable, CaseIterable {
    /// Worth of something held when risk is added or money leaves.
    case openingHeld
    /// Worth of something owed when risk is added or money leaves.
    case openingOwed
    /// Worth of anything when an account is judged for liquidation.
    case liquidating
  }

  /// The price.
  public var price: Double
  /// Half of the range that the price is thought to lie in, at least 0, in its unit.
  public var confidence: Double
  /// Positions of the quotes that count, ascending.
  public var usedQuotes: [Int]
  /// Whether fewer quotes count than the terms ask for.
  public var isDegraded: Bool

  /// All fields in order.
  public init(price: Double, confidence: Double, usedQuotes: [Int], isDegraded: Bool) {
    precondition(price > 0 && confidence >= 0, "a price is positive and its range not negative")
    self.price = price
    self.confidence = confidence
    self.usedQuotes = usedQuotes
    self.isDegraded = isDegraded
  }

  /// The price for a purpose, at least 0: held below, owed above, liquidation in the middle, so that
  /// a wide range does not itself liquidate [Euler, price oracles: bid and ask for borrowing, middle
  /// for liquidation].
  public func price(for purpose: Purpose) -> Double {
    switch purpose {
    case .openingHeld: max(price - confidence, 0)
    case .openingOwed: price + confidence
    case .liquidating: price
    }
  }

  /// The end of the range over the price: the lower one for a sign of -1, the upper one for 1. A lower
  /// end at or below zero is taken as a thousandth of the price, since prices are positive.
  public func errorRatio(_ sign: Double) -> Double {
    max(1 + sign * confidence / price, Self.leastRatio)
  }

  private static let leastRatio = 0.001
}

extension OracleTerms {
  /// The price of some quotes; nil where every one is stale.
  ///
  /// Of the quotes that are not stale those within the gate of their median count. Each votes at its
  /// price and, where it has one, at both ends of its range, a third of its weight each; the price
  /// is the weighted median of the votes, and half of the distance of their quartiles is the
  /// confidence [Pyth Network, price aggregation]. Age widens a range to `sqrt(c^2 + (k sigma p)^2
  /// age)`. Without any range the price is that of a quote.
  public func price(_ quotes: [OracleQuote]) -> OraclePrice? {
    let fresh = quotes.indices.filter { quotes[$0].ageSeconds <= ageSecondsMax }
    guard !fresh.isEmpty else { return nil }
    let used = gated(fresh, quotes)
    var votes: [(price: Double, weight: Double)] = []
    for index in used {
      let quote = quotes[index]
      let range = widened(quote)
      if range == 0 {
        votes.append((quote.price, quote.weight))
      } else {
        for price in [quote.price - range, quote.price, quote.price + range] {
          votes.append((price, quote.weight / 3))
        }
      }
    }
    votes.sort { ($0.price, $0.weight) < ($1.price, $1.weight) }
    let (lower, upper) = (Self.quantile(votes, 0.25), Self.quantile(votes, 0.75))
    // Votes reach beyond the prices; what is told as the price does not.
    let prices = used.map { quotes[$0].price }
    let median = min(
      max(Self.quantile(votes, 0.5), prices.min() ?? 0), prices.max() ?? .infinity)
    return OraclePrice(
      price: median, confidence: (upper - lower) / 2, usedQuotes: used,
      isDegraded: used.count < countMin)
  }

  /// The range of a quote at its age.
  func widened(_ quote: OracleQuote) -> Double {
    let move = ageWidening * volatilityPerRootSecond * quote.price
    let own = quote.confidence ?? 0
    return (own * own + move * move * quote.ageSeconds).squareRoot()
  }

  private func gated(_ fresh: [Int], _ quotes: [OracleQuote]) -> [Int] {
    // Each source counts once here: a gate by weights would let one heavy source move it.
    let centre = Self.median(fresh.map { quotes[$0].price })
    let deviation = Self.median(fresh.map { abs(quotes[$0].price - centre) })
    let reach = max(deviationMultipleMax * deviation, toleranceFraction * centre)
    let near = fresh.filter { abs(quotes[$0].price - centre) <= reach }
    // Two that disagree may both be far from the middle between them.
    return near.isEmpty ? fresh : near
  }

  private static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let upper = sorted[sorted.count / 2]
    return sorted.count % 2 == 1 ? upper : (sorted[sorted.count / 2 - 1] + upper) / 2
  }

  /// The weighted quantile: the vote at which the cumulative weight first exceeds the share; midway to
  /// the next where it is met exactly. Votes are sorted.
  private static func quantile(
    _ votes: [(price: Double, weight: Double)], _ share: Double
  ) -> Double {
    let total = OrderedSum.total(of: votes.map(\.weight))
    let target = share * total
    var sum = 0.0
    for (place, vote) in votes.enumerated() {
      sum += vote.weight
      // Sums of thirds miss their target by rounding alone.
      if abs(sum - target) <= 1e-12 * total, place + 1 < votes.count {
        return (vote.price + votes[place + 1].price) / 2
      }
      if sum > target { return vote.price }
    }
    return votes[votes.count - 1].price
  }
}
