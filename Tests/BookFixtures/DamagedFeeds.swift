// Faults in the file of price feeds.

extension DamagedBook {
  private static let file = "market/feeds.csv"

  static let feeds = [
    DamagedBook("column of feeds unknown", file, ",weight", ",wait", "wait", "weight"),
    DamagedBook("feeds without time", file, "price_usd,time", "price_usd,x_time", "time"),
    DamagedBook("feed of nothing", file, "ETH,beta", "DOGE,beta", ":5: asset", "assets.csv"),
    DamagedBook(
      "feed of USD", file, adding: "USD,alpha,1,2026-02-05T23:59Z,,\n", ":7: asset", "USD"),
    DamagedBook(
      "source twice", file, adding: "BTC,beta,80000,2026-02-05T23:59Z,,\n", ":7", "asset, source",
      "line 3", "every key once"),
    DamagedBook("source without name", file, "ETH,beta", "ETH,", ":5: source"),
    DamagedBook("quote of zero", file, "gamma,83000", "gamma,0", ":4: price_usd", "above 0"),
    DamagedBook("quote below zero", file, "gamma,83000", "gamma,-83000", ":4: price_usd"),
    DamagedBook(
      "quote of tomorrow", file, "2026-02-05T23:59:55Z", "2026-02-06T00:00:01Z", ":4: time",
      "not after the valuation time"),
    DamagedBook("quote at no time", file, "2026-02-05T23:59:55Z", "", ":4: time"),
    DamagedBook("trust above 1", file, ",0.99,", ",1.01,", ":4: confidence", "between 0 and 1"),
    DamagedBook("weight of zero", file, "1,0.5", "1,0", ":6: weight", "above 0")
  ]
}
