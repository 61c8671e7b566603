// The scenarios of venues' scans as parameter files write them.

import CrossMargin
import PortfolioModel

extension TermReader {
  /// Spread and floor of volatility moves: `vol_short_power`, `vol_long_power`, `vol_floor_days`,
  /// `vol_up_min`.
  func volatilityShock() -> VolatilityShock {
    VolatilityShock(
      term: volatilityTerm(), raisedVolatilityAnnualMin: number("vol_up_min", .notNegative))
  }

  /// Spread of volatility moves over expiries.
  func volatilityTerm() -> VolatilityTermStructure {
    VolatilityTermStructure(
      shortPower: number("vol_short_power", .notNegative),
      longPower: number("vol_long_power", .notNegative),
      floorDays: number("vol_floor_days", .positive))
  }

  /// Scenarios `[price move, volatility, weight]`, the volatility `up`, `same` or `down` by the
  /// terms `vol_up` and `vol_down`, or one of the skews where they are allowed.
  func scenarios(allowsSkews: Bool) -> [MarginScenario] {
    let (up, down) = (number("vol_up", .notNegative), number("vol_down", .properFraction))
    var words: [(word: String, meaning: MarginScenario.VolatilityChange)] = [
      ("up", .move(up)), ("same", .move(0)), ("down", .move(-down))
    ]
    if allowsSkews { words += [("tilt", .skew(.linear)), ("wings", .skew(.absolute))] }
    guard let value = value("scenarios") else { return [] }
    let rows = value.list() ?? []
    if rows.isEmpty { value.report(expected: "at least one scenario") }
    return rows.compactMap { row in
      let expected = "a price move, a change of volatility and a weight"
      guard let parts = row.list(expected: expected) else { return nil }
      guard parts.count == 3 else {
        row.report(expected: expected)
        return nil
      }
      guard let move = parts[0].number(.finite), let change = parts[1].choice(words),
        let weight = parts[2].number(.notNegative)
      else { return nil }
      if move < -1 {
        parts[0].report(expected: "a price move of at least -1")
        return nil
      }
      return MarginScenario(priceRatio: 1 + move, volatility: change, weight: weight)
    }
  }

  /// `basis_up` and `basis_down` as relative moves of forwards, with the share of the loss.
  func basisContingency() -> BasisContingencyTerms {
    BasisContingencyTerms(
      upRatio: 1 + number("basis_up", .positive),
      downRatio: 1 - number("basis_down", .innerFraction),
      shareAtExpiry: number("basis_share", .notNegative),
      shareAnnual: number("basis_share_annual", .notNegative))
  }

  /// A charge below a confidence, with a prefix of its keys.
  func confidence(_ prefix: String) -> ConfidenceTerms {
    ConfidenceTerms(
      threshold: number("\(prefix)_threshold", .fraction),
      fraction: number("\(prefix)_charge", .notNegative))
  }

  /// What a stablecoin below its peg adds.
  func peg() -> PegLossTerms {
    PegLossTerms(
      thresholdUSD: number("peg_threshold", .positive),
      factorPerUSD: number("peg_factor", .notNegative))
  }

  /// Multiplier of the value of an expiry, with a prefix of its keys.
  func staticDiscount(_ prefix: String) -> StaticDiscountTerms {
    StaticDiscountTerms(
      base: number("\(prefix)_base", .positive),
      rateMultiplier: number("\(prefix)_rate_multiplier", .notNegative),
      rateAddedAnnual: number("\(prefix)_rate_added", .notNegative))
  }
}
