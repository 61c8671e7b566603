// What oracles say of prices, and what errors of them do to the book.

import CrossMargin
import PortfolioModel

/// Prices of oracles and their errors.
struct OraclePart: LiquidatePart {
  let oracles: OracleResult
  let market: MarketSnapshot

  /// Assets whose sources are drawn.
  private static let chartCountMax = 12

  func tables() throws(NonFiniteField) -> [(name: String, table: CSVTable)] {
    [
      ("oracles.csv", try prices()), ("oracle_errors.csv", try errors()),
      ("oracle_opening.csv", try opening())
    ]
  }

  // MARK: Page

  func write(into page: inout Markup) {
    page.section(
      id: "oracles", title: "What oracles do to the book",
      lead: "The price of an asset is the weighted median of the sources in feeds.csv that are "
        + "neither too old nor too far from the others; its range is from quartile to quartile. "
        + "Assets without feeds have the range that their confidence in assets.csv leaves."
    ) { card in
      writePictures(into: &card)
      card.table(
        head: [
          "asset", "price", "in the book", "gap", "half of the range", "sources", "count",
          "too old", "too far", "state"
        ], rows: oracles.readings.map(shownPrice))
      card.element("h3", text: "What an error liquidates")
      card.element(
        "p", ["class": "lead"],
        text: "All accounts judged again, requirements too, where the book's price of one asset or "
          + "of all is off by half of its range, and at the prices that the sources make. Accounts "
          + "newly liquidatable are liquidated falsely if the book's prices are right."
      )
      card.table(
        head: [
          "asset", "prices", "newly liquidatable", "their notional", "no longer", "their notional",
          "negative equity", "change"
        ], rows: oracles.errors.map(shownError))
      let power = oracles.opening
      card.element("h3", text: "What caution costs")
      card.element(
        "p", ["class": "lead"],
        text: "Balances held at the lower and owed at the upper end of their ranges leave "
          + "\(NumberText.compactUSD(power.cautiousUSD)) of initial surplus to open on, of "
          + "\(NumberText.compactUSD(power.midUSD)) at the prices of the sources: "
          + "\(NumberText.compactUSD(power.midUSD - power.cautiousUSD)) less. Of the accounts with "
          + "any, \(NumberText.count(power.closedCount)) are left with none.")
    }
  }

  private func writePictures(into card: inout Markup) {
    let drawn = oracles.readings.filter { !$0.sources.isEmpty && $0.price != nil }
      .sorted { (stakeUSD($1.asset), $0.asset) < (stakeUSD($0.asset), $1.asset) }
      .prefix(Self.chartCountMax)
    if drawn.isEmpty { return }
    card.element("div", ["class": "oracle-prices"]) { grid in
      for reading in drawn {
        OracleChart(reading: reading, name: market[reading.asset].name).write(into: &grid)
      }
    }
    card.legend(OracleChart.legend)
  }

  /// The notional that the worse end of an asset's range liquidates, USD.
  private func stakeUSD(_ asset: AssetIndex) -> Double {
    oracles.errors.filter { $0.asset == asset }.map(\.tally.newNotionalUSD).max() ?? 0
  }

  private func shownPrice(_ reading: OracleReading) -> [String] {
    func count(_ standing: OracleSource.Standing) -> String {
      reading.sources.isEmpty ? NumberText.absent : NumberText.count(reading.count(of: standing))
    }
    return [
      market[reading.asset].name,
      reading.price.map { NumberText.price($0.price) } ?? NumberText.absent,
      NumberText.price(reading.bookPriceUSD),
      reading.gapFraction.map { NumberText.percent($0, decimals: 3) } ?? NumberText.absent,
      reading.price.map { NumberText.percent($0.confidence / $0.price, decimals: 3) }
        ?? NumberText.absent,
      NumberText.count(reading.sources.count), count(.used), count(.stale), count(.stray),
      state(reading).words
    ]
  }

