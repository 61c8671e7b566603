// The accounts of one day with what was known about them, and who had no surplus on the next.

import PortfolioModel
import RiskNumerics

/// One account on one day.
public struct PredictionObservation: Sendable, Equatable {
  /// Name of the account.
  public var account: String
  /// Values in the order of `PredictionFeature`.
  public var features: [Double]
  /// Distance of all that it holds today, as in `PredictionFeature.distance`.
  public var distanceToday: Double
  /// Probability that a t move goes at least as far as `PredictionFeature.distance`, with the degrees
  /// of freedom that fit the history.
  public var tail: Double
  /// Share of drawn moves, full revaluation, that leave no surplus: t moves of the covariance of the
  /// history, requirement of today.
  public var simulated: Double
  /// Whether its surplus is below zero on the next market.
  public var isLiquidated: Bool

  /// All fields in order; one feature for each case of `PredictionFeature`.
  public init(
    account: String, features: [Double], distanceToday: Double, tail: Double, simulated: Double,
    isLiquidated: Bool
  ) {
    precondition(features.count == PredictionFeature.allCases.count, "one value per feature")
    self.account = account
    self.features = features
    self.distanceToday = distanceToday
    self.tail = tail
    self.simulated = simulated
    self.isLiquidated = isLiquidated
  }

  /// A value by name.
  public subscript(_ feature: PredictionFeature) -> Double { features[feature.position] }
}

/// All accounts of a book that have surplus, and whether they have it on the next market, with the same
/// holdings and the requirement scanned again there.
public struct PredictionDay: Sendable, Equatable {
  /// When features were known.
  public var time: UTCTime
  /// When outcomes were.
  public var nextTime: UTCTime
  /// Accounts with surplus and equity that can be valued on both markets, in their order.
  public var observations: [PredictionObservation]
  /// Accounts that have no surplus already.
  public var liquidatableCount: Int
  /// Accounts that have no margin today.
  public var unmarginedCount: Int
  /// Accounts with surplus that cannot be valued on the next market.
  public var unresolvedCount: Int

  /// Draws of moves behind `simulated`.
  public static let drawCount = 1_024

  /// A day of accounts that were observed elsewhere.
  public init(time: UTCTime, nextTime: UTCTime, observations: [PredictionObservation]) {
    precondition(time < nextTime, "an outcome comes after its features")
    self.time = time
    self.nextTime = nextTime
    self.observations = observations
    (liquidatableCount, unmarginedCount, unresolvedCount) = (0, 0, 0)
  }

  /// Observes a book and its outcome on the market of a later book, whose own accounts do not matter.
  /// - Throws: `RunError.historyTooShort` where the book has no past to estimate a covariance from.
  public init(
    book: Book, settings: RunSettings, next: Book, threadCount: Int
  ) throws {
    precondition(
      book.market.valuationTime < next.market.valuationTime, "the next market is a later one")
    guard let history = book.market.history else {
      throw RunError.historyTooShort(set: "prediction", found: 0, needed: 2)
    }
    var bare = settings
    bare.scenarioSets = []
    var later = bare
    later.analytic = nil
    var analytic = AnalyticSettings()
    analytic.distribution = .student(degrees: .fitted)
    analytic.horizonDays = book.market.valuationTime.days(to: next.market.valuationTime)
    analytic.drawCount = Self.drawCount
    bare.analytic = analytic
    let run = try PreparedRun(book: book, settings: bare, threadCount: threadCount) { _ in }
    guard let plan = run.analytic else { preconditionFailure("an analytic section was asked for") }
    let transfer = HoldingsTransfer(from: book, to: next)
    let after = try PreparedRun(
      book: transfer.book, settings: later, threadCount: threadCount
    ) { _ in }
    let lastMoves = FeatureReader.lastMoves(
      plan.model.factors, history, settings.historyProxies)
    time = book.market.valuationTime
    nextTime = next.market.valuationTime
    observations = []
    (liquidatableCount, unmarginedCount, unresolvedCount) = (0, 0, 0)
    let parts = try run.blocks.joined(threadCount: threadCount) { accounts in
      [
        try Self.part(
          accounts, run, FeatureReader(run, plan, lastMoves: lastMoves), plan,
          ExpiryRoll(run, until: next.market.valuationTime), transfer, after)
      ]
    }
    for part in parts {
      observations += part.observations
      liquidatableCount += part.liquidatableCount
      unmarginedCount += part.unmarginedCount
      unresolvedCount += part.unresolvedCount
    }
    let near = observations.count { $0[.distance] < Self.nearDistance }
    let share = observations.isEmpty ? 0 : Double(near) / Double(observations.count)
    for place in observations.indices {
      observations[place].features[PredictionFeature.nearFraction.position] = share
    }
  }

