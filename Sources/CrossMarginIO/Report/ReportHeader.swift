// The top of the page: what was run, and what it found in one sentence.

import CrossMargin

extension ReportData {
  /// Title, verdict and facts.
  func writeHeader(into page: inout Markup) {
    page.element("header") { header in
      header.element("div", ["class": "top"]) { top in
        top.element("h1") { title in
          title.name(run.book)
          title.element("span", text: "at " + NumberText.instant(run.valuationTime))
        }
        top.element(
          "button", ["class": "quiet theme", "type": "button", "hidden": ""],
          text: "Light or dark")
      }
      header.element("p", ["class": "verdict"]) { writeVerdict(into: &$0) }
      header.element("dl", ["class": "facts"]) { facts in
        for fact in [NamedText(name: "seed", text: run.seed)] + run.facts.prefix(3) {
          facts.element("div") { pair in
            pair.element("dt", text: fact.name)
            pair.element("dd", text: fact.text)
          }
        }
      }
    }
  }

  /// Links to the parts that are there.
  func writeNavigation(into page: inout Markup) {
    page.element("nav", ["aria-label": "Parts of the report"]) { navigation in
      navigation.element("ul") { list in
        for part in ReportPart.allCases where isShown(part) {
          list.element("li") { $0.element("a", ["href": "#" + part.rawValue], text: part.title) }
        }
      }
    }
  }

  private func isShown(_ part: ReportPart) -> Bool {
    switch part {
    case .grid: !gridSets.isEmpty
    case .tail: !tailSets.isEmpty
    case .stress: !stressSets.isEmpty
    case .breaches: breaches != nil
    case .liquidation: liquidationMarkup != nil
    case .reconciliation: reconciliation != nil
    default: true
    }
  }

  private func writeVerdict(into verdict: inout Markup) {
    let failing = totals.count(of: .liquidatable)
    let insolvent = totals.count(of: .insolvent)
    verdict.text("Of ")
    verdict.element("strong", text: NumberText.count(totals.accountCount))
    verdict.text(totals.accountCount == 1 ? " account " : " accounts ")
    if failing + insolvent == 0 {
      verdict.text("none is liquidatable")
    } else {
      verdict.element("strong", text: NumberText.count(failing))
      verdict.text(failing == 1 ? " is liquidatable and " : " are liquidatable and ")
      verdict.element("strong", text: NumberText.count(insolvent))
      verdict.text(insolvent == 1 ? " is insolvent" : " are insolvent")
    }
    if let worst = worstSet {
      verdict.text("; all together ")
      if worst.worstLossUSD > 0 {
        verdict.text("they lose at most ")
        verdict.element(
          "strong", ["title": NumberText.fullUSD(worst.worstLossUSD)],
          text: NumberText.compactUSD(worst.worstLossUSD))
        verdict.text(", in ")
        verdict.name(worst.label(worst.worstScenario.position))
        verdict.text(" of ")
        verdict.name(worst.name)
      } else {
        verdict.text("they lose in no scenario")
      }
    }
    verdict.text(".")
  }
}