  private func shownError(_ row: OracleErrorRow) -> [String] {
    let tally = row.tally
    return [
      assetName(row), words(row), NumberText.count(tally.newCount),
      NumberText.compactUSD(tally.newNotionalUSD), NumberText.count(tally.sparedCount),
      NumberText.compactUSD(tally.sparedNotionalUSD),
      NumberText.compactUSD(tally.negativeEquityUSD),
      row.move == .book ? NumberText.absent : changeText(tally)
    ]
  }

  /// Negative equity beyond that at the book's prices.
  private func changeText(_ tally: OracleTally) -> String {
    let today = oracles.errors.first { $0.move == .book }?.tally.negativeEquityUSD ?? 0
    return NumberText.compactUSD(tally.negativeEquityUSD - today)
  }

  private func words(_ row: OracleErrorRow) -> String {
    switch row.move {
    case .book: "of the book"
    case .mid: "of the sources"
    case .low: "lower end" + (row.isWorse ? ", the worse" : "")
    case .high: "upper end" + (row.isWorse ? ", the worse" : "")
    }
  }

  // MARK: Tables

  /// What a price rests on.
  private enum State: String {
    case agreed
    case degraded
    case stale
    case stated

    var words: String {
      switch self {
      case .agreed: "enough sources"
      case .degraded: "degraded"
      case .stale: "no price: all too old"
      case .stated: "the book's confidence"
      }
    }
  }

  private func state(_ reading: OracleReading) -> State {
    guard let price = reading.price else { return .stale }
    if reading.sources.isEmpty { return .stated }
    return price.isDegraded ? .degraded : .agreed
  }

  private func assetName(_ row: OracleErrorRow) -> String {
    row.asset.map { market[$0].name } ?? "all"
  }

  /// One row for each asset of which the book says something.
  private func prices() throws(NonFiniteField) -> CSVTable {
    func names(_ standing: OracleSource.Standing) -> (OracleReading) -> String? {
      { reading in
        let names = reading.sources.filter { $0.standing == standing }.map(\.name)
        return names.isEmpty ? nil : names.joined(separator: " ")
      }
    }
    return try CSVTable(
      [
        .required("asset") { .text(market[$0.asset].name) },
        .required("book_price_usd") { .number($0.bookPriceUSD) },
        .number("price_usd") { $0.price?.price },
        .number("half_range_usd") { $0.price?.confidence },
        .number("gap", \.gapFraction), .required("state") { .text(state($0).rawValue) },
        .required("sources") { .number(Double($0.sources.count)) },
        .required("used") { .number(Double($0.count(of: .used))) },
        .required("stale") { .number(Double($0.count(of: .stale))) },
        .required("stray") { .number(Double($0.count(of: .stray))) },
        .text("stale_sources", names(.stale)), .text("stray_sources", names(.stray))
      ], rows: oracles.readings)
  }

  /// One row for each way in which prices may be off.
  private func errors() throws(NonFiniteField) -> CSVTable {
    try CSVTable(
      [
        .required("asset") { .text(assetName($0)) },
        .required("move") { .text($0.move.rawValue) },
        .required("worse") { .number($0.isWorse ? 1 : 0) },
        .required("liquidatable") { .number(Double($0.tally.liquidatableCount)) },
        .required("newly_liquidatable") { .number(Double($0.tally.newCount)) },
        .required("newly_liquidatable_notional_usd") { .number($0.tally.newNotionalUSD) },
        .required("no_longer_liquidatable") { .number(Double($0.tally.sparedCount)) },
        .required("no_longer_liquidatable_notional_usd") { .number($0.tally.sparedNotionalUSD) },
        .required("negative_equity_usd") { .number($0.tally.negativeEquityUSD) }
      ], rows: oracles.errors)
  }

  /// One row.
  private func opening() throws(NonFiniteField) -> CSVTable {
    try CSVTable(
      [
        .required("mid_usd") { .number($0.midUSD) },
        .required("cautious_usd") { .number($0.cautiousUSD) },
        .required("closed_accounts") { .number(Double($0.closedCount)) }
      ], rows: [oracles.opening])
  }
}
