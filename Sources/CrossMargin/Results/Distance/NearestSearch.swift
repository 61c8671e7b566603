// The nearest zero of a surplus in independent standard moves, by full revaluation.

import RiskNumerics

/// Searches the point nearest to none at which the surplus of an account is zero, led by the
/// second-order form of its profit.
///
/// Starts are the nearest points of the form, both directions of every eigenvector of its curvature,
/// and the rays that are handed over. What is asked of the surplus is its value at points, so that it
/// may contain a requirement that is scanned again.
package struct NearestSearch {
  /// A zero that was found.
  package struct Zero: Sendable, Equatable {
    /// z [components].
    package var point: [Double]
    /// A second point as near [components].
    package var twin: [Double]?
    /// |z|.
    package var distance: Double
    /// Slope of the surplus there, USD per standard deviation [components].
    package var slopesUSD: [Double]
  }

  /// Distances beyond have no meaning: nothing is searched there.
  package static let distanceMax = 40.0

  private let surplusUSD: Double
  private let search: StressSearch
  /// z = turn y, where y are the own directions of the form.
  private let turn: Matrix
  private let surpluses: ([[Double]]) -> [Double]

  /// - Parameters:
  ///   - surplusUSD: the surplus without moves, positive.
  ///   - slopesUSD: slope of the form in z [components].
  ///   - curvatureUSD: its curvature, symmetric [components x components].
  ///   - rays: directions in z to start from, in both signs.
  ///   - surpluses: surpluses at points z, USD; where one is not finite nothing is lost.
  package init(
    surplusUSD: Double, slopesUSD: [Double], curvatureUSD: Matrix, rays: [[Double]],
    surpluses: @escaping ([[Double]]) -> [Double]
  ) throws(LinearAlgebraError) {
    precondition(surplusUSD > 0, "an account without surplus is there already")
    let count = slopesUSD.count
    let form = try DeltaGammaLoss(
      delta: slopesUSD.map { $0 / surplusUSD },
      gamma: Matrix(
        rowCount: count, columnCount: count,
        elements: curvatureUSD.elements.map { $0 / surplusUSD }), factor: .identity(count))
    let turn = form.basis
    self.surplusUSD = surplusUSD
    self.turn = turn
    self.surpluses = surpluses
    var search = StressSearch(form: form.quadratic) { points in
      surpluses(points.map { LinearAlgebra.product(turn, vector: $0) }).map {
        let loss = 1 - $0 / surplusUSD
        return loss.isFinite ? loss : 0
      }
    }
    search.distanceMax = Self.distanceMax
    search.rays = rays.flatMap { ray in
      let length = StressSearch.norm(ray)
      if !(length > 0) { return [] as [[Double]] }
      let own = LinearAlgebra.product(
        turn, .transposed, vector: StressSearch.scaled(ray, 1 / length))
      return [own, own.map(-)]
    }
    self.search = search
  }

  /// The nearest zero within `distanceMax`; nil where none was found.
  package func nearest() -> Zero? {
    let found = search.nearest(losing: 1)
    guard let best = found.first else { return nil }
    let point = LinearAlgebra.product(turn, vector: best.point)
    // A search ends within 1e-9 of its optimum: two that end so near each other are as near.
    let twin = found.dropFirst().first { $0.distance <= best.distance * (1 + 1e-6) }
    let polished = polished(point)
    return Zero(
      point: polished,
      twin: twin.map { self.polished(LinearAlgebra.product(turn, vector: $0.point)) },
      distance: StressSearch.norm(polished), slopesUSD: slopes(at: polished))
  }

  // MARK: Polishing

  private static let polishCountMax = 12
  /// Step of the second differences of a local model, standard deviations.
  private static let modelStep = 0.02

  /// A nearer zero beside one that was found: the curvature, which the search takes from the form, is
  /// that of the surplus at the point, which matters far out, where the form's is another.
  private func polished(_ start: [Double]) -> [Double] {
    var point = start
    for _ in 0..<Self.polishCountMax {
      guard let next = goals(at: point).lazy.compactMap({ nearer(than: point, towards: $0) }).first
      else { break }
      let gain = StressSearch.norm(point) - StressSearch.norm(next)
      point = next
      if gain <= 1e-12 * StressSearch.norm(point) { break }
    }
    return point
  }

  /// The nearest points of the local quadratic model, and of the local plane.
  private func goals(at point: [Double]) -> [[Double]] {
    let slopes = slopes(at: point)
    let square = slopes.reduce(0) { $0 + $1 * $1 }
    let value = surpluses([point])[0]
    guard square > 0, square.isFinite, value.isFinite else { return [] }
    let along = zip(slopes, point).reduce(0) { $0 + $1.0 * $1.1 }
    let plane = slopes.map { $0 * (along - value) / square }
    guard let bend = bend(at: point, value: value) else { return [plane] }
    let pull = LinearAlgebra.product(bend, vector: point)
    let atOrigin = value - along + zip(point, pull).reduce(0) { $0 + $1.0 * $1.1 } / 2
    guard atOrigin > 0, atOrigin.isFinite,
      let stress = try? EllipsoidStress(
        gradient: zip(slopes, pull).map { $0 - $1 }, curvature: bend),
      let led = stress.nearest(losing: atOrigin)
    else { return [plane] }
    return [led.scenario, led.twin, plane].compactMap(\.self)
  }

  /// Second differences of the surplus; nil where they are not finite.
  private func bend(at point: [Double], value: Double) -> Matrix? {
    let (step, count) = (Self.modelStep, point.count)
    func moved(_ row: Int, _ a: Double, _ column: Int, _ b: Double) -> [Double] {
      var moved = point
      moved[row] += a * step
      moved[column] += b * step
      return moved
    }
    var points: [[Double]] = []
    for row in 0..<count {
      for column in 0...row {
        points.append(moved(row, 0.5, column, 0.5))
        points.append(moved(row, -0.5, column, -0.5))
        points.append(moved(row, 0.5, column, -0.5))
        points.append(moved(row, -0.5, column, 0.5))
      }
    }
    let values = surpluses(points)
    var bend = Matrix(rowCount: count, columnCount: count)
    var place = 0
    for row in 0..<count {
      for column in 0...row {
        let second = values[place] + values[place + 1] - values[place + 2] - values[place + 3]
        bend[row, column] = second / (step * step)
        bend[column, row] = bend[row, column]
        place += 4
      }
    }
    return bend.isFinite ? bend : nil
  }

  /// The first of some turns from a zero towards a goal along which a zero lies nearer.
  private func nearer(than point: [Double], towards goal: [Double]) -> [Double]? {
    let (distance, length) = (StressSearch.norm(point), StressSearch.norm(goal))
    guard length > 0, distance > 0 else { return nil }
    let target = StressSearch.scaled(goal, distance / length)
    let turns = [1, 0.5, 0.25, 0.1, 0.03, 0.01, 0.003]
    let units = turns.compactMap { turn -> [Double]? in
      let mixed = zip(point, target).map { $0 + turn * ($1 - $0) }
      let size = StressSearch.norm(mixed)
      return size > 0 ? StressSearch.scaled(mixed, 1 / size) : nil
    }
    let borders = surpluses(units.map { StressSearch.scaled($0, distance * (1 - 1e-13)) })
    guard let first = borders.firstIndex(where: { $0 <= 0 }) else { return nil }
    let unit = units[first]
    var (low, high) = (0.0, distance * (1 - 1e-13))
    for _ in 0..<60 {
      let middle = low + (high - low) / 2
      if middle <= low || middle >= high { break }
      if surpluses([StressSearch.scaled(unit, middle)])[0] <= 0 {
        high = middle
      } else {
        low = middle
      }
    }
    return StressSearch.scaled(unit, high)
  }

  /// Step of central differences, standard deviations.
  private static let slopeStep = 1e-4
  /// Of second ones: wide enough that the kinks of a requirement do not stand for its bend.
  private static let bendStep = 0.05

  private func slopes(at point: [Double]) -> [Double] {
    let steps = point.indices.flatMap { component in
      [Self.slopeStep, -Self.slopeStep].map { step in
        var moved = point
        moved[component] += step
        return moved
      }
    }
    let values = surpluses(steps)
    return point.indices.map {
      (values[2 * $0] - values[2 * $0 + 1]) / (2 * Self.slopeStep)
    }
  }

  /// Curvatures kappa of the border at a zero, per standard deviation, positive bending away: second
  /// differences of the surplus across the slope, over its length; nil where they are not finite.
  /// [components - 1]
  package func curvatures(at zero: Zero) throws(LinearAlgebraError) -> [Double]? {
    let length = StressSearch.norm(zero.slopesUSD)
    guard length > 0, length.isFinite else { return nil }
    let tangents = Self.tangents(to: zero.slopesUSD)
    let step = Self.bendStep
    func value(_ left: Int, _ a: Double, _ right: Int, _ b: Double) -> Double {
      surpluses([
        zero.point.indices.map {
          zero.point[$0] + step * (a * tangents[left][$0] + b * tangents[right][$0])
        }
      ])[0]
    }
    let centre = surpluses([zero.point])[0]
    var bend = Matrix(rowCount: tangents.count, columnCount: tangents.count)
    for row in tangents.indices {
      for column in 0...row {
        let second =
          row == column
          ? value(row, 1, row, 0) + value(row, -1, row, 0) - 2 * centre
          : (value(row, 1, column, 1) + value(row, -1, column, -1) - value(row, 1, column, -1)
            - value(row, -1, column, 1)) / 4
        bend[row, column] = second / (step * step * length)
        bend[column, row] = bend[row, column]
      }
    }
    guard bend.isFinite else { return nil }
    return try LinearAlgebra.symmetricEigen(bend).values
  }

  /// Unit vectors across a direction and each other, by Gram and Schmidt. [components - 1]
  private static func tangents(to direction: [Double]) -> [[Double]] {
    var basis = [StressSearch.scaled(direction, 1 / StressSearch.norm(direction))]
    for component in direction.indices where basis.count < direction.count {
      var vector = direction.indices.map { $0 == component ? 1.0 : 0 }
      // Twice, so that rounding leaves nothing of the others.
      for _ in 0..<2 {
        for known in basis {
          let along = zip(vector, known).reduce(0) { $0 + $1.0 * $1.1 }
          vector = zip(vector, known).map { $0 - along * $1 }
        }
      }
      let length = StressSearch.norm(vector)
      // Of the unit vectors at most one lies nearly within the span of the others.
      if length > 1e-3 { basis.append(StressSearch.scaled(vector, 1 / length)) }
    }
    return Array(basis.dropFirst())
  }
}
