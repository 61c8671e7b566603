// What changes of an account do: the same as in a book that was changed.

import CrossMargin
import PortfolioModel
import Testing

@Suite struct AccountChangeTests {
  @Test func aDepositAndATradeAreThoseOfTheChangedBook() throws {
    var test = TestBook()
    test.positions = [("a", "BTC-LIN", 2, nil), ("a", "BTC-INV", 1_000, nil)]
    test.balances = [("a", "USDC", 50_000)]
    let settings = TestTerms.settings()
    let change = AccountChange(
      account: "a", deposits: [AccountChange.Amount(name: "BTC", amount: 0.5)],
      trades: [AccountChange.Amount(name: "BTC-LIN", amount: -2)])
    let effect = try change.effect(on: test.book(), settings: settings)
    let before = try #require(try WholeRun(test.book(), settings).margins.first)
    #expect(effect.before.margin == before)
    test.positions = [("a", "BTC-LIN", 0, nil), ("a", "BTC-INV", 1_000, nil)]
    test.balances.append(("a", "BTC", 0.5))
    let after = try #require(try WholeRun(test.book(), settings).margins.first)
    #expect(effect.after.margin.levels.map(\.surplusUSD) == after.levels.map(\.surplusUSD))
    #expect(effect.figures.first?.changeUSD == 40_000)
    #expect(effect.after.status == .healthy)
  }

  /// An option is paid at its model value: equity stays, the requirement does not.
  @Test func optionsArePaidAtTheirValue() throws {
    var test = TestBook()
    test.balances = [("a", "USDC", 50_000)]
    let change = AccountChange(
      account: "a", deposits: [],
      trades: [AccountChange.Amount(name: "BTC-LC-80000", amount: -1)])
    let effect = try change.effect(on: test.book(), settings: TestTerms.settings())
    #expect(abs(effect.after.equityUSD - effect.before.equityUSD) < 1e-9)
    #expect(effect.after.margin.maintenance.requirementUSD > 5_000)
  }

  @Test func unknownNamesAreErrors() throws {
    var test = TestBook()
    test.balances = [("a", "USDC", 50_000)]
    let book = test.book()
    func error(_ change: AccountChange) -> AccountChangeError? {
      do throws(AccountChangeError) {
        _ = try change.effect(on: book, settings: TestTerms.settings())
        return nil
      } catch { return error }
    }
    let nothing: [AccountChange.Amount] = []
    let odd = [AccountChange.Amount(name: "odd", amount: 1)]
    #expect(
      error(AccountChange(account: "b", deposits: nothing, trades: nothing)) == .unknownAccount("b")
    )
    #expect(
      error(AccountChange(account: "a", deposits: odd, trades: nothing)) == .unknownAsset("odd"))
    #expect(
      error(AccountChange(account: "a", deposits: nothing, trades: odd))
        == .unknownInstrument("odd"))
  }
}
