// How far accounts are from their most likely liquidation, what rescanning changes, who need not be
// simulated.

import CrossMargin
import PortfolioModel
import RiskNumerics

/// Distances of all accounts.
struct DistancePart: LiquidatePart {
  let names: [String]
  let distance: DistanceResults

  func tables() throws(NonFiniteField) -> [(name: String, table: CSVTable)] {
    [("nearest_points.csv", try points()), ("refined_points.csv", try refined())]
  }

  func write(into page: inout Markup) {
    page.section(
      id: "distance", title: "Distance to liquidation", lead: lead, isLong: true
    ) { card in
      DistanceHistogram(distance: distance).write(into: &card)
      card.element("p", ["class": "lead"], text: rescanning)
      card.table(head: head, rows: distance.refined.map(row))
      card.element("p", ["class": "lead"], text: triage)
    }
  }

  private var lead: String {
    "The likeliest joint move of all prices and volatilities within "
      + "\(NumberText.age(days: distance.horizonDays)) that takes an account's surplus, in standard "
      + "deviations. The histogram is of the second-order form with the requirement of today; the "
      + "table is exact: full revaluation, with the requirement frozen and with the requirement "
      + "scanned again wherever the market goes. Shares are those of each factor in the squared "
      + "distance. Probabilities are at the end of the horizon, for normal moves: one-sided, then with "
      + "the curvature of the border."
  }

  private var rescanning: String {
    let (refined, book) = (distance.rescanningOfRefined, distance.rescanningOfBook)
    return "What scanning requirements again changes: at the points where the requirement of today "
      + "leaves nothing, the one scanned there leaves \(NumberText.compactUSD(refined.sumUSD)) in "
      + "sum over the \(NumberText.count(refined.count)) accounts of the table. Over the "
      + "\(NumberText.count(book.count)) accounts of the book whose point of the form lies within "
      + "\(NumberText.short(distance.rescannedWithin)) deviations it is "
      + "\(NumberText.compactUSD(book.sumUSD)), of which \(NumberText.compactUSD(book.tighterUSD)) "
      + "of accounts that rescanning brings nearer."
  }

  private var triage: String {
    func count(_ verdicts: [TriageVerdict], _ verdict: TriageVerdict) -> Int {
      verdicts.count { $0 == verdict }
    }
    let frozen = distance.frozenTriage
    let margined = frozen.count { $0 != .unmargined && $0 != .lost }
    func share(_ verdicts: [TriageVerdict], _ verdict: TriageVerdict) -> String {
      margined == 0
        ? NumberText.absent
        : NumberText.percent(Double(count(verdicts, verdict)) / Double(margined))
    }
    return "Of \(NumberText.count(margined)) accounts with surplus "
      + "\(share(frozen, .skipped)) stay healthy wherever all factors go within eight standard "
      + "deviations and need no simulation with the requirement of today "
      + "(\(share(frozen, .unbounded)) have no bound): for normal moves they are liquidated with "
      + "\(distance.skippedProbabilityMax) at most; with the requirement scanned again "
      + "\(share(distance.rescannedTriage, .skipped)), and for "
      + "\(share(distance.rescannedTriage, .unbounded)) the rule set or what they hold offers no "
      + "bound."
  }

  private var head: [String] {
    [
      "account", "surplus", "frozen", "rescanned", "outcome", "one-sided", "curved", "moves there",
      "equity there", "surplus at the frozen point"
    ]
  }

  private func row(_ found: RefinedDistance) -> [String] {
    let point = found.rescanned.point
    func probability(_ value: Double?) -> String {
      value.map { NumberText.percent($0, decimals: 2) } ?? NumberText.absent
    }
    return [
      names[found.account.position], NumberText.compactUSD(found.surplusUSD),
      deviations(found.frozen.point), deviations(point), found.rescanned.outcome.rawValue,
      probability(point?.oneSidedProbability), probability(point?.curvedProbability),
      point.map(Self.moves) ?? NumberText.absent,
      point.map { NumberText.compactUSD($0.equityUSD) } ?? NumberText.absent,
      found.surplusAtFrozenPointUSD.map(NumberText.compactUSD) ?? NumberText.absent
    ]
  }

  private func deviations(_ point: LiquidationPoint?) -> String {
    point.map { NumberText.grouped($0.distance, decimals: 3) } ?? NumberText.absent
  }

  /// The moves that matter, the one with the largest share first.
  static func moves(_ point: LiquidationPoint) -> String {
    let order = point.moves.indices.sorted {
      (-point.moves[$0].share, $0) < (-point.moves[$1].share, $1)
    }
    let shown = order.map { point.moves[$0] }.filter { $0.share >= 0.01 }.prefix(3)
    return shown.map {
      "\($0.factor) " + NumberText.move(ScalarMath.exp($0.move) - 1) + " ("
        + NumberText.percent($0.share, decimals: 0) + ")"
    }.joined(separator: ", ")
  }

  // MARK: Tables

  private var factors: [FactorName] {
    var all: Set<FactorName> = []
    for form in distance.forms { all.formUnion((form.found.point?.moves ?? []).map(\.factor)) }
    return all.sorted { precedesByBytes($0.description, $1.description) }
  }

