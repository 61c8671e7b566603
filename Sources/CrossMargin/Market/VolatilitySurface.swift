// Implied volatility between and beyond the quotes of one underlying.

import PortfolioModel
import RiskNumerics

/// Volatility by strike and expiry: linear in total variance, along `ln(K/F)` within an expiry and
/// along time at equal `ln(K/F)` between expiries; flat in volatility outside.
struct VolatilitySurface: Sendable {
  /// A volatility and whether it lies outside the quotes.
  struct Reading: Sendable, Equatable {
    var volatilityAnnual: Double
    var isExtrapolated: Bool
  }

  /// Total variance of one expiry as a function of log-moneyness.
  enum Smile: Sendable {
    /// Quotes by increasing log-moneyness.
    case quotes(logMoneyness: [Double], totalVariance: [Double])
    case svi(SVISlice)
  }

  /// One expiry.
  struct Slice: Sendable {
    var expiryYears: Double
    var smile: Smile
  }

  /// Slices by increasing expiry, none at or before the valuation time.
  let slices: [Slice]

  /// The volatility at a log-moneyness and time; nil without slices or at expiry.
  func volatility(logMoneyness: Double, expiryYears: Double) -> Reading? {
    guard !slices.isEmpty, expiryYears > 0 else { return nil }
    let next = slices.firstIndex { $0.expiryYears >= expiryYears } ?? slices.count
    if next == slices.count { return atExpiry(of: slices[next - 1], logMoneyness, isOutside: true) }
    let later = slices[next]
    if later.expiryYears == expiryYears {
      return atExpiry(of: later, logMoneyness, isOutside: false)
    }
    if next == 0 { return atExpiry(of: later, logMoneyness, isOutside: true) }
    let earlier = slices[next - 1]
    let (earlyVariance, earlyOutside) = Self.totalVariance(earlier, logMoneyness)
    let (lateVariance, lateOutside) = Self.totalVariance(later, logMoneyness)
    let share = (expiryYears - earlier.expiryYears) / (later.expiryYears - earlier.expiryYears)
    let variance = earlyVariance + share * (lateVariance - earlyVariance)
    return Reading(
      volatilityAnnual: (max(variance, 0) / expiryYears).squareRoot(),
      isExtrapolated: earlyOutside || lateOutside)
  }

  private func atExpiry(of slice: Slice, _ logMoneyness: Double, isOutside: Bool) -> Reading {
    let (variance, strikeOutside) = Self.totalVariance(slice, logMoneyness)
    return Reading(
      volatilityAnnual: (max(variance, 0) / slice.expiryYears).squareRoot(),
      isExtrapolated: isOutside || strikeOutside)
  }

  private static func totalVariance(_ slice: Slice, _ logMoneyness: Double) -> (Double, Bool) {
    switch slice.smile {
    case .svi(let parameters):
      return (parameters.totalVariance(logMoneyness: logMoneyness), false)
    case .quotes(let abscissas, let variances):
      let next = abscissas.firstIndex { $0 >= logMoneyness } ?? abscissas.count
      if next == abscissas.count { return (variances[next - 1], true) }
      if abscissas[next] == logMoneyness { return (variances[next], false) }
      if next == 0 { return (variances[0], true) }
      let width = abscissas[next] - abscissas[next - 1]
      let share = (logMoneyness - abscissas[next - 1]) / width
      return (variances[next - 1] + share * (variances[next] - variances[next - 1]), false)
    }
  }
}

extension VolatilitySurface {
  /// The surface of a pair. Quotes whose expiry has no forward cannot be placed and are left out.
  init(of pair: AssetPair, in market: MarketSnapshot, forwards: ForwardTable) {
    var slices: [Slice] = []
    let now = market.valuationTime
    let quotes = market.volatilities.filter { $0.pair == pair && $0.expiry > now }
    var first = 0
    while first < quotes.count {
      let expiry = quotes[first].expiry
      let end = quotes[first...].firstIndex { $0.expiry != expiry } ?? quotes.count
      if let forward = forwards[pair, expiry]?.forward {
        let years = now.years(to: expiry)
        let strikes = quotes[first..<end].map { ScalarMath.log($0.strike / forward) }
        let variances = quotes[first..<end].map {
          $0.volatilityAnnual * $0.volatilityAnnual * years
        }
        slices.append(
          Slice(
            expiryYears: years, smile: .quotes(logMoneyness: strikes, totalVariance: variances)))
      }
      first = end
    }
    for slice in market.surfaces where slice.pair == pair && slice.expiry > now {
      slices.append(Slice(expiryYears: now.years(to: slice.expiry), smile: .svi(slice)))
    }
    self.slices = slices.sorted { $0.expiryYears < $1.expiryYears }
  }
}

/// Forwards by pair and expiry.
struct ForwardTable: Sendable {
  private let quotes: [ForwardQuote]

  /// Forwards of a market, which are sorted by pair and expiry.
  init(_ market: MarketSnapshot) { quotes = market.forwards }

  /// The forward of a pair to an expiry.
  subscript(pair: AssetPair, expiry: UTCTime) -> ForwardQuote? {
    var low = 0
    var high = quotes.count
    while low < high {
      let middle = (low + high) / 2
      if (quotes[middle].pair, quotes[middle].expiry) < (pair, expiry) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    guard low < quotes.count, quotes[low].pair == pair, quotes[low].expiry == expiry else {
      return nil
    }
    return quotes[low]
  }
}
