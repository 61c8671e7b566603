// How good forecasts of events were: ranking, squared error, information.

/// Scores of probabilities or of rankings against what happened.
public enum ProbabilityScores {
  /// Area under the receiver operating curve: the chance that an event has a higher score than a
  /// non-event, ties counting one half; nil without an event or without a non-event.
  public static func areaUnderCurve(scores: [Double], events: [Bool]) -> Double? {
    precondition(scores.count == events.count, "scores and events differ in count")
    let order = scores.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }
    let eventCount = events.filter { $0 }.count
    let otherCount = events.count - eventCount
    guard eventCount > 0, otherCount > 0 else { return nil }
    var (rankSum, first) = (0.0, 0)
    while first < order.count {
      var end = first
      while end < order.count, scores[order[end]] == scores[order[first]] { end += 1 }
      // Equal scores share the mean of their ranks first + 1 ... end.
      let rank = Double(first + 1 + end) / 2
      for place in first..<end where events[order[place]] { rankSum += rank }
      first = end
    }
    let least = Double(eventCount) * Double(eventCount + 1) / 2
    return (rankSum - least) / (Double(eventCount) * Double(otherCount))
  }

  /// Mean of `(p - y)^2`.
  public static func brier(probabilities: [Double], events: [Bool]) -> Double {
    mean(probabilities, events) { ($0 - $1) * ($0 - $1) }
  }

  /// Mean of `-ln p` of what happened; infinite where something was called impossible.
  public static func logarithmic(probabilities: [Double], events: [Bool]) -> Double {
    mean(probabilities, events) { probability, event in
      -ScalarMath.log(event == 1 ? probability : 1 - probability)
    }
  }

  /// Share of a reference's score that is saved: `1 - score / reference`.
  public static func skill(score: Double, reference: Double) -> Double { 1 - score / reference }

  private static func mean(
    _ probabilities: [Double], _ events: [Bool], _ term: (Double, Double) -> Double
  ) -> Double {
    precondition(probabilities.count == events.count, "forecasts and events differ in count")
    precondition(!events.isEmpty, "a score needs a forecast")
    let terms = zip(probabilities, events).map { term($0, $1 ? 1 : 0) }
    return OrderedSum.total(of: terms) / Double(terms.count)
  }
}
