// The second example of the README, as it stands there: `ReadmeTests` compares the text between the
// marks with the README's and runs it.

import CrossMargin
import CrossMarginIO
import PortfolioModel

/// Figures of one account of a book.
struct ReadmeExample {
  /// Equity, USD.
  let equityUSD: Double
  /// Largest loss of each scenario set, USD.
  let worstLossesUSD: [Double]

  init(folder: String) throws {
    // begin
    let loaded = try BookReader.load(folder: folder)
    let run = try RiskRun(book: loaded.book, settings: loaded.settings)
    let names = loaded.book.portfolio.accounts
    let account = AccountIndex(firstIndex(in: names, named: "A0000007", name: \.name) ?? 0)

    let answer = try run.explain(account)
    let surplusUSD = answer.margin?.maintenance.surplusUSD ?? 0
    print(answer.account.status, answer.account.equityUSD, surplusUSD)
    for exposure in answer.exposures {
      let expiry = exposure.expiry.map { "\($0)" } ?? "no expiry"
      print(loaded.book.market[exposure.underlying].name, expiry, exposure.greeks.deltaUSD)
    }
    for measure in answer.measures {
      let set = loaded.settings.scenarioSets[measure.setPosition].name
      print(set, measure.worstLossUSD, measure.tail?.expectedShortfallUSD ?? 0)
    }
    // end
    equityUSD = answer.account.equityUSD
    worstLossesUSD = answer.measures.map(\.worstLossUSD)
  }
}
