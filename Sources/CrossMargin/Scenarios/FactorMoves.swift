// Past moves of factors: what history scenarios replay and covariances are estimated from.

import PortfolioModel
import RiskNumerics

/// Moves `x` over a fixed horizon, one row per end date, one column per factor.
struct FactorMoves: Sendable {
  /// End of each move, ascending.
  var endTimes: [UTCTime]
  /// Factors, sorted by the bytes of their names.
  var factors: [FactorName]
  /// Moves by factor; nil = missing. [factors][dates]
  var moves: [[Double?]]
  /// Moves taken from a declared stand-in, by factor.
  var proxied: [(factor: FactorName, proxy: FactorName, count: Int)] = []

  /// Share of the horizon by which dates may lie closer together than it.
  static let slack = 0.01

  /// Moves that end at each date of the history and began a horizon earlier.
  ///
  /// The beginning is the latest observation at least a horizon (less a hundredth) before; a date
  /// whose beginning lies more than half a horizon further back has no move. Moves overlap where
  /// dates are closer than the horizon.
  init(_ history: FactorHistory, horizonDays: Double, windowDays: Double?, now: UTCTime) {
    let start = windowDays.map { now.adding(days: -$0) }
    let tolerance = Self.slack * horizonDays
    var spans: [(begin: Int, end: Int)] = []
    var begin = 0
    for end in history.times.indices {
      let latest = history.times[end].adding(days: tolerance - horizonDays)
      while begin + 1 < end, history.times[begin + 1] <= latest { begin += 1 }
      guard begin < end, history.times[begin] <= latest else { continue }
      guard history.times[begin].days(to: history.times[end]) <= 1.5 * horizonDays else { continue }
      if let start, history.times[begin] < start { continue }
      spans.append((begin, end))
    }
    self.init(history, spans: spans) { _ in 1 }
  }

  /// Moves between neighbouring dates, scaled to one day by the square root of time.
  init(dailyStepsOf history: FactorHistory) {
    let spans = history.times.indices.dropFirst().map { (begin: $0 - 1, end: $0) }
    self.init(history, spans: spans) { span in
      1 / history.times[span.begin].days(to: history.times[span.end]).squareRoot()
    }
  }

  private init(
    _ history: FactorHistory, spans: [(begin: Int, end: Int)],
    weight: ((begin: Int, end: Int)) -> Double
  ) {
    endTimes = spans.map { history.times[$0.end] }
    factors = history.factors
    moves = zip(history.factors, history.levels).map { factor, levels in
      spans.map { span in
        guard let before = levels[span.begin], let after = levels[span.end] else { return nil }
        let move = factor.kind.isLogarithmic ? ScalarMath.log(after / before) : after - before
        return move * weight(span)
      }
    }
  }

  /// Leaves out dates whose move began before the end of the last one that is kept.
  mutating func removeOverlaps(horizonDays: Double) {
    var kept: [Int] = []
    for (date, end) in endTimes.enumerated() {
      if let last = kept.last,
        endTimes[last].days(to: end) < horizonDays * (1 - Self.slack)
      {
        continue
      }
      kept.append(date)
    }
    endTimes = kept.map { endTimes[$0] }
    moves = moves.map { column in kept.map { column[$0] } }
  }

  /// Fills gaps of factors from their declared stand-ins, in the order given.
  mutating func apply(_ proxies: [FactorProxy]) {
    for proxy in proxies {
      guard factors.contains(proxy.proxy) else { continue }
      let target = factors.firstIndex(of: proxy.factor) ?? insert(proxy.factor)
      guard let source = factors.firstIndex(of: proxy.proxy) else { continue }
      var count = 0
      for date in moves[target].indices where moves[target][date] == nil {
        guard let move = moves[source][date] else { continue }
        moves[target][date] = move
        count += 1
      }
      proxied.append((proxy.factor, proxy.proxy, count))
    }
  }

  /// Adds a factor without any move, in the order of names.
  private mutating func insert(_ factor: FactorName) -> Int {
    let position =
      factors.firstIndex { precedesByBytes(factor.description, $0.description) } ?? factors.count
    factors.insert(factor, at: position)
    moves.insert([Double?](repeating: nil, count: endTimes.count), at: position)
    return position
  }
}

extension FactorHistory {
  /// Median distance of neighbouring dates, days; 1 where there are fewer than two.
  var medianStepDays: Double {
    let steps = zip(times, times.dropFirst()).map { $0.days(to: $1) }.sorted()
    return steps.isEmpty ? 1 : steps[steps.count / 2]
  }
}
