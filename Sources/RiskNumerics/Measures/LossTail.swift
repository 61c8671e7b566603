// The largest losses of a unit.

/// The largest losses of one unit, in the order (loss descending, scenario ascending).
public struct LossTail: Sendable, Equatable {
  /// Losses, the largest first.
  public let losses: ArraySlice<Double>
  /// Scenario of each loss.
  public let scenarios: ArraySlice<Int32>
  /// Ranks of the losses, counted from 0, by ascending scenario: the order in which they are summed.
  public let byScenario: ArraySlice<Int32>

  init(losses: ArraySlice<Double>, scenarios: ArraySlice<Int32>, byScenario: ArraySlice<Int32>) {
    self.losses = losses
    self.scenarios = scenarios
    self.byScenario = byScenario
  }

  /// The tail of `keeping` largest losses among all of `losses`, scenario by scenario.
  public init(of losses: [Double], keeping count: Int) {
    let order = losses.indices.sorted {
      losses[$0] > losses[$1] || (losses[$0] == losses[$1] && $0 < $1)
    }
    let kept = order.prefix(count)
    let ranks = kept.indices.sorted { kept[$0] < kept[$1] }
    self.init(
      losses: kept.map { losses[$0] }[...], scenarios: kept.map { Int32($0) }[...],
      byScenario: ranks.map { Int32($0) }[...])
  }

  /// Number of losses.
  public var count: Int { losses.count }

  /// The loss of a rank, counted from 0: the largest first.
  public func loss(rank: Int) -> Double { losses[losses.startIndex + rank] }

  /// The scenario of a rank, counted from 0.
  public func scenario(rank: Int) -> Int { Int(scenarios[scenarios.startIndex + rank]) }

  /// The sum over the ranks below `count`, in the order of scenarios, of what `body` gives for each.
  @inline(__always)
  func orderedSum(ranksBelow count: Int, _ body: (Int) -> Double) -> Double {
    let ranks = byScenario.span
    var sum = OrderedSum()
    for place in ranks.indices where ranks[place] < count { sum.add(body(Int(ranks[place]))) }
    return sum.total
  }

  /// Whether losses and scenarios agree; the places in memory do not count.
  public static func == (left: LossTail, right: LossTail) -> Bool {
    left.losses.elementsEqual(right.losses) && left.scenarios.elementsEqual(right.scenarios)
  }
}
