// Switches of run.yaml, in all pairs: a number that neither of two switches is about has the bits that
// it has without them, and one that a single switch is about has the bits that it has under that
// switch alone.

import CrossMargin
import CrossMarginIO
import Foundation
import PortfolioModel
import Testing

/// Groups of numbers of a run.
private enum Figures: String, CaseIterable {
  case accounts, margins, exposures
  /// Measures of single sets, their standard errors included.
  case heatmap, history, montecarlo, stress
  case intervals, alerts, analytic, contributions, reverseStress
}

/// A change of run.yaml and the numbers that it is about.
private struct Switch: CustomStringConvertible, Sendable {
  let description: String
  let about: Set<Figures>
  let change: @Sendable (inout String) -> Void

  init(_ description: String, _ about: Set<Figures>, _ old: String, _ new: String) {
    self.description = description
    self.about = about
    change = { text in
      precondition(text.contains(old), "run.yaml has no \(old)")
      text = text.replacing(old, with: new)
    }
  }

  /// Every switch of the table names a place of its own in run.yaml, so that any two can be set.
  static let all = [
    Switch("seed", [.montecarlo, .analytic, .intervals], "seed: 1", "seed: 2"),
    Switch(
      "level of VaR",
      [.history, .montecarlo, .intervals, .analytic, .contributions],
      "var: 0.99", "var: 0.95"),
    Switch(
      "level of expected shortfall",
      [.history, .montecarlo, .intervals, .analytic, .contributions],
      "es: 0.975", "es: 0.9"),
    Switch("intervals", [.intervals], "es:", "interval: 0.9, es:"),
    Switch(
      // Gaps of the history are filled by regression.
      "decay",
      [.history, .montecarlo, .stress, .intervals, .analytic, .contributions, .reverseStress],
      "decay_per_day: 0.97", "decay_per_day: 0.94"),
    Switch("steps of the grid", [.heatmap], "price_steps: 5", "price_steps: 3"),
    Switch("window", [.history, .intervals], "window_days: 730", "window_days: 400"),
    Switch("draws", [.montecarlo, .intervals], "scenarios: 1024", "scenarios: 640"),
    Switch("completion", [.stress], "complete: conditional_mean", "complete: none"),
    Switch("limits", [.alerts], "liquidatable_count_max: 100", "account_margin_ratio_min: 5"),
    Switch("share without margin", [], "unmargined_max: 0.01", "unmargined_max: 0.5"),
    Switch("strictness", [], "unmargined_max:", "strict: true\nunmargined_max:"),
    Switch(
      "distribution", [.analytic, .contributions, .reverseStress], "distribution: normal",
      "distribution: t\n  degrees: 5"),
    Switch("draws of the referee", [.analytic], "draws: 1000", "draws: 1500"),
    Switch(
      "horizon", [.analytic, .contributions, .reverseStress], "horizon_days: 2",
      "horizon_days: 3"),
    Switch("plausibility", [.reverseStress], "plausibility: 0.99", "plausibility: 0.95"),
    Switch(
      "volatility of all expiries alike",
      [.history, .montecarlo, .stress, .intervals, .analytic, .contributions, .reverseStress],
      "market: {", "volatility_term: none\nmarket: {")
  ]
}

/// The numbers of one run, group by group, as text that shows every bit.
private struct RunFigures {
  let text: [Figures: String]

  init(_ loaded: LoadedBook) throws {
    let run = try RiskRun(book: loaded.book, settings: loaded.settings)
    let blocks = try (0..<run.blockCount).map { try run.block($0) }
    let book = try run.bookResult(folding: blocks.map(\.contribution))
    let sets = loaded.settings.scenarioSets.map(\.name)
    var text: [Figures: String] = [:]
    text[.accounts] = "\(blocks.flatMap(\.accounts)) \(book.totals)"
    text[.margins] = "\(blocks.flatMap(\.margins))"
    text[.exposures] = "\(blocks.flatMap(\.underlyings)) \(book.exposures)"
    for figures in [Figures.heatmap, .history, .montecarlo, .stress] {
      let position = try #require(sets.firstIndex(of: figures.rawValue))
      let rows = blocks.flatMap(\.measures).filter { $0.setPosition == position }.map {
        Self.withoutInterval($0)
      }
      var set = book.sets[position]
      set.tail?.interval = nil
      text[figures] = "\(rows) \(set)"
    }
    text[.intervals] = "\(blocks.flatMap(\.measures).map(\.tail?.interval))"
    text[.alerts] = "\(blocks.flatMap(\.alerts)) \(book.alerts)"
    let analytic = blocks.compactMap(\.analytic)
    text[.analytic] = "\(analytic.flatMap(\.measures))"
    text[.contributions] = "\(analytic.flatMap(\.contributions))"
    text[.reverseStress] = "\(analytic.flatMap(\.stresses))"
    self.text = text
  }

  private static func withoutInterval(_ row: MeasureRow) -> MeasureRow {
    var row = row
    row.tail?.interval = nil
    return row
  }
}

@Suite struct SwitchTests {
  private static let accountCount = 12
  private static let analytic = """
    analytic:
      distribution: normal
      horizon_days: 2
      draws: 1000
      compute: [measures, contributions, reverse_stress]
      plausibility: 0.99

    """

  @Test func pairsOfSwitchesLeaveAllOtherNumbersAlone() throws {
    let scratch = try ScanScratch()
    let events = try String(
      contentsOf: URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Data/stress/events.csv"), encoding: .utf8)
    let files = try SampleBook.files(stressEvents: events, accountCount: Self.accountCount)
    try SampleBook.write(files, to: scratch.path)
    let path = scratch.path + "/run.yaml"
    let plain = try String(contentsOfFile: path, encoding: .utf8) + Self.analytic
    func figures(_ switches: [Switch]) throws -> RunFigures {
      var text = plain
      for change in switches { change.change(&text) }
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      return try RunFigures(BookReader.load(folder: scratch.path))
    }
    let base = try figures([])
    let single = try Switch.all.map { try figures([$0]) }
    for (change, alone) in zip(Switch.all, single) {
      for group in Figures.allCases {
        let isSame = alone.text[group] == base.text[group]
        if !change.about.contains(group) { #expect(isSame, "\(change) changes \(group)") }
      }
      // A switch that changes nothing that it is about is not tested.
      let isSeen = change.about.allSatisfy { $0 == .intervals || alone.text[$0] != base.text[$0] }
      #expect(isSeen, "\(change) does nothing")
    }
    for first in Switch.all.indices {
      for second in Switch.all.indices.dropFirst(first + 1) {
        let (one, other) = (Switch.all[first], Switch.all[second])
        let both = try figures([one, other])
        for group in Figures.allCases {
          let expected: RunFigures
          switch (one.about.contains(group), other.about.contains(group)) {
          case (true, true): continue
          case (true, false): expected = single[first]
          case (false, true): expected = single[second]
          case (false, false): expected = base
          }
          #expect(
            both.text[group] == expected.text[group], "\(one) with \(other) changes \(group)")
        }
      }
    }
  }
}
