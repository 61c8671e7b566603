// The accounts nearest to liquidation: a table whose rows open to what stands behind them.

import CrossMargin
import PortfolioModel

extension ReportData {
  /// Bytes that this section may take of the page.
  private static let sectionBytesMax = 4_000_000

  /// The table, and what its rows open to as data for the page's script.
  func writeAccounts(into page: inout Markup) {
    var rows = Markup()
    var details = EmbeddedJSON()
    var listedCount = 0
    details.array(accounts) { json, account in
      // Beyond the bound accounts stay in the results and off the page.
      guard rows.source.utf8.count + json.source.utf8.count < Self.sectionBytesMax else {
        json.null()
        return
      }
      listedCount += 1
      writeRow(account, rank: listedCount, into: &rows)
      write(account, into: &json)
    }
    let margined = totals.accountCount - totals.count(of: .unmargined)
    page.section(
      .accounts,
      lead: "The \(NumberText.count(listedCount)) of \(NumberText.count(margined)) margined "
        + "accounts with the smallest margin ratios. A row opens to the parts of its requirements, "
        + "its losses and its sensitivities; crossmargin explain shows every term of an account.",
      isLong: true
    ) { card in
      guard listedCount > 0 else {
        card.element("p", ["class": "nothing"], text: "No account is margined.")
        return
      }
      Self.writeTools(into: &card)
      card.element("div", ["class": "scroll"]) { box in
        box.element("table", ["class": "accounts"]) { table in
          table.element("thead") { $0.element("tr") { Self.writeHeadings(into: &$0) } }
          table.element("tbody") { $0.verbatim(rows.source) }
        }
      }
      card.element("div", ["class": "pager"]) { pager in
        pager.element(
          "button", ["class": "quiet", "type": "button", "data-all": "", "hidden": ""],
          text: "Show all")
      }
      var rules = EmbeddedJSON()
      writeRules(into: &rules)
      for (id, json) in [("account-details", details), ("rule-sets", rules)] {
        card.element("script", ["type": "application/json", "id": id]) {
          $0.verbatim(json.source)
        }
      }
    }
  }

  private static func writeTools(into card: inout Markup) {
    card.element("div", ["class": "tools"]) { tools in
      tools.void(
        "input",
        [
          "type": "search", "placeholder": "Search account, status or scenario",
          "aria-label": "Search accounts", "hidden": ""
        ])
      tools.element("output", ["aria-live": "polite"])
    }
  }

  private static let headings: [(title: String, style: String, isNumber: Bool)] = [
    ("#", "rank", true), ("Account", "", false), ("Status", "", false), ("Ratio", "", true),
    ("Equity", "", true), ("Maintenance", "wide-1", true), ("Initial", "wide-2", true),
    ("Gross notional", "wide-2", true), ("ES", "wide-1", true),
    ("Worst scenario", "wide-3", false)
  ]

  private static func writeHeadings(into row: inout Markup) {
    for (column, heading) in headings.enumerated() {
      let style = heading.style + (heading.isNumber ? " number" : "")
      row.element("th", ["scope": "col", "class": style]) { cell in
        cell.element(
          "button", ["class": "sort", "type": "button", "data-column": String(column)],
          text: heading.title)
      }
    }
  }

  private func writeRow(_ account: StoredAccount, rank: Int, into rows: inout Markup) {
    let margin = account.margin
    rows.element("tr", ["class": "account", "data-account": String(rank - 1)]) { row in
      row.element("td", ["class": "rank number", "data-sort": String(rank)], text: "\(rank)")
      row.element("td") { cell in
        cell.element(
          "button", ["class": "open", "type": "button", "aria-expanded": "false"]
        ) { $0.name(account.name) }
      }
      row.element("td") { cell in
        let status = account.row.status
        cell.element("span", ["class": "pill " + status.styleName], text: status.words)
      }
      let ratio = account.marginRatio
      row.element(
        "td",
        [
          "class": "number" + ((ratio ?? 1) < 1 ? " below-one" : ""),
          "data-sort": ratio.map { "\($0)" } ?? ""
        ], text: ratio.map(NumberText.ratio) ?? NumberText.absent)
      row.money(account.row.equityUSD)
      row.money(margin?.maintenance.requirementUSD, style: "wide-1")
      row.money(margin?.initial.requirementUSD, style: "wide-2")
      row.money(account.row.grossNotionalUSD, style: "wide-2")
      row.money(account.largestShortfallUSD, style: "wide-1")
      row.element("td", ["class": "scenario wide-3"]) { cell in
        if let worst = margin?.worstScenario { cell.name(scanLabel(worst, of: account)) }
      }
    }
  }

