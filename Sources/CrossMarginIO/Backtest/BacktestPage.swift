// The page of a backtest: which model fails where, and the losses of each account beside what was
// forecast.

import CrossMargin

/// `report.html` of a backtest.
struct BacktestPage {
  let results: BacktestResults

  /// The whole page.
  var text: String {
    PageSkeleton.study(
      "backtest", ofBook: results.book,
      subtitle: "backtest of the holdings at "
        + NumberText.instant(results.valuationTime.description),
      facts: facts, style: BacktestChart.style
    ) { main in
      writeKinds(into: &main)
      writeYears(into: &main)
      AdaptiveSection(results: results.adaptive).write(into: &main)
      for account in results.accounts { writeAccount(account, into: &main) }
      writeGaps(into: &main)
    }
  }

  private var facts: [(name: String, text: String)] {
    let settings = results.settings
    return [
      ("value at risk", NumberText.level(results.confidence.valueAtRisk)),
      ("expected shortfall", NumberText.level(results.confidence.expectedShortfall)),
      ("horizon", NumberText.age(days: settings.horizonDays)),
      ("past moves replayed", NumberText.count(settings.windowCount)),
      ("margin tool", settings.tool.rawValue),
      ("accounts", NumberText.count(results.accounts.count))
    ]
  }

  // MARK: Tables

  private func writeKinds(into page: inout Markup) {
    page.section(
      id: "kinds", title: "Which model fails where",
      lead: "Share of dates with a loss beyond value at risk, and in how many accounts the losses "
        + "speak against the model with 5 %: frequency (Kupiec), clusters (Christoffersen), expected "
        + "shortfall (Acerbi and Szekely's Z2). Zones are those of the Basel Committee."
    ) { card in
      card.table(
        head: [
          "accounts", "model", "beyond VaR", "frequency", "clusters", "shortfall", "zones",
          "peak to trough", "largest rise"
        ],
        rows: results.kinds.flatMap { kind in
          ForecastModel.allCases.map { kindRow(kind, $0) }
        })
    }
  }

  private func kindRow(_ kind: PortfolioKind, _ model: ForecastModel) -> [String] {
    let accounts = results.accounts(of: kind)
    let scores = accounts.map { $0.scores[model.position] }
    let dates = scores.reduce(0) { $0 + $1.dateCount }
    let beyond = scores.reduce(0) { $0 + $1.exceedanceCount }
    func of(_ count: Int) -> String { "\(count) of \(accounts.count)" }
    let zones = [BaselZoneWords.green, .yellow, .red].map { zone in
      "\(scores.count { $0.zone.rawValue == zone.rawValue }) \(zone.rawValue)"
    }
    return [
      kind.words, model.words, NumberText.percent(Double(beyond) / Double(dates), decimals: 2),
      of(accounts.count { $0.rejectsCoverage(model) }),
      of(accounts.count { $0.rejectsIndependence(model) }),
      of(accounts.count { $0.rejectsShortfall(model) }), zones.joined(separator: ", "),
      Self.median(scores.compactMap(\.peakToTrough)).map(NumberText.ratio) ?? NumberText.absent,
      Self.median(scores.compactMap(\.largestRise)).map { NumberText.percent($0, decimals: 0) }
        ?? NumberText.absent
    ]
  }

  private enum BaselZoneWords: String { case green, yellow, red }

  private static func median(_ values: [Double]) -> Double? {
    let sorted = values.sorted()
    return sorted.isEmpty ? nil : sorted[sorted.count / 2]
  }

  private func writeYears(into page: inout Markup) {
    let years = Set(results.accounts.flatMap { $0.yearScores.map(\.year) }).sorted()
    page.section(
      id: "years", title: "Year by year",
      lead: "Losses beyond value at risk by kind and model, and in brackets the number that was "
        + "promised for the dates of the year, all accounts of the kind together."
    ) { card in
      card.table(
        head: ["accounts", "model"] + years.map { "\($0)" },
        rows: results.kinds.flatMap { kind in
          ForecastModel.allCases.map { model in
            [kind.words, model.words] + years.map { yearText(kind, model, $0) }
          }
        })
    }
  }

