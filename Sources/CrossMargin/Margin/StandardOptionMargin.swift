// Margin of the options of one expiry under Derive's Standard Manager: the better of each leg
// alone and the largest loss at expiry.

/// The level at which an account is judged.
public enum MarginLevel: Sendable, Equatable, CaseIterable {
  /// Below it an account is liquidated.
  case maintenance
  /// Needed to open risk.
  case initial
}

/// Margin of one expiry, a surplus: at most 0.
struct StandardOptionMargin {
  let expiry: StandardExpiry
  let spotUSD: Double
  let terms: StandardOptionTerms

  /// `max(isolated, largest loss)`, USD.
  func surplusUSD(_ level: MarginLevel) -> Double {
    max(isolatedUSD(level), largestLossUSD(level))
  }

  /// Sum of the legs, each alone; a long leg counts 0.
  func isolatedUSD(_ level: MarginLevel) -> Double {
    var sumUSD = 0.0
    for option in expiry.options where option.coins < 0 {
      sumUSD += option.side == .call ? shortCallUSD(option, level) : shortPutUSD(option, level)
    }
    return sumUSD
  }

  /// Spot price times the (negative) coins: the unit of the rates.
  private func notionalUSD(_ option: OptionLeg) -> Double { spotUSD * option.coins }

  private func initialRate(_ option: OptionLeg) -> Double {
    let outOfTheMoney = max(option.side.rawValue * (option.strike - spotUSD), 0) / spotUSD
    return max(terms.initialSpotFraction - outOfTheMoney, terms.initialSpotFractionMin)
  }

  private func shortCallUSD(_ option: OptionLeg, _ level: MarginLevel) -> Double {
    let rate =
      level == .initial ? initialRate(option) : terms.maintenance.callSpotFraction
    return rate * notionalUSD(option) + expiry.valueUSD(option)
  }

  private func shortPutUSD(_ option: OptionLeg, _ level: MarginLevel) -> Double {
    let valueUSD = expiry.valueUSD(option)
    let maintenanceUSD =
      min(
        terms.maintenance.putSpotFraction * notionalUSD(option),
        terms.maintenance.putMarkFraction * valueUSD) + valueUSD
    if level == .maintenance { return maintenanceUSD }
    return min(
      initialRate(option) * notionalUSD(option) + valueUSD,
      maintenanceUSD * terms.putInitialFactor)
  }

  /// The lowest payoff of the expiry at 0 and at each strike, not above 0, and a charge for calls
  /// that are short on balance, whose loss has no bound.
  func largestLossUSD(_ level: MarginLevel) -> Double {
    var lowestUSD = min(payoffUSD(settlementUSD: 0), 0)
    for option in expiry.options {
      lowestUSD = min(lowestUSD, payoffUSD(settlementUSD: option.strike))
    }
    var netCallCoins = 0.0
    for option in expiry.options where option.side == .call { netCallCoins += option.coins }
    let factor =
      level == .initial
      ? terms.unpairedCallInitialFactor : terms.unpairedCallMaintenanceFactor
    return lowestUSD + factor * expiry.forwardUSD * min(netCallCoins, 0)
  }

  private func payoffUSD(settlementUSD: Double) -> Double {
    expiry.options.reduce(0) { $0 + $1.coins * $1.payoff(settlement: settlementUSD) }
  }
}
