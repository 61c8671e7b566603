// Scenarios of one account by full revaluation: the worst of a ball, and the nearest that lose an
// amount.

import RiskNumerics

/// A portfolio in independent standard moves z of its factors, searched by full revaluation and led by
/// its delta-gamma form.
///
/// The distance at which a direction first loses the target is minimised over directions: from one
/// crossing point to the next goes the solution of the quadratic problem whose value and slope are
/// those of full revaluation at the point and whose curvature is the form's. A step counts only
/// where full revaluation confirms it, so that every point on the way loses the target.
struct StressSearch {
  /// Loss over the target of some points [points][components].
  typealias Losses = ([[Double]]) -> [Double]

  /// A point that was found.
  struct Optimum: Sendable, Equatable {
    var point: [Double]
    var distance: Double
    var loss: Double
  }

  /// Curvatures q of the form in z, in the unit of losses.
  let form: QuadraticLoss
  /// Full revaluation, in the same unit.
  let losses: Losses
  /// Directions beside the axes of the form from which the nearest points are searched.
  var rays: [[Double]] = []
  /// Farthest distance that is searched, standard deviations.
  var distanceMax = Self.distanceMax

  /// The farthest distance that has a meaning.
  static let distanceMax = 100.0
  /// Optima within this share of the best are reported.
  static let nearBestShare = 0.1
  private static let optimumCountMax = 4
  private static let stepCountMax = 30
  private static let leaningCosine = 0.4
  private static let raySampleCount = 16
  private static let refinementCountMax = 40
  /// Shares of a bracket at which the root of a straight line is surrounded.
  private static let refinements = [0.1, 1e-3, 1e-5]
  /// Step of central differences, standard deviations: its square is the error of a slope.
  private static let differenceStep = 1e-4

  // MARK: Nearest

  /// The nearest points that lose at least `target` > 0, the nearest first; none where full
  /// revaluation finds none within `distanceMax`. All lie within 10 % of the nearest.
  func nearest(losing target: Double) -> [Optimum] {
    var found: [Optimum] = []
    let led = EllipsoidStress(form).nearest(losing: target)
    for start in [led?.scenario, led?.twin].compactMap(\.self) {
      let near = min(Self.norm(start) * 1.5, distanceMax)
      if let point = crossing(start, target: target, reach: near)
        ?? crossing(start, target: target, reach: distanceMax)
      {
        add(improved(point, target: target), to: &found)
      }
    }
    let reach = found.map(\.distance).min().map { $0 * (1 + Self.nearBestShare) }
    for start in axisStarts(target: target, reach: reach, beside: found) {
      add(improved(start, target: target), to: &found)
    }
    return Self.nearBest(found) { $0.distance }
  }

  /// Crossing points along the axes. With a reach those axes count that lose half of the target
  /// there, and are taken where they lose all of it.
  private func axisStarts(
    target: Double, reach: Double?, beside found: [Optimum]
  ) -> [Optimum] {
    if let reach {
      // An axis that leans to a known optimum leads there.
      let axes = (axes + rays).filter { axis in
        found.allSatisfy { known in
          let along = zip(axis, known.point).reduce(0) { $0 + $1.0 * $1.1 }
          return along < Self.leaningCosine * known.distance
        }
      }
      let values = losses(axes.map { Self.scaled($0, reach / Self.norm($0)) })
      return zip(axes, values).compactMap { axis, value in
        guard value >= target / 2 else { return nil }
        return crossing(
          axis, target: target, reach: value >= target ? reach : min(3 * reach, distanceMax))
      }
    }
    return (axes + rays).compactMap { crossing($0, target: target, reach: distanceMax) }
  }

  /// Both directions of every component that matters.
  private var axes: [[Double]] {
    form.linear.indices.filter { form.linear[$0] != 0 || form.quadratic[$0] != 0 }.flatMap {
      component in
      [1.0, -1].map { sign in
        form.linear.indices.map { $0 == component ? sign : 0 }
      }
    }
  }

