// The rows of a snapshot: of each instrument the last one at or before the valuation time.

import PortfolioModel

/// Rows of chains that make up one market.
struct SnapshotSelection {
  /// The last row of each instrument, sorted by the bytes of their names.
  private(set) var rows: [ChainRow] = []

  /// Reads the chains of a plan and selects.
  init(_ plan: ImportPlan, report: inout ImportReport) throws(ImportError) {
    guard let venue = plan.chains.first?.shape.venue else { throw .noChains }
    guard plan.chains.allSatisfy({ $0.shape.venue == venue }) else { throw .mixedVenues }
    var latest: [String: ChainRow] = [:]
    var times: Set<UTCTime> = []
    var rowCount = 0
    for file in plan.chains {
      let chain = try file.load()
      let earlier = chain.rows.filter { $0.time <= plan.valuationTime }
      report.sources.append(
        ImportReport.Source(
          path: file.path, subject: file.shape.rawValue, rowCount: chain.rows.count,
          cutCount: chain.rows.count - earlier.count))
      report.otherContractCount += chain.otherContractCount
      times.formUnion(chain.rows.map(\.time))
      rowCount += earlier.count
      for row in earlier where Self.isWanted(row, plan) {
        if let known = latest[row.instrument], known.time > row.time { continue }
        latest[row.instrument] = row
      }
      report.inferredForwards += chain.inferredForwards
    }
    guard !latest.isEmpty else {
      throw .noSnapshot(
        at: plan.valuationTime, windowMinutes: plan.windowMinutes, available: times.sorted())
    }
    rows = latest.values.sorted { precedesByBytes($0.instrument, $1.instrument) }
    report.unusedRowCount = rowCount - rows.count
    let used = Set(rows.map(\.time))
    report.snapshotTimes = used.sorted()
    report.inferredForwards.removeAll { !used.contains($0.time) }
    dropUnusable(plan, report: &report)
    for currency in plan.currencies where !rows.contains(where: { $0.underlying == currency }) {
      throw .noOptions(currency: currency, at: plan.valuationTime)
    }
  }

  private static func isWanted(_ row: ChainRow, _ plan: ImportPlan) -> Bool {
    row.time.days(to: plan.valuationTime) * 1_440 <= plan.windowMinutes
      && plan.currencies.contains(row.underlying)
  }

  private mutating func dropUnusable(_ plan: ImportPlan, report: inout ImportReport) {
    let all = rows.count
    rows.removeAll { $0.expiry <= plan.valuationTime }
    report.expiredCount = all - rows.count
    report.withoutForwardCount = rows.count { $0.forwardUSD == nil }
    rows.removeAll { $0.forwardUSD == nil }
  }
}
