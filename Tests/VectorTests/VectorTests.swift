// Known answers: every vector of every JSON file below the folder CROSSMARGIN_VECTORS, or else
// below Tests/Vectors, through one table of evaluators.

import Testing

@Suite struct VectorTests {
  /// One file per family.
  static let evaluators: [String: Evaluator] = [
    OptionEvaluators.all, CoinEvaluators.all, MeasureEvaluators.all, BacktestEvaluators.all,
    RandomEvaluators.all, VolatilityEvaluators.all, CovarianceEvaluators.all,
    DistributionEvaluators.all, DeltaGammaEvaluators.all, StandardMarginEvaluators.all,
    DerivePortfolioEvaluators.all, DeribitEvaluators.all, ParadexEvaluators.all,
    ScanSystemEvaluators.all, PerpetualMarginEvaluators.all, LendingMarginEvaluators.all,
    LiquidationEvaluators.all, LiquidationPriceEvaluators.all, AuctionEvaluators.all,
    ExecutionEvaluators.all, RegressionEvaluators.all, SmileEvaluators.all
  ].reduce(into: [:]) { table, family in
    table.merge(family) { _, _ in preconditionFailure("two evaluators for one group") }
  }

  @Test func everyKnownAnswer() throws {
    let folder = try VectorFolder.chosen()
    let result = RunResult(folder.vectors, evaluators: Self.evaluators)
    for failure in result.failures { print(failure) }
    for file in folder.otherFiles { print("\(file): no vectors") }
    print(result.table)
    #expect(result.failures.isEmpty, "\(result.failures.count) vectors failed, listed above")
    #expect(result.total.passed + result.total.failed > 0, "no vector of a covered group was read")
  }
}
