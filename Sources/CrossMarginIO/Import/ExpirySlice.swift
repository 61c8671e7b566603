// The rows of one coin and expiry: its forward, and its volatility by strike.

import Foundation
import PortfolioModel

/// One expiry of a chain at one snapshot.
struct ExpirySlice {
  /// A strike with the volatility of its option out of the money.
  struct Quote {
    let strikeUSD: Double
    let volatilityAnnual: Double
  }

  let underlying: String
  let expiry: UTCTime
  /// Median of the rows: within a snapshot they are seconds apart.
  let forwardUSD: Double
  let rows: [ChainRow]
  /// Sorted by strike.
  let quotes: [Quote]

  /// Cuts a snapshot into slices, sorted by coin and expiry. Rows without forward are left out.
  static func slices(of rows: [ChainRow]) -> [ExpirySlice] {
    struct Key: Hashable {
      let underlying: String
      let expiry: UTCTime
    }
    let known = rows.filter { $0.forwardUSD != nil }
    let groups = Dictionary(grouping: known) { Key(underlying: $0.underlying, expiry: $0.expiry) }
    let keys = groups.keys.sorted { left, right in
      left.underlying == right.underlying
        ? left.expiry < right.expiry : precedesByBytes(left.underlying, right.underlying)
    }
    return keys.compactMap { groups[$0].flatMap(ExpirySlice.init) }
  }

  private init?(_ rows: [ChainRow]) {
    guard let first = rows.first, let forwardUSD = median(rows.compactMap(\.forwardUSD))
    else { return nil }
    underlying = first.underlying
    expiry = first.expiry
    self.forwardUSD = forwardUSD
    self.rows = rows
    quotes = Self.quotes(rows, forwardUSD: forwardUSD)
  }

  /// The volatility of each strike. Call and put have one by parity, but rows are seconds apart and
  /// marks of options deep in the money carry little of it: the one out of the money is taken, the
  /// other where it has none.
  private static func quotes(_ rows: [ChainRow], forwardUSD: Double) -> [Quote] {
    func isOutOfTheMoney(_ row: ChainRow) -> Bool {
      row.type == (row.strikeUSD >= forwardUSD ? .call : .put)
    }
    let quoted = rows.filter { $0.impliedVolatilityAnnual != nil }.sorted { left, right in
      left.strikeUSD == right.strikeUSD
        ? isOutOfTheMoney(left) && !isOutOfTheMoney(right) : left.strikeUSD < right.strikeUSD
    }
    var quotes: [Quote] = []
    for row in quoted where quotes.last?.strikeUSD != row.strikeUSD {
      guard let volatility = row.impliedVolatilityAnnual else { continue }
      quotes.append(Quote(strikeUSD: row.strikeUSD, volatilityAnnual: volatility))
    }
    return quotes
  }

  /// Total variance at `K = F`, linear in ln(K/F) between the strikes around it; nil where no two
  /// strikes enclose the forward.
  func atTheMoneyTotalVariance(at time: UTCTime) -> Double? {
    let years = time.years(to: expiry)
    guard years > 0, let upper = quotes.firstIndex(where: { $0.strikeUSD >= forwardUSD })
    else { return nil }
    let above = quotes[upper]
    let aboveVariance = above.volatilityAnnual * above.volatilityAnnual * years
    if above.strikeUSD == forwardUSD { return aboveVariance }
    guard upper > 0 else { return nil }
    let below = quotes[upper - 1]
    let belowVariance = below.volatilityAnnual * below.volatilityAnnual * years
    let weight =
      log(forwardUSD / below.strikeUSD) / log(above.strikeUSD / below.strikeUSD)
    return belowVariance + weight * (aboveVariance - belowVariance)
  }
}

/// The volatility of 30 days at the money.
enum AtTheMoneyVolatility {
  /// The horizon, days.
  static let horizonDays = 30.0

  /// The volatility of 30 days from the slices of one coin, annual: total variance is linear in time
  /// between the two expiries around the horizon. Nil where no two expiries enclose it.
  static func annual(slices: [ExpirySlice], at time: UTCTime) -> Double? {
    var nodes: [(days: Double, variance: Double)] = []
    for slice in slices {
      guard let variance = slice.atTheMoneyTotalVariance(at: time) else { continue }
      nodes.append((time.days(to: slice.expiry), variance))
    }
    nodes.sort { $0.days < $1.days }
    guard let upper = nodes.firstIndex(where: { $0.days >= horizonDays }) else { return nil }
    let horizonYears = time.years(to: time.adding(days: horizonDays))
    let later = nodes[upper]
    if later.days == horizonDays { return (later.variance / horizonYears).squareRoot() }
    guard upper > 0 else { return nil }
    let earlier = nodes[upper - 1]
    let weight = (horizonDays - earlier.days) / (later.days - earlier.days)
    let variance = earlier.variance + weight * (later.variance - earlier.variance)
    return (variance / horizonYears).squareRoot()
  }
}
