// The venue's own marks from the venue's own volatility and forward: on every chain file of a real
// data set, which lies outside the package.

import CrossMarginIO
import Foundation
import PortfolioModel
import RiskNumerics
import Testing

/// Folder of option chains: `options` in CROSSMARGIN_MARKET_DATA, or beside the package.
private let optionsFolder: String? = {
  let environment = ProcessInfo.processInfo.environment["CROSSMARGIN_MARKET_DATA"]
  let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  let beside = package.deletingLastPathComponent().appendingPathComponent("shared/data").path
  let folder = (environment ?? beside) + "/options"
  return FileManager.default.fileExists(atPath: folder) ? folder : nil
}()

/// Errors of one kind over a file.
private struct Errors {
  private(set) var values: [Double] = []

  mutating func append(_ error: Double) { values.append(error.magnitude) }

  /// The smallest error that at least a fraction of all does not exceed.
  func quantile(_ fraction: Double) -> Double {
    guard !values.isEmpty else { return 0 }
    let rank = Int((fraction * Double(values.count)).rounded(.up)) - 1
    return values.sorted()[max(0, rank)]
  }
}

@Suite struct ImportVenueAgreementTests {
  // Marks and the forward and volatility beside them are seconds apart, and volatility is written
  // with four digits. The bounds are those of the day of a crash; on quiet days the errors are a
  // tenth of them.
  private static let markMedianMax = 3e-5
  private static let markHighMax = 1.5e-3
  private static let forwardDeltaMedianMax = 5e-4
  private static let premiumDeltaMedianMax = 2e-4
  /// Puts with K/F above this are worth more than two coins; a second of the forward shows in them.
  private static let farStrikeRatio = 3.0

  @Test(
    .enabled(
      if: optionsFolder != nil,
      "no market data: set CROSSMARGIN_MARKET_DATA to a folder that holds `options`"))
  func marksAndDeltasAreThoseOfTheVenue() throws {
    let files = try ChainFile.all(in: try #require(optionsFolder))
    #expect(!files.isEmpty, "the folder holds no chain")
    for file in files { try check(file) }
  }

  private func check(_ file: ChainFile) throws {
    let chain = try file.load()
    var near = Errors()
    var far = Errors()
    var delta = Errors()
    var skippedCount = 0
    for row in chain.rows {
      let years = row.time.years(to: row.expiry)
      guard let forward = row.forwardUSD, let volatility = row.impliedVolatilityAnnual, years > 0
      else {
        skippedCount += 1
        continue
      }
      let terms = OptionTerms(
        strike: row.strikeUSD, expiryYears: years, side: row.type == .call ? .call : .put)
      // The kernel that values every option of a run, over the forward.
      let valueCoin =
        BlackKernel.value(forward: forward, volatility: volatility, option: terms) / forward
      let option = CoinOption(
        ForwardOption(terms: terms, forward: forward, volatilityAnnual: volatility))
      if row.strikeUSD / forward > Self.farStrikeRatio {
        far.append(valueCoin - row.markCoin)
      } else {
        near.append(valueCoin - row.markCoin)
      }
      if let venueDelta = row.delta {
        // Deribit's delta is that of the USD value; OKX's of the coin value, less by the premium.
        let ours = row.venue == .okx ? option.netTransactionDelta : option.blackDelta
        delta.append(ours - venueDelta)
      }
    }
    let deltaMedianMax =
      file.shape == .okxSnapshot ? Self.premiumDeltaMedianMax : Self.forwardDeltaMedianMax
    let name = URL(fileURLWithPath: file.path).lastPathComponent
    #expect(!near.values.isEmpty, "\(name): no row could be compared")
    #expect(near.quantile(0.5) <= Self.markMedianMax, "\(name): median of marks")
    #expect(near.quantile(0.99) <= Self.markHighMax, "\(name): 99th percentile of marks")
    #expect(delta.quantile(0.5) <= deltaMedianMax, "\(name): median of delta")
    print(
      "\(name): \(near.values.count) marks, error in coins: median \(near.quantile(0.5)), "
        + "99 % \(near.quantile(0.99)), largest \(near.quantile(1)); K/F > 3: "
        + "\(far.values.count), median \(far.quantile(0.5)), largest \(far.quantile(1)); delta: "
        + "\(delta.values.count), median \(delta.quantile(0.5)); skipped \(skippedCount)")
  }
}
