// One account of a portfolio made in memory: what it is worth, and what it loses.

import CrossMargin
import PortfolioModel

// A market with one coin and one perpetual that is paid in it.
let now = UTCTime(microseconds: 1_770_336_000_000_000)  // 2026-02-06T00:00Z
var market = MarketSnapshot(valuationTime: now, assets: [Asset(name: "BTC", priceUSD: 80_000)])
guard let bitcoin = market.assetIndex(named: "BTC"), let dollar = market.assetIndex(named: "USD")
else { fatalError("the market has these assets") }
let perpetual = Instrument(
  name: "BTC-PERPETUAL", kind: .perpetual, pair: AssetPair(underlying: bitcoin, quote: dollar),
  settlement: bitcoin, multiplier: 1, payout: .inverse)
market.marks = [Mark(instrument: InstrumentIndex(0), price: 80_000)]

// An account that is long 1,000,000 USD since 40,000.
let account = AccountRecord(
  Account(name: "alice"),
  positions: [HeldPosition(InstrumentIndex(0), quantity: 1_000_000, entryPrice: 40_000)],
  balances: [HeldBalance(dollar, amount: 100_000)])
var book = Book(market: market, instruments: [perpetual], portfolio: Portfolio([account]))
let fall = FactorShock(factor: FactorName(.spot, "BTC"), shock: .scale(0.8))
book.scenarios = [
  UserScenarioSet(name: "falls", scenarios: [UserScenario(name: "to 64,000", shocks: [fall])])
]

// What is asked: a rule set that scans prices 20 % up and down, and the scenario above.
let terms = ScanTerms(
  grid: PriceVolatilityGrid(
    priceRangeFraction: 0.2, stepCount: 4, volatilityUpFraction: 0.5, volatilityDownFraction: 0.25),
  basis: BasisTerms(moveFractionMin: 0.01, moveAnnual: 0.075, weight: 1),
  initial: LevelTerms(
    factor: 1.25, borrowFraction: 0.1, haircuts: [], otherHaircutFraction: 0.1),
  maintenance: LevelTerms(
    factor: 1, borrowFraction: 0.05, haircuts: [], otherHaircutFraction: 0.05))
let house = RuleSetTerms(
  name: "house", effectiveFrom: now.adding(days: -1), family: .scan(terms))
var settings = RunSettings(models: [house], defaultModel: "house")
settings.scenarioSets = [
  ScenarioSetSettings(name: "falls", source: .user(fileName: "falls", completion: .none))
]

let results = try RiskRun(book: book, settings: settings).block(0)
print("unsettled USD  ", results.accounts[0].unsettledUSD)
print("equity USD     ", results.accounts[0].equityUSD)
print("delta USD      ", results.underlyings[0].greeks.deltaUSD)
print("loss USD       ", results.measures[0].worstLossUSD)
print("maintenance USD", results.margins[0].maintenance.requirementUSD)
print("status         ", results.accounts[0].status)
