// Where an account is liquidated when all prices move together along a ray: piecewise linear, so one
// division after the right break.

/// A linear contract on a ray: its price is `mark (1 + direction t)`.
public struct RayContract: Sendable, Equatable {
  /// Coins, positive is long.
  public var coins: Double
  /// Mark, USD, positive.
  public var markUSD: Double
  /// Profit at the mark that has not been paid, USD.
  public var unrealisedUSD: Double
  /// Relative move of the price per unit of t.
  public var direction: Double
  /// Maintenance.
  public var schedule: TierSchedule

  /// A contract.
  public init(
    coins: Double, markUSD: Double, unrealisedUSD: Double, direction: Double,
    schedule: TierSchedule
  ) {
    self.coins = coins
    self.markUSD = markUSD
    self.unrealisedUSD = unrealisedUSD
    self.direction = direction
    self.schedule = schedule
  }

  fileprivate func notionalUSD(_ t: Double) -> Double {
    abs(coins) * markUSD * max(1 + direction * t, 0)
  }
}

/// A balance in an asset whose price moves along the ray.
public struct RayBalance: Sendable, Equatable {
  /// Value now, USD; negative is owed.
  public var valueUSD: Double
  /// Relative move of the price per unit of t.
  public var direction: Double
  /// What the balance counts for.
  public var terms: CollateralTerms

  /// A balance.
  public init(valueUSD: Double, direction: Double, terms: CollateralTerms) {
    self.valueUSD = valueUSD
    self.direction = direction
    self.terms = terms
  }
}

/// An account whose parts move along one ray.
public struct RayAccount: Sendable, Equatable {
  /// Cash that does not move, USD.
  public var cashUSD: Double
  /// Contracts.
  public var contracts: [RayContract]
  /// Collateral and debts.
  public var balances: [RayBalance]
  /// Share of the sum of unrealised profits that counts where it is positive.
  public var profitCountedFraction: Double

  /// An account.
  public init(
    cashUSD: Double, contracts: [RayContract], balances: [RayBalance],
    profitCountedFraction: Double
  ) {
    self.cashUSD = cashUSD
    self.contracts = contracts
    self.balances = balances
    self.profitCountedFraction = profitCountedFraction
  }

  private func profitUSD(_ t: Double) -> Double {
    contracts.reduce(0) { $0 + $1.unrealisedUSD + $1.coins * $1.markUSD * $1.direction * t }
  }

  /// Equity that counts less maintenance at t, USD: cash, profits, balances, contracts in order.
  public func surplusUSD(at t: Double) -> Double {
    let profit = profitUSD(t)
    var surplus = cashUSD + (profit > 0 ? profit * profitCountedFraction : profit)
    for balance in balances {
      surplus += balance.terms.countedUSD(valueUSD: balance.valueUSD * (1 + balance.direction * t))
    }
    for contract in contracts {
      surplus -= contract.schedule.requirementUSD(notionalUSD: contract.notionalUSD(t))
    }
    return surplus
  }

  /// Values of t between which the surplus is straight: tier edges, edges of collateral rates, the
  /// sign of the profit; only those at which all prices are positive.
  private func breaks() -> [Double] {
    var breaks: [Double] = []
    for contract in contracts where contract.direction != 0 && contract.coins != 0 {
      let notional = abs(contract.coins) * contract.markUSD
      breaks += contract.schedule.tiers.dropFirst().map {
        ($0.lowerNotionalUSD / notional - 1) / contract.direction
      }
    }
    for balance in balances where balance.direction != 0 && balance.valueUSD > 0 {
      breaks += balance.terms.countedShares.tiers.dropFirst().map {
        ($0.from / balance.valueUSD - 1) / balance.direction
      }
    }
    let slope = contracts.reduce(0) { $0 + $1.coins * $1.markUSD * $1.direction }
    if slope != 0 { breaks.append(-profitUSD(0) / slope) }
    return breaks
  }

  /// Bounds of t: there the first price reaches zero; nil where none does.
  private func bound(isPositive: Bool) -> Double? {
    let directions = contracts.map(\.direction) + balances.map(\.direction)
    let ends = directions.filter { isPositive ? $0 < 0 : $0 > 0 }.map { -1 / $0 }
    return isPositive ? ends.min() : ends.max()
  }

  /// Nearest t on each side of 0 at which the surplus is zero; nil where no positive prices make it
  /// so. Of a healthy account they are where it is liquidated.
  public var roots: (negative: Double?, positive: Double?) {
    (root(isPositive: false), root(isPositive: true))
  }

  private func root(isPositive: Bool) -> Double? {
    let end = bound(isPositive: isPositive)
    func isInside(_ t: Double) -> Bool {
      isPositive ? t > 0 && t < end ?? .infinity : t < 0 && t > end ?? -.infinity
    }
    var stops = breaks().filter(isInside).sorted { abs($0) < abs($1) }
    // The last piece ends at a price of zero, or is straight for ever: two points show its slope.
    let last = stops.last ?? 0
    let step = isPositive ? max(abs(last), 1) : -max(abs(last), 1)
    stops.append(end ?? last + step)
    var (start, before) = (0.0, surplusUSD(at: 0))
    for stop in stops {
      let surplus = surplusUSD(at: stop)
      if before != 0 && surplus * before <= 0 && surplus != before {
        let root = start + (stop - start) * (before / (before - surplus))
        return isInside(root) ? root : nil
      }
      if stop == stops.last && end == nil {
        let slope = (surplus - before) / (stop - start)
        let root = slope == 0 ? nil : stop - surplus / slope
        return root.flatMap { abs($0) > abs(stop) && isInside($0) ? $0 : nil }
      }
      (start, before) = (stop, surplus)
    }
    return nil
  }
}