  /// The first point of a ray that loses the target, searched on a grid up to a reach and then
  /// between two of its points; nil where no point of the grid does.
  private func crossing(_ direction: [Double], target: Double, reach: Double) -> Optimum? {
    let length = Self.norm(direction)
    guard length > 0 else { return nil }
    let unit = Self.scaled(direction, 1 / length)
    let radii = (1...Self.raySampleCount).map {
      reach * Double($0) / Double(Self.raySampleCount)
    }
    let values = losses(radii.map { Self.scaled(unit, $0) })
    guard let first = values.firstIndex(where: { $0 >= target }) else { return nil }
    var (low, high) = (first == 0 ? 0 : radii[first - 1], radii[first])
    var (below, above) = ((first == 0 ? 0 : values[first - 1]) - target, values[first] - target)
    for _ in 0..<Self.refinementCountMax {
      if above <= 1e-12 * target || high - low <= 1e-15 * high { break }
      let width = high - low
      let straight = low - below * width / (above - below)
      // Around the root of the straight line, nearer and nearer, and in the middle.
      let radii =
        ([low + width / 2, straight]
        + Self.refinements.flatMap { [straight - width * $0, straight + width * $0] })
        .filter { $0 > low && $0 < high }.sorted()
      if radii.isEmpty { break }
      for (radius, value) in zip(radii, losses(radii.map { Self.scaled(unit, $0) })) {
        if value >= target {
          (high, above) = (radius, value - target)
          break
        }
        (low, below) = (radius, value - target)
      }
    }
    let lossAbove = above + target
    return Optimum(point: Self.scaled(unit, high), distance: high, loss: lossAbove)
  }

  /// A local optimum from a crossing point on.
  private func improved(_ start: Optimum, target: Double) -> Optimum {
    var best = start
    for _ in 0..<Self.stepCountMax {
      let slope = slope(at: best.point)
      if Self.isAligned(best.point, slope) { break }
      var candidates: [[Double]] = []
      if let led = model(at: best, slope, target: target) { candidates.append(led) }
      candidates.append(slope)
      guard let next = confirmed(candidates, from: best, target: target) else { break }
      let gain = best.distance - next.distance
      best = next
      if gain <= 1e-9 * best.distance { break }
    }
    return best
  }

  /// The first of some directions, at ever smaller turns, in which the target is lost nearer.
  private func confirmed(
    _ candidates: [[Double]], from best: Optimum, target: Double
  ) -> Optimum? {
    for candidate in candidates {
      let goal = Self.scaled(candidate, best.distance / Self.norm(candidate))
      for turn in [1.0, 0.5, 0.25, 0.1, 0.03, 0.01] {
        let mixed = zip(best.point, goal).map { $0 + turn * ($1 - $0) }
        let length = Self.norm(mixed)
        guard length > 0 else { continue }
        let border = Self.scaled(mixed, best.distance * (1 - 1e-12) / length)
        guard losses([border])[0] > target else { continue }
        if let point = crossing(border, target: target, reach: Self.norm(border)) { return point }
      }
    }
    return nil
  }

  /// The nearest point of the quadratic problem that agrees with full revaluation at a point; nil
  /// where it has none.
  private func model(at best: Optimum, _ slope: [Double], target: Double) -> [Double]? {
    let local = LocalModel(form, at: best, slope)
    let missing = target - local.constant
    guard missing > 0, missing.isFinite else { return nil }
    return EllipsoidStress(local.loss).nearest(losing: missing)?.scenario
  }

  /// Adds a point that is not there yet.
  private func add(_ optimum: Optimum, to found: inout [Optimum]) {
    let isKnown = found.contains { known in
      let gap = zip(known.point, optimum.point).map { $0 - $1 }
      return Self.norm(gap) <= 0.05 * max(known.distance, optimum.distance)
    }
    if !isKnown { found.append(optimum) }
  }

  /// The best first, and those within the share of it.
  private static func nearBest(
    _ found: [Optimum], by size: (Optimum) -> Double
  ) -> [Optimum] {
    let order = found.indices.sorted { (size(found[$0]), $0) < (size(found[$1]), $1) }
    guard let best = order.first.map({ size(found[$0]) }) else { return [] }
    let near = order.filter { size(found[$0]) - best <= nearBestShare * abs(best) }
    return near.prefix(optimumCountMax).map { found[$0] }
  }