  private func columns<Row>(
    _ point: @escaping (Row) -> LiquidationPoint?
  ) -> [CSVColumn<Row>] {
    [
      .number("distance") { point($0)?.distance },
      .number("one_sided_probability") { point($0)?.oneSidedProbability },
      .number("curved_probability") { point($0)?.curvedProbability },
      .number("equity_there_usd") { point($0)?.equityUSD }
    ]
      + factors.flatMap { factor -> [CSVColumn<Row>] in
        func move(_ row: Row) -> LiquidationPoint.Move? {
          point(row)?.moves.first { $0.factor == factor }
        }
        func twin(_ row: Row) -> LiquidationPoint.Move? {
          point(row)?.twinMoves.first { $0.factor == factor }
        }
        return [
          .number("\(factor) move") { move($0)?.move },
          .number("\(factor) share") { move($0)?.share },
          .number("\(factor) twin_move") { twin($0)?.move }
        ]
      }
  }

  /// One row for each account with margin, by its form.
  private func points() throws(NonFiniteField) -> CSVTable {
    let first: [CSVColumn<FormDistance>] = [
      .required("account") { .text(names[$0.account.position]) },
      .required("surplus_usd") { .number($0.surplusUSD) },
      .required("outcome") { .text($0.found.outcome.rawValue) }
    ]
    let last: [CSVColumn<FormDistance>] = [
      .number("surplus_there_frozen_usd") { $0.frozenSurplusUSD },
      .number("surplus_there_rescanned_usd") { $0.rescannedSurplusUSD },
      .required("triage_frozen") {
        .text(distance.frozenTriage[$0.account.position].rawValue)
      },
      .required("triage_rescanned") {
        .text(distance.rescannedTriage[$0.account.position].rawValue)
      }
    ]
    return try CSVTable(first + columns(\.found.point) + last, rows: distance.forms)
  }

  /// Two rows for each refined account: requirement frozen, requirement scanned again.
  private func refined() throws(NonFiniteField) -> CSVTable {
    let rows = distance.refined.flatMap { refined in
      [("frozen", refined.frozen), ("rescanned", refined.rescanned)].map {
        (refined: refined, requirement: $0.0, found: $0.1)
      }
    }
    typealias Row = (refined: RefinedDistance, requirement: String, found: FoundLiquidation)
    let first: [CSVColumn<Row>] = [
      .required("account") { .text(names[$0.refined.account.position]) },
      .required("requirement") { .text($0.requirement) },
      .required("surplus_usd") { .number($0.refined.surplusUSD) },
      .required("outcome") { .text($0.found.outcome.rawValue) }
    ]
    let last: [CSVColumn<Row>] = [
      .number("rescanned_surplus_at_frozen_point_usd") {
        $0.requirement == "frozen" ? $0.refined.surplusAtFrozenPointUSD : nil
      }
    ]
    return try CSVTable(first + columns(\.found.point) + last, rows: rows)
  }
}

/// Counts of accounts by distance.
struct DistanceHistogram {
  let distance: DistanceResults

  private static let binCount = 16
  private static let binWidth = 0.5

  func write(into card: inout Markup) {
    var counts = [Int](repeating: 0, count: Self.binCount)
    var beyond = 0
    var outcomes: [LiquidationOutcome: Int] = [:]
    for form in distance.forms {
      outcomes[form.found.outcome, default: 0] += 1
      guard let point = form.found.point else { continue }
      let bin = Int(point.distance / Self.binWidth)
      if bin < Self.binCount { counts[bin] += 1 } else { beyond += 1 }
    }
    func count(_ outcome: LiquidationOutcome) -> String {
      NumberText.count(outcomes[outcome, default: 0])
    }
    let xScale = AxisScale(covering: [0, Self.binWidth * Double(Self.binCount)])
    let yScale = AxisScale(covering: [0, Double(max(counts.max() ?? 0, 1))])
    let frame = PlotFrame(plotPixels: 150)
    card.element("figure") { figure in
      figure.element(
        "figcaption",
        text: "Accounts by distance, standard deviations. Farther: \(NumberText.count(beyond)); "
          + "liquidated by no move: \(count(.none)); without surplus today: "
          + "\(count(.lost)); as near in two directions: \(count(.twin))")
      figure.chart(
        frame, label: "Histogram of distances to liquidation",
        yTicks: yScale.ticks(about: 4).map { (yScale.fraction($0), NumberText.short($0)) }
      ) { plot in
        for (bin, count) in counts.enumerated() where count > 0 {
          let low = Double(bin) * Self.binWidth
          plot.bar(
            x: xScale.fraction(low)...xScale.fraction(low + Self.binWidth * 0.92),
            y: frame.y(yScale.fraction(Double(count)))...frame.bottomPixels, "ladder-notional",
            title: NumberText.short(low) + " to " + NumberText.short(low + Self.binWidth) + ": "
              + NumberText.count(count) + " accounts")
        }
        plot.xTicks(
          xScale.ticks(about: 8).map { (xScale.fraction($0), NumberText.short($0)) }, frame: frame)
      }
    }
  }
}
