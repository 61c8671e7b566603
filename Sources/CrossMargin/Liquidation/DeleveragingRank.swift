// Who is deleveraged first: ranking rules of venues, and the queue that they order.

/// A winning position as ranking rules see it.
public struct RankedPosition: Sendable, Equatable {
  /// Value at the mark, USD; negative for a short.
  public var markValueUSD: Double
  /// Value at the entry price, USD; negative for a short.
  public var entryValueUSD: Double
  /// Value at the bankruptcy price, USD; negative for a short.
  public var bankruptValueUSD: Double

  /// A position.
  public init(markValueUSD: Double, entryValueUSD: Double, bankruptValueUSD: Double) {
    self.markValueUSD = markValueUSD
    self.entryValueUSD = entryValueUSD
    self.bankruptValueUSD = bankruptValueUSD
  }

  /// Profit per entry value: `(MV - EV) / |EV|`.
  public var profitFraction: Double { (markValueUSD - entryValueUSD) / abs(entryValueUSD) }

  /// `|MV| / (MV - BV)`.
  public var effectiveLeverage: Double {
    abs(markValueUSD) / (markValueUSD - bankruptValueUSD)
  }

  /// Profit times leverage for a gain, over leverage for a loss; larger goes first.
  ///
  /// Source: BitMEX and Poloniex, auto-deleveraging.
  public var score: Double {
    profitFraction > 0
      ? profitFraction * effectiveLeverage : profitFraction / effectiveLeverage
  }

  /// `mark / entry x notional / account value`; larger goes first.
  ///
  /// Source: Hyperliquid documentation, auto-deleveraging.
  public static func profitIndex(
    markUSD: Double, entryUSD: Double, notionalUSD: Double, accountValueUSD: Double
  ) -> Double {
    markUSD / entryUSD * (abs(notionalUSD) / accountValueUSD)
  }
}

/// The order in which positions are closed against a loss, and how much of each.
public struct DeleveragingQueue: Sendable, Equatable {
  /// Positions by falling score; at equal scores the lower index goes first.
  public let order: [Int]
  /// Quantity closed of each position, in the order of the input.
  public let closed: [Double]
  /// Quantity that nobody was left to close.
  public let remaining: Double

  /// Closes `need` against positions in the order of their scores.
  ///
  /// Shapes: scores and quantities [positions]; quantities are positive.
  public init(scores: [Double], quantities: [Double], need: Double) {
    precondition(scores.count == quantities.count, "scores and quantities differ in count")
    order = Self.order(scores: scores)
    var closed = [Double](repeating: 0, count: scores.count)
    var rest = need
    for position in order where rest > 0 {
      closed[position] = min(rest, quantities[position])
      rest -= closed[position]
    }
    self.closed = closed
    remaining = rest
  }

  /// Positions by falling score; ties by index.
  public static func order(scores: [Double]) -> [Int] {
    scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
  }
}

/// A loss taken from winners by one share of their capacity instead of a queue.
public enum ProRataDeleveraging {
  /// Amounts taken, USD: the same share of each capacity, all of it where the need is larger.
  public static func takenUSD(capacitiesUSD: [Double], needUSD: Double) -> [Double] {
    let sum = capacitiesUSD.reduce(0, +)
    guard sum > 0 else { return capacitiesUSD.map { _ in 0 } }
    let share = min(needUSD / sum, 1)
    return capacitiesUSD.map { $0 * share }
  }
}