  private func scanLabel(_ scenario: ScenarioIndex, of account: StoredAccount) -> String {
    guard models.indices.contains(account.row.modelPosition) else { return "" }
    let scenarios = models[account.row.modelPosition].scenarios
    return scenarios.indices.contains(scenario.position) ? scenarios[scenario.position].label : ""
  }

  private func write(_ account: StoredAccount, into json: inout EmbeddedJSON) {
    json.object([
      "model": { $0.number(Double(account.row.modelPosition)) },
      "equity": { $0.roundedNumber(account.row.equityUSD) },
      "options": { $0.roundedNumber(account.row.optionValueUSD) },
      "unsettled": { $0.roundedNumber(account.row.unsettledUSD) },
      "worst": { json in
        guard let worst = account.margin?.worstScenario else { return json.null() }
        json.string(scanLabel(worst, of: account))
      },
      "levels": { json in
        let levels = account.margin.map { Array($0.levels) } ?? []
        json.array(levels) { Self.write($1, into: &$0) }
      },
      "measures": { $0.array(account.measures) { write($1, into: &$0) } },
      "greeks": { json in
        json.array(account.underlyings) { json, row in
          json.object([
            "name": { $0.string(assetName(row.underlying.position)) },
            "values": { json in
              json.array(GreekColumn.allCases) { $0.roundedNumber($1.value(row.greeks)) }
            }
          ])
        }
      }
    ])
  }

  private static func write(_ level: LevelMargin, into json: inout EmbeddedJSON) {
    json.object([
      "parts": { $0.array(level.componentsUSD) { $0.roundedNumber($1) } },
      "value": { $0.roundedNumber(level.valueUSD) },
      "required": { $0.roundedNumber(level.requirementUSD) },
      "surplus": { $0.roundedNumber(level.surplusUSD) }
    ])
  }

  /// What the levels of accounts consist of, by rule set.
  private func writeRules(into json: inout EmbeddedJSON) {
    json.array(models) { json, model in
      json.object([
        "name": { $0.string(model.name) },
        "levels": { $0.array(model.schema.levels) { $0.string($1) } },
        "parts": { json in
          json.array(model.schema.components) { json, component in
            json.object([
              "name": {
                $0.string(component.name.split(separator: "_").joined(separator: " "))
              },
              "kind": { $0.string(component.kind.rawValue) }
            ])
          }
        }
      ])
    }
  }

  private func write(_ measure: MeasureRow, into json: inout EmbeddedJSON) {
    let set = sets.indices.contains(measure.setPosition) ? sets[measure.setPosition] : nil
    json.object([
      "set": { $0.string(set?.name ?? "set \(measure.setPosition)") },
      "worst": { $0.roundedNumber(measure.worstLossUSD) },
      "scenario": { $0.string(set?.label(measure.worstScenario.position) ?? "") },
      "var": { $0.roundedNumber(measure.tail?.valueAtRiskUSD) },
      "varError": { $0.roundedNumber(measure.tail?.valueAtRiskErrorUSD) },
      "es": { $0.roundedNumber(measure.tail?.expectedShortfallUSD) },
      "esError": { $0.roundedNumber(measure.tail?.expectedShortfallErrorUSD) },
      "gap": { $0.roundedNumber(measure.deltaGammaGapUSD) }
    ])
  }
}
