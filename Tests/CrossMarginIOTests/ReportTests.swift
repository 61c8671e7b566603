// The page of a run: whole, self-contained, harmless whatever accounts are called, and small.

import CrossMargin
import CrossMarginIO
import PortfolioModel
import Testing

@Suite struct ReportTests {
  private static let pageBytesMax = 5_000_000

  private static func data(accountCount: Int) throws -> ReportData {
    let scratch = try ScanScratch()
    let run = FabricatedRun(seed: 7, accountCount: accountCount, accountsPerBlock: 512)
    try run.write(to: scratch.path)
    return try ReportData(ResultReader(scratch.path))
  }

  private static func emptyData() -> ReportData {
    ReportData(
      run: RunFacts(book: "empty", valuationTime: "2026-02-06T00:00Z"),
      totals: BookContribution(columnCount: 0))
  }

  @Test func pagesAreWellFormed() throws {
    for data in [try Self.data(accountCount: 40), Self.emptyData()] {
      try expectBalanced(ReportPage(data).text)
    }
  }

  @Test func hostileNamesStayText() throws {
    let page = try ReportPage(Self.data(accountCount: 40)).text
    #expect(!page.contains("<script>alert"))
    #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
    // Two scripts of data and one of the page, and nothing else that could run.
    #expect(page.split(separator: "<script").count == 4)
    #expect(page.split(separator: "</script>").count == 4)
  }

  @Test func nothingOutsideIsAskedFor() throws {
    let page = try ReportPage(Self.data(accountCount: 40)).text
    for sign in ["http:", "https:", "url(", "@import", "src="] {
      #expect(!page.contains(sign), "\(sign)")
    }
  }

  @Test func aThousandAccountsOfAManyStaySmall() throws {
    var data = try Self.data(accountCount: 3_000)
    #expect(data.accounts.count == ReportData.listedAccountsMax)
    #expect(ReportPage(data).text.utf8.count < Self.pageBytesMax)
    // Accounts with so many underlyings that not all fit: the page says how many it lists.
    for account in data.accounts.indices {
      let rows = data.accounts[account].underlyings
      guard let row = rows.first else { continue }
      data.accounts[account].underlyings = Array(repeating: row, count: 200)
    }
    let page = ReportPage(data).text
    #expect(page.utf8.count < Self.pageBytesMax)
    #expect(!page.contains("The 1,000 of"))
    try expectBalanced(page)
  }

  @Test func figuresOfTheBookAreThere() throws {
    var data = Self.emptyData()
    data.totals.statusCounts = [9_000, 500, 400, 60, 40]
    data.totals.equityUSD = 1_234_567_890
    data.totals.negativeEquityUSD = 85_600
    data.totals.unmarginedNotionalUSD = 5_000_000
    data.totals.marginedNotionalUSD = 95_000_000
    data.gaps = [StoredGap(reason: .volatility, accountCount: 40, notionalUSD: 5_000_000)]
    data.assets = [PlannedAsset(name: "stETH", priceUSD: 2_000, ageDays: 1.5)]
    data.sets = [
      BookSetResult(
        name: "draws", kind: "monte_carlo", labels: ["draw 0", "draw 1"], profitUSD: [-300, 100],
        worstLossUSD: 300, worstScenario: ScenarioIndex(0),
        tail: TailMeasures(
          valueAtRiskUSD: 123_000, valueAtRiskErrorUSD: 4_560, expectedShortfallUSD: 234_000,
          expectedShortfallErrorUSD: 7_890))
    ]
    data.alerts = [
      Alert(
        limit: Limit(figure: .accountMarginRatioMin, threshold: 1.05), subject: "A-9", value: 0.73)
    ]
    let page = ReportPage(data).text
    for text in [
      "<strong>10,000</strong> accounts <strong>400</strong> are liquidatable",
      "<strong>60</strong> are insolvent", "$1.23B", "1,234,567,890.00 USD", "$85.6k", "9,000",
      "5.00\u{202F}%", "no volatility", "36.0 h", "stETH", "$123k", "± 4.56k", "$234k", "± 7.89k",
      "A-9", "0.73", "below 1.05"
    ] {
      #expect(page.contains(text), "\(text)")
    }
  }

  @Test func gridsBecomeHeatMaps() throws {
    var data = Self.emptyData()
    data.sets = [
      BookSetResult(
        name: "grid", kind: "grid", labels: ["a", "b", "c"], priceMoves: [-0.3, 0, 0.075],
        volatilityMoves: [0.5, 0, 0.5], profitUSD: [-1_000_000, 0, 2_500],
        worstLossUSD: 1_000_000, worstScenario: ScenarioIndex(0))
    ]
    let page = ReportPage(data).text
    #expect(page.contains("\u{2212}30\u{202F}%"))
    #expect(page.contains("+7.5\u{202F}%"))
    #expect(page.contains(">\u{2212}1.00M</td>"))
    #expect(page.contains("class=\"g0 now\""))
    #expect(page.contains("class=\"none\""), "a cell without a scenario is empty, not zero")
  }

  @Test func equalResultsGiveEqualPages() throws {
    let first = try ReportPage(Self.data(accountCount: 40)).text
    #expect(try ReportPage(Self.data(accountCount: 40)).text == first)
  }

  @Test func ratiosFallIntoTheirBins() {
    var histogram = MarginRatioHistogram()
    let ratios: [Double?] = [-3, 0, 0.05, 0.1, 0.9999, 1, 99.9, 100, 1e9, nil]
    for ratio in ratios { histogram.add(ratio: ratio, notionalUSD: 2) }
    #expect(histogram.accountCount == ratios.count)
    #expect(histogram.withoutRequirementCount == 1)
    #expect(histogram.accountCounts[0] == 1)
    #expect(histogram.accountCounts[1] == 2)
    #expect(histogram.accountCounts[2] == 1, "an edge belongs to the bin above it")
    #expect(histogram.accountCounts.prefix(12).reduce(0, +) == 5, "below 1")
    #expect(histogram.accountCounts.last == 2)
    #expect(histogram.notionalUSD.reduce(0, +) == 18)
  }

  /// Every element that is opened is closed in turn.
  private func expectBalanced(_ page: String) throws {
    let empty: Set<Substring> = ["meta", "link", "input"]
    var open: [Substring] = []
    var rest = page[...]
    while let start = rest.firstIndex(of: "<") {
      rest = rest[rest.index(after: start)...]
      if rest.hasPrefix("!") { continue }
      let isEnd = rest.hasPrefix("/")
      let name = rest.drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber }
      let end = try #require(rest.firstIndex(of: ">"))
      rest = rest[rest.index(after: end)...]
      if isEnd {
        #expect(open.popLast() == name)
      } else if !empty.contains(name) {
        open.append(name)
        // Data and program end at their end tag, whatever stands in them.
        if name == "script" || name == "style" {
          let close = try #require(rest.firstRange(of: "</\(name)>"))
          rest = rest[close.lowerBound...]
        }
      }
    }
    #expect(open.isEmpty, "\(open)")
  }
}
