// From surpluses to a status, and from figures to alerts.

import PortfolioModel

extension AccountStatus {
  /// Status of an account from its equity before haircuts and the surplus of its levels.
  static func of(equityUSD: Double, margin: MarginRow) -> AccountStatus {
    if equityUSD < 0 { return .insolvent }
    if margin.maintenance.surplusUSD < 0 { return .liquidatable }
    if margin.initial.surplusUSD < 0 { return .belowInitial }
    return .healthy
  }
}

extension Limit {
  /// Alerts of one account: `name`, its equity, margin, measures and what the venue reports.
  func alert(
    name: String, equityUSD: Double, margin: MarginRow, measures: [MeasureRow],
    reconciliations: [ReconciliationRow]
  ) -> Alert? {
    switch figure {
    case .accountMarginRatioMin:
      let required = margin.maintenance.requirementUSD
      guard required > 0 else { return nil }
      let ratio = margin.maintenance.valueUSD / required
      return ratio < threshold ? Alert(limit: self, subject: name, value: ratio) : nil
    case .accountShortfallFractionMax:
      let shortfalls = measures.compactMap { $0.tail?.expectedShortfallUSD }
      guard let largest = shortfalls.max(), equityUSD > 0 else { return nil }
      let fraction = largest / equityUSD
      return fraction > threshold ? Alert(limit: self, subject: name, value: fraction) : nil
    case .reconciliationFractionMax:
      let largest = reconciliations.map(\.relativeDifference).max() ?? 0
      return largest > threshold ? Alert(limit: self, subject: name, value: largest) : nil
    case .liquidatableCountMax, .negativeEquityUSDMax, .bookWorstLossUSDMax,
      .bookShortfallUSDMax, .bookDeltaUSDMax, .bookVegaUSDMax:
      return nil
    }
  }

  /// Alerts of the book.
  func alerts(book: BookResult, assets: [Asset]) -> [Alert] {
    func above(_ value: Double, _ subject: String) -> [Alert] {
      value > threshold ? [Alert(limit: self, subject: subject, value: value)] : []
    }
    switch figure {
    case .accountMarginRatioMin, .accountShortfallFractionMax, .reconciliationFractionMax:
      return []
    case .liquidatableCountMax:
      let count = book.totals.count(of: .liquidatable) + book.totals.count(of: .insolvent)
      return above(Double(count), "book")
    case .negativeEquityUSDMax:
      return above(book.totals.negativeEquityUSD, "book")
    case .bookWorstLossUSDMax:
      return book.sets.flatMap { above($0.worstLossUSD, $0.name) }
    case .bookShortfallUSDMax:
      return book.sets.flatMap { set in
        set.tail.map { above($0.expectedShortfallUSD, set.name) } ?? []
      }
    case .bookDeltaUSDMax:
      return byUnderlying(book, assets, \.deltaTotalUSD).flatMap {
        above(abs($0.sum), assets[$0.asset].name)
      }
    case .bookVegaUSDMax:
      return byUnderlying(book, assets, \.vegaUSDPerPoint).flatMap {
        above(abs($0.sum), assets[$0.asset].name)
      }
    }
  }

  private func byUnderlying(
    _ book: BookResult, _ assets: [Asset], _ figure: KeyPath<Greeks, Double>
  ) -> [(asset: Int, sum: Double)] {
    var sums: [(asset: Int, sum: Double)] = []
    for exposure in book.exposures where assets[exposure.underlying.position].name != "USD" {
      if sums.last?.asset != exposure.underlying.position {
        sums.append((exposure.underlying.position, 0))
      }
      sums[sums.count - 1].sum += exposure.greeks[keyPath: figure]
    }
    return sums
  }
}

extension BookContribution {
  /// Number of accounts with a status.
  public func count(of status: AccountStatus) -> Int {
    AccountStatus.allCases.firstIndex(of: status).map { statusCounts[$0] } ?? 0
  }

  /// Number of accounts.
  public var accountCount: Int { statusCounts.reduce(0, +) }

  /// Share of gross notional that lies in accounts without margin, in [0, 1].
  public var unmarginedFraction: Double {
    let total = marginedNotionalUSD + unmarginedNotionalUSD
    return total > 0 ? unmarginedNotionalUSD / total : 0
  }
}
