// The volatility that a factor had before each of its moves.

import PortfolioModel
import RiskNumerics

/// Deviations forecast from the moves before each date, for factors with gaps.
enum FactorFilter {
  /// Moves before the first volatility of a factor.
  static let firstMoveCount = 50

  /// The deviation forecast before each date, nil before the first moves, and the one for the date
  /// after the last.
  ///
  /// `fitted` makes a rule of the moves so far; it is asked at the first forecast and after every
  /// `refitCount` moves, nil = never again. A factor that never moved has no deviation.
  static func deviations(
    _ moves: [Double?], refitCount: Int?, rule fitted: ([Double]) -> ConditionalVolatility
  ) -> (before: [Double?], next: Double?) {
    var past: [Double] = []
    var rule: ConditionalVolatility?
    var variance = 0.0
    func forecast() -> Double? { rule == nil || variance == 0 ? nil : variance.squareRoot() }
    var before: [Double?] = []
    before.reserveCapacity(moves.count)
    for move in moves {
      before.append(forecast())
      guard let move else { continue }
      past.append(move)
      if let rule { variance = rule.next(after: move, variance: variance) }
      guard past.count >= firstMoveCount else { continue }
      let squares = OrderedSum.total(of: past.suffix(firstMoveCount).map { $0 * $0 })
      guard squares > 0 else { continue }
      let isDue = refitCount.map { (past.count - firstMoveCount) % $0 == 0 } ?? false
      guard rule == nil || isDue else { continue }
      if rule == nil { variance = squares / Double(firstMoveCount) }
      rule = fitted(past)
    }
    return (before, forecast())
  }

  /// Moves at the volatility of now, by a rule that is fitted once to all of them; nil before the
  /// first volatility.
  static func broughtToNow(
    _ moves: [Double?], rule: (_ all: [Double]) -> ConditionalVolatility
  ) -> [Double?] {
    let all = moves.compactMap(\.self)
    let (before, next) = deviations(moves, refitCount: nil) { _ in rule(all) }
    return zip(moves, before).map { move, deviation in
      guard let move, let deviation, let next else { return nil }
      return move / deviation * next
    }
  }

  /// Moves over the deviation forecast for them, without gaps.
  static func standardised(_ moves: [Double?], lambda: Double) -> [Double] {
    let (before, _) = deviations(moves, refitCount: nil) { _ in .exponential(lambda: lambda) }
    return zip(moves, before).compactMap { move, deviation in
      guard let move, let deviation else { return nil }
      return move / deviation
    }
  }
}
