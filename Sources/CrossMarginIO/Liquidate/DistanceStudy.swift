// Distances, cures, triage and surfaces of a book's accounts.

import CrossMargin
import PortfolioModel

/// What a study of distances found.
public struct DistanceResults: Sendable {
  /// Days over which moves are meant.
  public var horizonDays: Double
  /// Distance up to which points are judged by full revaluation.
  public var rescannedWithin: Double
  /// The nearest liquidation of every account with margin, by its form, in their order.
  public var forms: SpilledForms
  /// The nearest liquidations of the nearest accounts by full revaluation, nearest first.
  public var refined: [RefinedDistance]
  /// Cures of accounts without surplus, then of the nearest ones.
  public var cures: [AccountCures]
  /// What cures cost and where they lead.
  public var cureSettings: CureSettings
  /// Verdicts with the requirement frozen. [accounts]
  public var frozenTriage: [TriageVerdict]
  /// Verdicts with the requirement scanned again. [accounts]
  public var rescannedTriage: [TriageVerdict]
  /// Largest probability of liquidation of an account that is skipped, for normal moves.
  public var skippedProbabilityMax: Double
  /// Surfaces of the nearest accounts with options.
  public var surfaces: [HealthSurface]

  /// The sum over refined accounts that have both points of what rescanning changes: surplus at the
  /// point of the frozen requirement, USD, and how many there are.
  public var rescanningOfRefined: (sumUSD: Double, count: Int) {
    let gaps = refined.compactMap(\.surplusAtFrozenPointUSD)
    return (gaps.reduce(0, +), gaps.count)
  }

  /// The same over all accounts whose point of the form is within `rescannedWithin`: surplus there with
  /// the requirement scanned again less that with the requirement frozen.
  public var rescanningOfBook: (sumUSD: Double, tighterUSD: Double, count: Int) {
    var result = (sumUSD: 0.0, tighterUSD: 0.0, count: 0)
    for form in forms {
      guard let rescanned = form.rescannedSurplusUSD, let frozen = form.frozenSurplusUSD else {
        continue
      }
      let gapUSD = rescanned - frozen
      result.sumUSD += gapUSD
      result.tighterUSD += min(gapUSD, 0)
      result.count += 1
    }
    return result
  }

  func parts(of results: LiquidateResults) -> [any LiquidatePart] {
    [
      DistancePart(names: results.accountNames, distance: self),
      RootsPart(results: results),
      CuresPart(names: results.accountNames, distance: self),
      SurfacePart(names: results.accountNames, distance: self)
    ]
  }
}

/// Computes the distances of a study.
struct DistanceStudy {
  let health: HealthRun
  let settings: LiquidationStudySettings
  let scratchFolder: String
  let threadCount: Int

  /// Farther points are not judged again: their probabilities have no digits.
  private static let rescannedWithin = 8.0
  private static let surfaceCountMax = 3

  private var cureSettings: CureSettings {
    CureSettings(
      tradeCostFraction: settings.tradeCostFraction, capitalCostAnnual: settings.capitalCostAnnual,
      horizonDays: settings.horizonDays, bufferFraction: settings.cureBufferFraction)
  }

  private func run() throws -> DistanceRun {
    try DistanceRun(health, horizonDays: settings.horizonDays)
  }

  /// Distances of all accounts by their forms, and nothing else yet.
  func forms(today: [AccountHealth?]) throws -> DistanceResults {
    let run = try run()
    let spill = try FormSpill(factors: run.factors, folder: scratchFolder)
    try run.forEachFormBlock(
      today: today, rescannedWithin: Self.rescannedWithin, threadCount: threadCount
    ) { try spill.append($0) }
    return DistanceResults(
      horizonDays: settings.horizonDays, rescannedWithin: Self.rescannedWithin,
      forms: try spill.finish(),
      refined: [], cures: [], cureSettings: cureSettings, frozenTriage: [], rescannedTriage: [],
      skippedProbabilityMax: 0, surfaces: [])
  }

  /// Verdicts on all accounts.
  func addTriage(to results: inout DistanceResults, today: [AccountHealth?]) throws {
    let run = try run()
    let frozen = TriageRun(run)
    results.frozenTriage = try frozen.verdicts(today: today, threadCount: threadCount)
    results.rescannedTriage = try TriageRun(run, requirement: .rescanned).verdicts(
      today: today, threadCount: threadCount)
    results.skippedProbabilityMax = frozen.probabilityMax
  }

  /// Points by full revaluation, cures and surfaces of the nearest accounts.
  func addNearest(to results: inout DistanceResults) throws {
    let run = try run()
    let nearest = least(results.forms) { $0.found.point?.distance }
    let lost = least(results.forms) { $0.surplusUSD < 0 ? $0.surplusUSD : nil }
    let refined = try run.refined(nearest, threadCount: threadCount).compactMap(\.self)
    results.refined = refined
    results.cures = try CureRun(health, cureSettings).cures(
      of: lost + nearest, threadCount: threadCount
    ).compactMap(\.self)
    results.surfaces = try surfaces(run, refined)
  }

  /// The accounts with the least values, of those that have one: as many as are refined.
  private func least(
    _ forms: SpilledForms, _ value: (FormDistance) -> Double?
  ) -> [AccountIndex] {
    let valued = forms.compactMap { form in value(form).map { ($0, form.account) } }
    return valued.sorted { $0 < $1 }.prefix(settings.refinedCount).map(\.1)
  }

  private func surfaces(
    _ run: DistanceRun, _ refined: [RefinedDistance]
  ) throws -> [HealthSurface] {
    var surfaces: [HealthSurface] = []
    for found in refined where run.holdsOptions(found.account) {
      if surfaces.count == Self.surfaceCountMax { break }
      let surface = try run.surface(
        of: found.account, nearest: found.rescanned.point?.distance, threadCount: threadCount)
      if let surface { surfaces.append(surface) }
    }
    return surfaces
  }
}
