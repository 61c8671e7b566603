// Reverse stress of accounts of the sample book by full revaluation: worst case, nearest loss of the
// maintenance surplus and of the equity, all near-best scenarios of each.

import CrossMargin
import CrossMarginIO
import Foundation
import PortfolioModel

final class ReverseStressWork: KernelWork {
  let name = "reverse_stress"
  let elementName = "account"
  let elementCount = 200
  // What accounts hold is valued at one point at least: twelve options.
  let bound = WorkBound.arithmetic(perEightElements: 12 * 197)
  let inputs: [InputArray] = []
  private var prepared: RiskRun?
  private var block: AccountBlockResult?

  /// The block also values and margins its accounts, which is a small part of the time.
  func run() throws {
    let run = try prepared ?? make()
    prepared = run
    block = try run.block(0)
  }

  private func make() throws -> RiskRun {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "crossmargin-stress-" + UUID().uuidString).path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let events = "scenario,factor,kind,shock\nfall,spot:BTC,relative,-0.3\n"
    try SampleBook.write(
      try SampleBook.files(stressEvents: events, accountCount: elementCount), to: folder)
    let loaded = try BookReader.load(folder: folder)
    var settings = loaded.settings
    settings.scenarioSets = []
    var analytic = AnalyticSettings()
    analytic.isMeasured = false
    analytic.drawCount = 100
    analytic.reverseStress = ReverseStressSettings()
    settings.analytic = analytic
    return try RiskRun(book: loaded.book, settings: settings)
  }

  func answer() -> [Double] { block?.analytic?.stresses.map(\.distance) ?? [] }

  /// Every breach of equity loses the equity.
  func check() throws {
    guard let block, let stresses = block.analytic?.stresses else { return }
    for (index, stress) in stresses.enumerated()
    where stress.target == .equity && stress.distance > 0 {
      guard let row = block.accounts.first(where: { $0.account == stress.account }) else {
        continue
      }
      guard abs(stress.revaluedLossUSD - row.equityUSD) < 1e-9 * row.equityUSD else {
        throw WrongAnswer(
          name, "loss of stress", index: index, got: stress.revaluedLossUSD,
          expected: row.equityUSD)
      }
    }
    guard stresses.count > elementCount else {
      throw WrongAnswer(
        name, "number of stresses", index: 0, got: Double(stresses.count),
        expected: Double(elementCount))
    }
  }
}