  /// Accounts nearer than this are near, standard deviations.
  private static let nearDistance = 2.0

  private struct Part: Sendable {
    var observations: [PredictionObservation] = []
    var liquidatableCount = 0
    var unmarginedCount = 0
    var unresolvedCount = 0
  }

  private static func part(
    _ accounts: Range<Int>, _ run: PreparedRun, _ reader: FeatureReader, _ plan: AnalyticPlan,
    _ roll: ExpiryRoll, _ transfer: HoldingsTransfer, _ after: PreparedRun
  ) throws(RunError) -> Part {
    var reader = reader
    var part = Part()
    let candidates = try run.liquidationCandidates(accounts)
    part.unmarginedCount = accounts.count - candidates.count
    let alive = candidates.filter { $0.surplusUSD >= 0 && $0.equityUSD > 0 }
    part.liquidatableCount = candidates.count - alive.count
    let outcomes = try after.health(
      alive.map { transfer.holdings($0.holdings, from: run.market, to: after.market) })
    let rolled = try roll.rolled(alive)
    let simulated = Self.simulated(alive, plan)
    for (place, candidate) in alive.enumerated() {
      guard let outcome = outcomes[place] else {
        part.unresolvedCount += 1
        continue
      }
      let distanceToday = try reader.distance(candidate)
      var features = [Double](repeating: 0, count: PredictionFeature.allCases.count)
      if rolled[place].equityUSD > 0 {
        features = try reader.features(rolled[place], distanceToday: distanceToday)
      }
      part.observations.append(
        PredictionObservation(
          account: run.book.portfolio.accounts[candidate.account.position].name,
          features: features, distanceToday: distanceToday,
          tail: Self.tail(features[PredictionFeature.distance.position], degrees: plan.degrees),
          simulated: simulated[place], isLiquidated: outcome.surplusUSD < 0))
    }
    return part
  }

  /// Probability beyond a distance in units of the standard deviation.
  private static func tail(_ distance: Double, degrees: Double?) -> Double {
    guard let degrees else { return NormalDistribution.cdf(-distance) }
    let scale = (degrees / (degrees - 2)).squareRoot()
    return StudentDistribution(degrees: degrees).tailProbability(distance * scale)
  }

  private static let batchAccountCount = 64

  private static func simulated(
    _ candidates: [LiquidationCandidate], _ plan: AnalyticPlan
  ) -> [Double] {
    let drawCount = plan.draws.set.scenarioCount
    var result: [Double] = []
    result.reserveCapacity(candidates.count)
    while result.count < candidates.count {
      let first = result.count
      let batch = candidates[first..<min(first + batchAccountCount, candidates.count)]
      var quantities = SparseQuantities(columnCount: plan.columns.count)
      for candidate in batch {
        candidate.holdings.forEachColumn(plan.columns) {
          quantities.append(column: $0, quantity: $1)
        }
        quantities.endUnit()
      }
      var profits = ProfitColumns(scenarioCount: drawCount)
      profits.fill(quantities, units: 0..<batch.count, unitProfits: plan.draws.unitProfitUSD)
      for (unit, candidate) in batch.enumerated() {
        let count = profits.withColumn(unit: unit) { values in
          var count = 0
          for draw in values.indices where candidate.surplusUSD + values[draw] < 0 { count += 1 }
          return count
        }
        result.append(Double(count) / Double(drawCount))
      }
    }
    return result
  }
}
