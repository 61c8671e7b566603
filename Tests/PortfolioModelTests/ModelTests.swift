// Instants, names, payouts and shocks: the nouns that everything else is written in.

import PortfolioModel
import Testing

private func time(_ microseconds: Int64) -> UTCTime { UTCTime(microseconds: microseconds) }

@Test(
  arguments: [
    (0, "1970-01-01T00:00Z"), (1_774_598_400_000_000, "2026-03-27T08:00Z"),
    (951_782_400_000_000, "2000-02-29T00:00Z"), (4_107_542_400_000_000, "2100-03-01T00:00Z"),
    (-1, "1969-12-31T23:59:59.999999Z"), (1_500_000, "1970-01-01T00:00:01.500000Z"),
    (59_000_000, "1970-01-01T00:00:59Z")
  ] as [(Int64, String)])
func timesAreWrittenAsShortAsTheyAllow(microseconds: Int64, text: String) {
  #expect(time(microseconds).description == text)
}

@Test func aYearHas365Days() {
  let start = time(0)
  let later = start.adding(days: 73)
  #expect(start.days(to: later) == 73)
  #expect(start.years(to: later) == 0.2)
  #expect(later.years(to: start) == -0.2)
  #expect(UTCTime.perDay(annual: 365) == 1)
}

@Test func namesSortByTheirBytes() {
  let names = ["b", "B", "é", "a", "z", "日本"]
  #expect(names.sorted(by: precedesByBytes) == ["B", "a", "b", "z", "é", "日本"])
  let sorted = ["A", "B", "C"]
  #expect(firstIndex(in: sorted, named: "B", name: \.self) == 1)
  #expect(firstIndex(in: sorted, named: "BB", name: \.self) == nil)
  #expect(firstIndex(in: [String](), named: "A", name: \.self) == nil)
}

@Test func factorsAreWrittenAsInFiles() {
  let expiry = time(1_774_598_400_000_000)
  #expect(FactorName(.spot, "BTC").description == "spot:BTC")
  #expect(
    FactorName(.volatility, "BTC", expiry: expiry).description == "vol:BTC:2026-03-27T08:00Z")
  #expect(FactorName(.basis, "ETH").description == "basis:ETH")
  #expect(FactorName(.rate, "USD").description == "rate:USD")
}

@Test func theThreeShocksOfTwoHundredGiveTwoHundredAndTwenty() {
  for shock in [Shock.replace(220), .add(20), .scale(1.1)] {
    #expect(abs(shock.applied(to: 200) - 220) < 1e-12)
  }
}

@Test func settlementDecidesThePayout() {
  let (bitcoin, dollar, stablecoin, ether) = (
    AssetIndex(0), AssetIndex(1), AssetIndex(2), AssetIndex(3)
  )
  let pair = AssetPair(underlying: bitcoin, quote: dollar)
  #expect(Payout.of(pair: pair, settlement: dollar, settlementPeg: nil) == .linear)
  #expect(Payout.of(pair: pair, settlement: stablecoin, settlementPeg: dollar) == .linear)
  #expect(Payout.of(pair: pair, settlement: bitcoin, settlementPeg: nil) == .inverse)
  #expect(Payout.of(pair: pair, settlement: ether, settlementPeg: nil) == nil)
  #expect(Payout.of(pair: pair, settlement: stablecoin, settlementPeg: nil) == nil)
}

@Test func aMarketAlwaysHasTheDollar() {
  let market = MarketSnapshot(
    valuationTime: time(0),
    assets: [Asset(name: "ETH", priceUSD: 2_000), Asset(name: "BTC", priceUSD: 80_000)])
  #expect(market.assets.map(\.name) == ["BTC", "ETH", "USD"])
  #expect(market.assetIndex(named: "USD").map { market[$0].priceUSD } == 1)
  #expect(market.assetIndex(named: "XRP") == nil)
}

@Test func aColumnWithoutValuesTakesNoMemory() {
  #expect(OptionalColumn([nil, nil]).isEmpty)
  #expect(OptionalColumn([nil, nil])[1] == nil)
  let column = OptionalColumn([nil, 0, 2])
  #expect(column[0] == nil && column[1] == 0 && column[2] == 2)
  #expect(column[3] == nil && column[1_000] == nil)
}

@Test(arguments: [0.0, 0.06, 0.9, 1]) func aColumnGivesBackWhatItTook(share: Double) {
  // Multiples of a prime scatter the rows that have a value.
  let rows = (0..<1_000).map { row in
    Double(row * 7_919 % 1_000) < share * 1_000 ? Double(row) : nil
  }
  let column = OptionalColumn(rows)
  #expect(rows.indices.map { column[$0] } == rows)
  #expect(column.isEmpty == rows.allSatisfy { $0 == nil })
  // The same column from two parts that meet anywhere.
  for cut in [0, 1, 63, 64, 517, 1_000] {
    var joined = OptionalColumn(Array(rows[..<cut]))
    joined.append(OptionalColumn(Array(rows[cut...])), firstRow: cut)
    #expect(joined == column)
  }
}

@Test func slicesAreRawSVI() {
  let pair = AssetPair(underlying: AssetIndex(0), quote: AssetIndex(1))
  let slice = SVISlice(
    pair: pair, expiry: time(0), parameters: (a: 0.04, b: 0.4, rho: -0.4, m: 0.1, sigma: 0.2))
  // At the vertex the root is sigma.
  #expect(abs(slice.totalVariance(logMoneyness: 0.1) - (0.04 + 0.4 * 0.2)) < 1e-15)
}
