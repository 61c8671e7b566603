// Scenarios drawn from the covariance of past moves.

import PortfolioModel
import RiskNumerics

extension ScenarioSet {
  /// Draws of correlated moves with mean zero. A draw is a function of the seed, its scenario number
  /// and the rank of its factor among the names of the model.
  static func monteCarlo(
    _ settings: MonteCarloSettings, name: String, model: FactorModel, seed: UInt64
  ) throws(RunError) -> ScenarioSet {
    var model = model
    if let stress = settings.correlationStress { model = try model.stressed(stress) }
    let draws = try MoveDraws(settings, name: name, model: model, seed: seed)
    let columns = zip(
      model.factors, try draws.moves(MoveDraws.factor(settings, model))
    ).map { factor, moves in
      FactorColumn(name: factor, moves: moves, presence: .spread)
    }
    var set = ScenarioSet(
      name: name, kind: "monte_carlo",
      labels: (0..<settings.scenarioCount).map { "draw \($0)" }, columns: columns)
    set.weighting = .sample
    set.warnings = model.warnings
    return set
  }

  /// Paths of `stepCount` equal and independent steps over the horizon of the settings: the k-th set
  /// holds the moves from today to the end of step k, a path being one scenario of all sets. A step is
  /// a function of the seed, its number, the path and the factor, the first one drawn as
  /// `monteCarlo` draws. Tilted paths have weights that sum to about their number; others weigh 1.
  static func paths(
    _ settings: MonteCarloSettings, stepCount: Int, isTilted: Bool, name: String,
    model: FactorModel, seed: UInt64
  ) throws(RunError) -> (sets: [ScenarioSet], weights: [Double]) {
    precondition(stepCount >= 1, "a path has a step")
    var model = model
    if let stress = settings.correlationStress { model = try model.stressed(stress) }
    var step = settings
    step.horizonDays = settings.horizonDays / Double(stepCount)
    let factor = try MoveDraws.factor(settings, model)
    let tilts = isTilted ? PathTilts(factor: factor.matrix) : nil
    let pathCount = settings.scenarioCount
    let root = Double(stepCount).squareRoot()
    let zeros = [Double](repeating: 0, count: pathCount)
    var moves = [[Double]](repeating: zeros, count: model.factors.count)
    var sums = [[Double]](repeating: zeros, count: tilts == nil ? 0 : factor.matrix.columnCount)
    var sets: [ScenarioSet] = []
    for number in 0..<stepCount {
      var draws = try MoveDraws(
        step, name: name, model: model, seed: seed, stream: UInt32(number))
      if let tilts { draws.add(tilts, stepRoot: root, to: &sums) }
      for (position, column) in try draws.moves(factor).enumerated() {
        for path in column.indices { moves[position][path] += column[path] }
      }
      var set = ScenarioSet(
        name: name, kind: "paths", labels: (0..<pathCount).map { "path \($0)" },
        columns: zip(model.factors, moves).map { factor, moves in
          FactorColumn(name: factor, moves: moves, presence: .spread)
        })
      set.weighting = .sample
      sets.append(set)
    }
    let weights = tilts?.weights(sums: sums, pathCount: pathCount)
    return (sets, weights ?? [Double](repeating: 1, count: pathCount))
  }
}

/// Moves of all factors. Normals of factors come first among the coordinates, the mixing variable of
/// t distributions is one more, so that all distributions share their normals.
private struct MoveDraws {
  private let settings: MonteCarloSettings
  private let name: String
  private let model: FactorModel
  private var normals: ScenarioMatrix

  init(
    _ settings: MonteCarloSettings, name: String, model: FactorModel, seed: UInt64,
    stream: UInt32 = 0
  ) throws(RunError) {
    self.settings = settings
    self.name = name
    self.model = model
    let isMixed = settings.distribution != .normal
    normals = try Self.normals(
      settings, coordinateCount: model.factors.count + (isMixed ? 1 : 0), seed: seed,
      stream: stream, set: name)
  }

  /// The factor of the covariance of a day.
  static func factor(
    _ settings: MonteCarloSettings, _ model: FactorModel
  ) throws(RunError) -> Covariance.Factor {
    switch settings.sampling {
    case .random: try model.dailyFactor()
    case .sobol: try model.orderedDailyFactor()
    }
  }

  /// Shifts the normals of one step of paths, and adds what they are then to the sums.
  mutating func add(_ tilts: PathTilts, stepRoot: Double, to sums: inout [[Double]]) {
    for path in 0..<settings.scenarioCount {
      let shift = tilts.shift(ofPath: path)
      for column in sums.indices {
        let normal = normals[scenario: path, column: column] + (shift?[column] ?? 0) / stepRoot
        normals[scenario: path, column: column] = normal
        sums[column][path] += normal / stepRoot
      }
    }
  }

  /// [factors][scenarios]
  func moves(_ factor: Covariance.Factor) throws(RunError) -> [[Double]] {
    let scale = settings.horizonDays.squareRoot()
    let factorCount = model.factors.count
    let correlated = factor.moves(normals: normals, scale: scale, threadCount: 1)
    switch settings.distribution {
    case .normal:
      return correlated
    case .student(let tail):
      let degrees = try model.degrees(tail, set: name)
      let mixing = Self.mixing(normals.column(factorCount), degrees: degrees)
      let unit = ((degrees - 2) / degrees).squareRoot()
      return correlated.map { column in zip(column, mixing).map { $0 * ($1 * unit) } }
    case .studentCopula(let tail):
      let degrees = try model.degrees(tail, set: name)
      let mixing = Self.mixing(normals.column(factorCount), degrees: degrees)
      let shared = StudentDistribution(degrees: degrees)
      return zip(correlated, zip(model.fittedTails(), model.covariance.diagonal)).map {
        column, margin in
        let deviation = margin.1.squareRoot() * scale
        // A factor with too few moves for a tail of its own has the shared one.
        let own = margin.0 ?? shared
        let unit = ((own.degrees - 2) / own.degrees).squareRoot() * deviation
        return zip(column, mixing).map { move, factor in
          guard deviation > 0 else { return 0 }
          // The smaller of the two tails keeps its digits.
          let distance = abs(move / deviation * factor)
          let tail = shared.tailProbability(distance)
          return tail == 0.5 ? 0 : (move < 0 ? unit : -unit) * own.quantile(tail)
        }
      }
    }
  }

  private static func normals(
    _ settings: MonteCarloSettings, coordinateCount: Int, seed: UInt64, stream: UInt32,
    set: String
  ) throws(RunError) -> ScenarioMatrix {
    switch settings.sampling {
    case .random:
      return Philox.normals(
        seed: seed, stream: stream, scenarioCount: settings.scenarioCount,
        factorCount: coordinateCount, threadCount: 1)
    case .sobol:
      guard coordinateCount <= SobolSequence.dimensionCountMax else {
        throw .tooManyFactors(
          set: set, found: coordinateCount, most: SobolSequence.dimensionCountMax)
      }
      return SobolSequence(dimensionCount: coordinateCount).normals(
        seed: seed, stream: stream, scenarioCount: settings.scenarioCount, threadCount: 1)
    }
  }

  /// sqrt(degrees / Y) with Y chi-square, from one normal for each scenario.
  private static func mixing(_ normals: [Double], degrees: Double) -> [Double] {
    let distribution = ChiSquareDistribution(degrees: degrees)
    return normals.map { normal in
      (degrees / distribution.quantile(NormalDistribution.cdf(normal))).squareRoot()
    }
  }
}
