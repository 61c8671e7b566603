// A book in the scenarios of its first sampled set: what losses of all accounts are read from.

import PortfolioModel
import RiskNumerics

/// A run with the first set of a book that is a sample: history, Monte Carlo or bootstrap.
struct SampledRun: Sendable {
  let run: PreparedRun
  let reading: ValuedScenarios
  /// How tails of the set are measured.
  let rules: TailMeasureRules
  /// Days that the scenarios cover.
  let horizonDays: Double

  /// Prepares a book; nil where no set is a sample.
  init?(book: Book, settings: RunSettings, threadCount: Int) throws(RunError) {
    let sets = settings.scenarioSets
    guard let sampled = sets.first(where: { $0.source.horizonDays != nil }),
      let days = sampled.source.horizonDays
    else { return nil }
    var only = settings
    only.scenarioSets = [sampled]
    only.analytic = nil
    run = try PreparedRun(book: book, settings: only, threadCount: threadCount) { _ in }
    reading = run.readings[0].valued
    guard let rules = TailMeasureRules(reading.set, settings.confidence) else { return nil }
    self.rules = rules
    horizonDays = days
  }
}
