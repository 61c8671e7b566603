// A file of 5,000,000 positions, read, checked and grouped by account on one thread.

import CrossMarginIO
import Foundation
import PortfolioModel
import RiskNumerics

final class PositionWork: KernelWork {
  let name = "csv"
  let elementName = "byte"
  let elementCount: Int
  let bound = WorkBound.memoryLoads(bytes: 1)
  private static let instrumentCount = 2_000
  private static let rowCount = 5_000_000
  private static let positionsPerAccount = 12
  private let text: [UInt8]
  private let instruments: [Instrument]
  private let file: URL
  private let quantitySum: Double
  private var read: PositionFile?

  init() {
    instruments = (0..<Self.instrumentCount).map { index in
      Instrument(
        name: "COIN\(index / 200)-202612\(10 + index % 20)-\(20_000 + 500 * (index % 200))-C",
        kind: .perpetual, pair: AssetPair(underlying: AssetIndex(0), quote: AssetIndex(1)),
        settlement: AssetIndex(1), multiplier: 1, payout: .linear)
    }.sorted { $0.name < $1.name }
    (text, quantitySum) = Self.text(instruments.map { Array($0.name.utf8) })
    elementCount = text.count
    file = FileManager.default.temporaryDirectory
      .appendingPathComponent("positions-\(ProcessInfo.processInfo.processIdentifier).csv")
  }

  deinit { try? FileManager.default.removeItem(at: file) }

  /// The file, and the sum of its quantities.
  private static func text(_ names: [[UInt8]]) -> ([UInt8], Double) {
    var draws = SeededDraws(seed: 10, count: 1 << 16)
    // Drawn numbers come round after 9,973 rows, which has no factor in common with the rest.
    let drawn = (0..<9_973).map { _ in (draws.normal() * 100_000).rounded() / 10_000 }
    var text = Array("account,instrument,quantity\n".utf8)
    text.reserveCapacity(rowCount * 44)
    var sum = 0.0
    for row in 0..<rowCount {
      let (account, place) = row.quotientAndRemainder(dividingBy: positionsPerAccount)
      // Different instruments within an account: the steps stay below a whole round.
      let instrument = (account * 37 + place * 163) % names.count
      let quantity = drawn[row % drawn.count]
      text.append(contentsOf: "acct-".utf8)
      text.append(contentsOf: String(1_000_000 + account).utf8)
      text.append(UInt8(ascii: ","))
      text.append(contentsOf: names[instrument])
      text.append(UInt8(ascii: ","))
      text.append(contentsOf: quantity.description.utf8)
      text.append(UInt8(ascii: "\n"))
      sum += quantity
    }
    return (text, sum)
  }

  var inputs: [InputArray] {
    [
      InputArray("positions.csv", text),
      InputArray(
        "instruments.csv",
        text: "instrument\n" + instruments.map { $0.name + "\n" }.joined())
    ]
  }

  func run() throws {
    if !FileManager.default.fileExists(atPath: file.path) { try Data(text).write(to: file) }
    read = try PositionFile.read(file.path, instruments: instruments)
  }

  func answer() -> [Double] {
    guard let read else { return [] }
    return [
      Double(read.positions.quantities.count), Double(read.accountNames.count),
      read.positions.quantities.reduce(0, +)
    ]
  }

  func check() throws {
    let accounts = (Self.rowCount + Self.positionsPerAccount - 1) / Self.positionsPerAccount
    // Whole numbers exactly; five million quantities of about ten, summed in another order.
    let expected = [
      ("number of rows", Double(Self.rowCount), 0), ("number of accounts", Double(accounts), 0),
      ("sum of quantities", quantitySum, 1e-6)
    ]
    for (got, (what, expected, tolerance)) in zip(answer(), expected)
    where !(abs(got - expected) <= tolerance) {
      throw WrongAnswer(name, what, index: 0, got: got, expected: expected)
    }
  }
}
