// Results of a run that never was: seeded rows of every kind, whose names are as bad as names get.

import CrossMargin
import CrossMarginIO
import PortfolioModel

/// Plan, blocks and book of a fabricated run.
struct FabricatedRun {
  static let models = ["house", "venue-2"]
  static let sets = ["heatmap", "montecarlo"]
  /// Names that break what does not quote or escape.
  static let hostileNames = [
    "<script>alert(1)</script>", "=cmd|' /C calc'!A0",
    "O'Brien \"the\" `rat`; DROP TABLE account;--",
    "two\nlines\r\nand\ttabs\\N", "\u{1F980}\u{200D}\u{1F525} cafe\u{301}", "+1", "-1", "@SUM(1)",
    "\tindented", "a,b", " ", "\\"
  ]
  private static let columnCount = 7

  var plan: ResultPlan
  var blocks: [AccountBlockResult] = []
  var book: BookResult
  var detail: [PositionDetailRow] = []
  var manifest = [
    ManifestEntry(key: "seed", value: "1"),
    ManifestEntry(key: "started_at", value: "2026-02-06T00:00Z", isClock: true)
  ]

  init(seed: UInt64, accountCount: Int, accountsPerBlock: Int) {
    var random = ScanRandom(seed: seed)
    let names = (0..<accountCount).map { rank in
      rank < Self.hostileNames.count ? Self.hostileNames[rank] : "account-\(rank)"
    }
    plan = ResultPlan(
      fingerprint: "inputs \(seed)", accountNames: names,
      assets: [
        PlannedAsset(name: "BTC", priceUSD: 80_000, ageDays: 0.25),
        PlannedAsset(name: "ETH", priceUSD: 2_000)
      ],
      models: Self.models.map { name in
        PlannedModel(
          name: name, effectiveFrom: UTCTime(microseconds: 1_767_225_600_000_000),
          parameterFile: "parameters/\(name).yaml", schema: Self.schema,
          scenarios: (0..<11).map { scenario in
            PlannedScenario(
              label: "move \(scenario)", priceMove: Double(scenario - 5) * 0.032,
              volatilityMove: 0.5, lossFactor: scenario == 0 ? 0.3 : 1)
          })
      },
      scenarioSets: Self.sets)
    book = BookResult(totals: BookContribution(columnCount: Self.columnCount))
    for first in stride(from: 0, to: accountCount, by: accountsPerBlock) {
      let end = min(first + accountsPerBlock, accountCount)
      let block = Self.block(blocks.count, first..<end, names, &random)
      book.totals.fold(block.contribution)
      blocks.append(block)
    }
    fillBook(&random)
  }

  /// Writes what is missing in a folder, to the end.
  func write(to folder: String) throws {
    let writer = try ResultWriter(folder: folder, plan: plan)
    for block in blocks[writer.completedBlockCount...] { try writer.append(block) }
    try writer.finish(book: book, detail: detail, manifest: manifest)
    try writer.close()
  }

  /// Hash of the canonical export when nothing interrupts.
  func straightHash() throws -> String {
    let scratch = try ScanScratch()
    try write(to: scratch.path)
    return try CanonicalExport(ResultReader(scratch.path)).sha256()
  }

  // MARK: Rows

  private static func block(
    _ index: Int, _ ranks: Range<Int>, _ names: [String], _ random: inout ScanRandom
  ) -> AccountBlockResult {
    var contribution = BookContribution(columnCount: columnCount)
    for column in 0..<columnCount {
      contribution.netQuantities[column] = .random(in: -10...10, using: &random)
    }
    var block = AccountBlockResult(blockIndex: index, contribution: contribution)
    for rank in ranks { append(AccountIndex(rank), names[rank], to: &block, &random) }
    return block
  }

  private static func append(
    _ account: AccountIndex, _ name: String, to block: inout AccountBlockResult,
    _ random: inout ScanRandom
  ) {
    let status = AccountStatus.allCases[account.position % AccountStatus.allCases.count]
    let model = account.position % 3 == 0 ? 1 : 0
    let isMargined = status != .unmargined
    let equityUSD = isMargined ? Double.random(in: -1e4...1e6, using: &random) : 0
    let notionalUSD = Double.random(in: 0...1e7, using: &random)
    block.accounts.append(
      AccountRow(
        account: account, modelPosition: model, status: status,
        missing: isMargined ? nil : MissingData(subject: "BTC-PERP", reason: .mark),
        equityUSD: equityUSD, optionValueUSD: .random(in: -1e3...1e3, using: &random),
        unsettledUSD: .random(in: -1e3...1e3, using: &random), grossNotionalUSD: notionalUSD))
    block.contribution.statusCounts[account.position % AccountStatus.allCases.count] += 1
    guard isMargined else {
      block.contribution.unmarginedNotionalUSD += notionalUSD
      return
    }
    let margin = MarginRow(
      account: account, levels: [level(&random), level(&random)],
      worstScenario: ScenarioIndex(Int.random(in: 0..<11, using: &random)))
    block.margins.append(margin)
    for position in sets.indices {
      block.measures.append(measure(account, position, &random))
    }
    for underlying in 0..<2 {
      block.underlyings.append(
        UnderlyingRow(
          account: account, underlying: AssetIndex(underlying), greeks: greeks(&random)))
    }
    if account.position % 4 == 0 {
      let limit = Limit(figure: .accountMarginRatioMin, threshold: 1)
      block.alerts.append(Alert(limit: limit, subject: name, value: 0.5))
    }
    block.contribution.marginedNotionalUSD += notionalUSD
    block.contribution.equityUSD += equityUSD
    block.contribution.negativeEquityUSD += max(-equityUSD, 0)
    block.contribution.initialUSD += margin.initial.requirementUSD
    block.contribution.maintenanceUSD += margin.maintenance.requirementUSD
  }

