// The parts of the liquidation study on the synthetic book.

import CrossMarginIO
import Foundation

extension KernelWorks {
  /// Parts of the study in their order with seconds per account, the least of some rounds.
  public static func liquidationTimes(
    rounds: Int, accountCount: Int, threadCount: Int
  ) throws -> [(name: String, seconds: Double)] {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "crossmargin-liquidation-" + UUID().uuidString).path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let events = "scenario,factor,kind,shock\nfall,spot:BTC,relative,-0.3\n"
    try SampleBook.write(
      try SampleBook.files(stressEvents: events, accountCount: accountCount), to: folder)
    var options = LiquidateOptions(bookFolder: folder)
    options.threadCount = threadCount
    var least: [(name: String, seconds: Double)] = []
    for round in 0..<rounds {
      let times = try LiquidateJob(options).run { _ in }.partCosts
      for (place, part) in times.enumerated() {
        let seconds = part.elapsedSeconds / Double(accountCount)
        if round == 0 {
          least.append((part.name, seconds))
        } else {
          least[place].seconds = min(least[place].seconds, seconds)
        }
      }
    }
    return least
  }
}