  private func yearText(_ kind: PortfolioKind, _ model: ForecastModel, _ year: Int) -> String {
    let scores = results.accounts(of: kind).flatMap { account in
      account.yearScores.filter { $0.year == year }.map { $0.scores[model.position] }
    }
    if scores.isEmpty { return NumberText.absent }
    let beyond = scores.reduce(0) { $0 + $1.exceedanceCount }
    let promised =
      Double(scores.reduce(0) { $0 + $1.dateCount }) * (1 - results.confidence.valueAtRisk)
    return "\(beyond) (\(NumberText.grouped(promised, decimals: 1)))"
  }

  // MARK: Accounts

  private func writeAccount(_ account: TestedAccount, into page: inout Markup) {
    page.section(
      id: "account-" + account.name, title: account.name + ", " + account.backtest.kind.words
    ) {
      card in
      card.element(
        "p", ["class": "lead"],
        text: "Factors: "
          + account.backtest.factors.map(\.description).joined(separator: ", ")
          + ". Full revaluation and the delta-gamma form differ by at most "
          + NumberText.compactUSD(account.backtest.formGapUSD) + " on a date.")
      BacktestChart(account: account).write(into: &card)
      card.table(
        head: [
          "model", "dates", "beyond VaR", "promised", "Kupiec p", "Christoffersen p", "both p",
          "zone", "Z1", "Z2", "mean margin", "peak to trough", "largest rise", "in five dates"
        ],
        rows: ForecastModel.allCases.map { model in
          let score = account.scores[model.position]
          let promised = Double(score.dateCount) * (1 - results.confidence.valueAtRisk)
          return [
            model.words, NumberText.count(score.dateCount),
            NumberText.count(score.exceedanceCount), NumberText.grouped(promised, decimals: 1),
            Self.probability(score.coverage.pValue),
            Self.probability(score.independence.pValue),
            Self.probability(score.conditionalCoverage.pValue), score.zone.rawValue,
            score.firstShortfallStatistic.map(NumberText.ratio) ?? NumberText.absent,
            NumberText.ratio(score.secondShortfallStatistic),
            NumberText.compactUSD(score.meanMarginUSD),
            score.peakToTrough.map(NumberText.ratio) ?? NumberText.absent,
            score.largestRise.map { NumberText.percent($0, decimals: 0) } ?? NumberText.absent,
            score.largestRiseOfFive.map { NumberText.percent($0, decimals: 0) }
              ?? NumberText.absent
          ]
        })
      card.element(
        "p", ["class": "lead"],
        text: "With t tails of 4 degrees Z2 of a right model falls below "
          + NumberText.ratio(account.criticalShortfallStatistic) + " with 5 %.")
    }
  }

  static func probability(_ value: Double) -> String {
    value < 0.0001 ? "< 0.0001" : NumberText.grouped(value, decimals: 4)
  }

  private func writeGaps(into page: inout Markup) {
    guard !results.gaps.isEmpty else { return }
    page.section(id: "gaps", title: "Not tested", isLong: true) { card in
      card.table(
        head: ["account", "reason"], rows: results.gaps.prefix(100).map { [$0.name, $0.reason] })
    }
  }
}

extension Markup {
  /// Whether a field is set like a number: it begins with a digit or what stands before one.
  private static func isNumber(_ field: String) -> Bool {
    field.first.map { $0.isNumber || "$<\(NumberText.minus)\(NumberText.absent)".contains($0) }
      ?? false
  }

  /// Characters of a field that stands on one line.
  private static let lineCharacterCountMax = 40

  private static func fieldClass(_ field: String) -> String {
    if isNumber(field) { return "number" }
    return field.count > lineCharacterCountMax ? "text long" : "text"
  }

  /// A table of texts, each row as long as the head.
  mutating func table(head: [String], rows: [[String]]) {
    element("div", ["class": "scroll"]) { box in
      box.element("table", ["class": "plain"]) { table in
        table.element("thead") { part in
          part.element("tr") { row in
            for (position, name) in head.enumerated() {
              let isNumber = rows.first.map { Self.isNumber($0[position]) } ?? false
              row.element(
                "th", ["scope": "col", "class": isNumber ? "number" : "text"], text: name)
            }
          }
        }
        table.element("tbody") { body in
          for fields in rows {
            body.element("tr") { row in
              for field in fields {
                row.element("td", ["class": Self.fieldClass(field)]) { $0.name(field) }
              }
            }
          }
        }
      }
    }
  }
}