  static let schema = MarginSchema(
    levels: ["initial", "maintenance"],
    components: [
      MarginComponent("equity", .value), MarginComponent("haircut", .value),
      MarginComponent("scan", .charge), MarginComponent("borrow", .charge)
    ])

  static func level(
    equityUSD: Double, haircutUSD: Double = 0, scanUSD: Double, borrowUSD: Double = 0
  ) -> LevelMargin {
    LevelMargin(componentsUSD: [equityUSD, -haircutUSD, -scanUSD, -borrowUSD], schema: schema)
  }

  private static func level(_ random: inout ScanRandom) -> LevelMargin {
    level(
      equityUSD: .random(in: -1e4...1e6, using: &random),
      haircutUSD: .random(in: 0...1e3, using: &random),
      scanUSD: .random(in: 0...1e5, using: &random),
      borrowUSD: .random(in: 0...1e3, using: &random))
  }

  private static func measure(
    _ account: AccountIndex, _ position: Int, _ random: inout ScanRandom
  ) -> MeasureRow {
    MeasureRow(
      account: account, setPosition: position, worstLossUSD: .random(in: -1...1e6, using: &random),
      worstScenario: ScenarioIndex(Int.random(in: 0..<31, using: &random)),
      tail: position == 0 ? nil : tail(&random),
      deltaGammaGapUSD: position == 0 ? nil : .random(in: 0...1e3, using: &random))
  }

  private static func tail(_ random: inout ScanRandom) -> TailMeasures {
    TailMeasures(
      valueAtRiskUSD: .random(in: -1...1e5, using: &random),
      valueAtRiskErrorUSD: .random(in: 0...1e3, using: &random),
      expectedShortfallUSD: .random(in: -1...1e5, using: &random),
      expectedShortfallErrorUSD: nil)
  }

  private static func greeks(_ random: inout ScanRandom) -> Greeks {
    var greeks = Greeks()
    greeks.deltaUSD = .random(in: -1e6...1e6, using: &random)
    greeks.deltaTotalUSD = .random(in: -1e6...1e6, using: &random)
    greeks.gammaUSDPerPercent = .random(in: -1e4...1e4, using: &random)
    greeks.vegaUSDPerPoint = .random(in: -1e4...1e4, using: &random)
    greeks.thetaUSDPerDay = .random(in: -1e3...1e3, using: &random)
    greeks.rhoUSDPerPoint = .random(in: -10...10, using: &random)
    greeks.vannaUSDPerPoint = -0.0
    greeks.volgaUSDPerPoint = .leastNonzeroMagnitude
    return greeks
  }

  private mutating func fillBook(_ random: inout ScanRandom) {
    let moves = [-0.3, 0, 0.3]
    book.sets = [
      BookSetResult(
        name: Self.sets[0], kind: "grid", labels: ["down", "now", "up"], priceMoves: moves,
        volatilityMoves: [0.5, 0, 0.5], profitUSD: [-2e6, 0, 1e6], worstLossUSD: 2e6,
        worstScenario: ScenarioIndex(0)),
      BookSetResult(
        name: Self.sets[1], kind: "monte_carlo", labels: ["0", "1"], probabilities: [0.5, 0.5],
        profitUSD: [3.5e6, -0.1], worstLossUSD: 0.1, worstScenario: ScenarioIndex(1),
        tail: Self.tail(&random))
    ]
    let expiry = UTCTime(microseconds: 1_774_598_400_000_000)
    book.exposures = [
      BookExposure(underlying: AssetIndex(0), greeks: Self.greeks(&random)),
      BookExposure(underlying: AssetIndex(0), expiry: expiry, greeks: Self.greeks(&random)),
      BookExposure(underlying: AssetIndex(1), greeks: Self.greeks(&random))
    ]
    book.alerts = [
      Alert(
        limit: Limit(figure: .liquidatableCountMax, threshold: 0), subject: "book", value: 12)
    ]
    book.warnings = [
      RunWarning(kind: "vol_extrapolated", count: 3, examples: ["BTC; 2026", "a \"b\"\n</script>"])
    ]
    var position = PositionDetailRow(
      account: AccountIndex(0), instrument: "BTC-PERP", leg: "hedge, =1", quantity: -2.5,
      valueUSD: 0, greeks: Self.greeks(&random))
    position.worstProfitUSD = -1e4
    detail = [position]
  }
}