  // MARK: Worst

  /// The worst points of a ball, the worst first, all within 10 % of its loss.
  func worst(radius: Double) -> [Optimum] {
    let led = EllipsoidStress(form).worstCase(radius: radius)
    var starts = [led.scenario, led.twin].compactMap(\.self)
    let axes = axes.map { Self.scaled($0, radius) }
    let values = losses(axes)
    // The two worst axes are enough to leave the side that the form takes for the worst.
    let order = values.indices.sorted { (-values[$0], $0) < (-values[$1], $1) }
    starts += order.prefix(2).map { axes[$0] }
    var found: [Optimum] = []
    for (start, loss) in zip(starts, losses(starts)) {
      let point = Optimum(point: start, distance: Self.norm(start), loss: loss)
      add(worsened(point, radius: radius), to: &found)
    }
    return Self.nearBest(found) { -$0.loss }
  }

  /// A local optimum in the ball from a point on.
  private func worsened(_ start: Optimum, radius: Double) -> Optimum {
    var best = start
    for _ in 0..<Self.stepCountMax {
      let slope = slope(at: best.point)
      let length = Self.norm(slope)
      guard length > 0 else { break }
      let local = LocalModel(form, at: best, slope)
      let goals = [
        EllipsoidStress(local.loss).worstCase(radius: radius).scenario,
        Self.scaled(slope, radius / length)
      ]
      var points: [[Double]] = []
      for goal in goals {
        for turn in [1.0, 0.5, 0.25, 0.1, 0.03, 0.01] {
          let mixed = zip(best.point, goal).map { $0 + turn * ($1 - $0) }
          let size = Self.norm(mixed)
          points.append(mixed)
          if size > 0 && size < radius { points.append(Self.scaled(mixed, radius / size)) }
        }
      }
      let values = losses(points)
      guard let place = values.indices.max(by: { values[$0] < values[$1] }) else { break }
      let gain = values[place] - best.loss
      if !(gain > 1e-10 * abs(best.loss)) { break }
      best = Optimum(
        point: points[place], distance: min(Self.norm(points[place]), radius), loss: values[place])
    }
    return best
  }

  // MARK: Geometry

  /// Slope of the loss by central differences.
  private func slope(at point: [Double]) -> [Double] {
    let step = Self.differenceStep
    var points: [[Double]] = []
    for component in point.indices {
      for sign in [1.0, -1] {
        var moved = point
        moved[component] += sign * step
        points.append(moved)
      }
    }
    let values = losses(points)
    return point.indices.map { (values[2 * $0] - values[2 * $0 + 1]) / (2 * step) }
  }

  /// Whether a point lies along the slope: no direction nearby is better to first order.
  private static func isAligned(_ point: [Double], _ slope: [Double]) -> Bool {
    let (length, steepness) = (norm(point), norm(slope))
    guard length > 0, steepness > 0 else { return true }
    let gap = zip(point, slope).map { $0 / length - $1 / steepness }
    return norm(gap) <= 1e-5
  }

  static func norm(_ vector: [Double]) -> Double {
    OrderedSum.total(of: vector.map { $0 * $0 }).squareRoot()
  }

  static func scaled(_ vector: [Double], _ factor: Double) -> [Double] {
    vector.map { $0 * factor }
  }
}

/// The quadratic loss that has value and slope of full revaluation at a point and the curvature of
/// the form: constant + b'z + sum q z^2.
private struct LocalModel {
  let constant: Double
  let loss: QuadraticLoss

  init(_ form: QuadraticLoss, at point: StressSearch.Optimum, _ slope: [Double]) {
    let z = point.point
    let b = z.indices.map { slope[$0] - 2 * form.quadratic[$0] * z[$0] }
    loss = QuadraticLoss(constant: 0, linear: b, quadratic: form.quadratic)
    constant = point.loss - loss.value(at: z)
  }
}
