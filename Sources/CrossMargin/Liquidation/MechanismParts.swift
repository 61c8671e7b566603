// When a mechanism starts, what price it sees, and how much it closes.

/// What price decides whether an account is liquidated. What is closed is closed at the price of
/// the instant.
public enum MechanismOracle: Sendable, Equatable {
  /// The mark.
  case mark
  /// The mark some steps ago; today's before the first.
  case delayed(steps: Int)
  /// The mean of the marks of the last steps.
  case average(steps: Int)

  /// Profit that the oracle sees at a step. `profitsUSD` [steps] begins with today's 0.
  public func profitUSD(_ profitsUSD: [Double], step: Int) -> Double {
    switch self {
    case .mark: return profitsUSD[step]
    case .delayed(let steps): return profitsUSD[max(step - steps, 0)]
    case .average(let steps):
      let first = max(step - steps + 1, 0)
      var sum = 0.0
      for past in first...step { sum += profitsUSD[past] }
      return sum / Double(step - first + 1)
    }
  }
}

/// Where a liquidation starts.
public enum MechanismTrigger: Sendable, Equatable {
  /// Below the maintenance requirement.
  case maintenance
  /// Below a fraction of it.
  case maintenanceFraction(Double)

  /// Whether an account of such equity and requirement is liquidated.
  public func isTriggered(equityUSD: Double, requirementUSD: Double) -> Bool {
    switch self {
    case .maintenance: equityUSD < requirementUSD
    case .maintenanceFraction(let fraction): equityUSD < fraction * requirementUSD
    }
  }
}

/// How much of what is left is closed in one step.
public enum MechanismSize: Sendable, Equatable {
  /// Everything.
  case all
  /// A fraction; everything below a notional, USD.
  case increment(fraction: Double, allBelowUSD: Double)
  /// What a schedule of selling everything has sold by the end of the step, whose periods are so
  /// many seconds long.
  case schedule(ExecutionSchedule, periodSeconds: Double)
  /// What brings the equity to `1 + buffer` times the requirement of the rest, costs paid.
  case target(bufferFraction: Double)
  /// What a close factor allows of the debt.
  case closeFactor(CloseFactorTerms)
  /// What brings the health factor to a target at the bonus of the moment.
  case targetHealth(Double, bonus: HealthBonus)
  /// What brings the buffer margin of an auction to 0; everything of an insolvent account.
  case auction(AuctionTerms)
  /// The share of the shortage that a pace allows by the end of the step; slots in seconds.
  case pace(LiquidationPace, slotSeconds: Double)
  /// Debt and collateral moved to a liquidator until the shortage ends.
  case transfer(assetMultiplier: Double, liabilityMultiplier: Double, fundFeeFraction: Double)

  /// The fraction, in [0, 1]. `costFraction` is what closing is expected to cost, per notional.
  public func fraction(_ state: MechanismState, costFraction: Double, stepSeconds: Double) -> Double
  {
    guard state.notionalUSD > 0 else { return 1 }
    switch self {
    case .all: return 1
    case .increment(let fraction, let allBelowUSD):
      return state.notionalUSD < allBelowUSD ? 1 : fraction
    case .schedule(let schedule, let periodSeconds):
      let last = schedule.holdings.count - 1
      let periods = [state.elapsedSeconds, state.elapsedSeconds + stepSeconds].map {
        min(Int(($0 / periodSeconds).rounded()), last)
      }
      let held = periods.map { schedule.holdings[$0] }
      return periods[1] == last || held[0] <= 0 ? 1 : 1 - held[1] / held[0]
    case .target(let buffer):
      return Self.target(state, bufferFraction: buffer, costFraction: costFraction)
    case .closeFactor(let terms): return terms.fraction(health: state.health)
    case .targetHealth(let target, let bonus):
      let liquidation = DebtLiquidation(
        bonusMultiple: bonus.multiple(health: min(state.health, 1)),
        collateralFactor: state.collateralFactor)
      guard
        let debtUSD = liquidation.debtUSD(
          toReach: target, health: state.health, debtUSD: state.notionalUSD)
      else { return 1 }
      return min(debtUSD / state.notionalUSD, 1)
    case .auction(let terms):
      if state.equityUSD <= 0 { return 1 }
      let auction = SolventAuction(
        standing: AuctionStanding(
          markToMarketUSD: state.equityUSD, maintenanceUSD: state.surplusUSD,
          reservedCashUSD: max(state.cashUSD, 0)),
        terms: terms, elapsedSeconds: state.elapsedSeconds)
      return min(max(auction.fractionMax, 0), 1)
    case .pace(let pace, let slotSeconds):
      let allowed = pace.fraction(
        shortageUSD: max(-state.surplusUSD, 0),
        elapsedSlots: (state.elapsedSeconds + stepSeconds) / slotSeconds)
      return allowed * Self.target(state, bufferFraction: 0, costFraction: costFraction)
    case .transfer(let assetMultiplier, let liabilityMultiplier, let fundFee):
      let transfer = DebtTransfer(
        assetWeight: 1, liabilityWeight: 1 + state.requirementUSD / state.notionalUSD,
        assetMultiplier: assetMultiplier, liabilityMultiplier: liabilityMultiplier,
        fundFeeFraction: fundFee, liabilityPriceUSD: 1)
      guard let debtUSD = transfer.tokens(toEndShortageUSD: max(-state.surplusUSD, 0))
      else { return 1 }
      return min(debtUSD / state.notionalUSD, 1)
    }
  }

  /// Closing f costs `c f N` and releases `f R`: `E - c f N = (1 + b)(1 - f) R`; everything where
  /// closing releases no more than it costs.
  private static func target(
    _ state: MechanismState, bufferFraction: Double, costFraction: Double
  ) -> Double {
    let wantedUSD = (1 + bufferFraction) * state.requirementUSD
    let reduction = PositionReduction(
      marginFraction: wantedUSD / state.notionalUSD, liquidatorFeeFraction: costFraction,
      fundFeeFraction: 0, priceUSD: 1, quotePriceUSD: 1)
    guard let units = reduction.coins(toEndShortageUSD: max(wantedUSD - state.equityUSD, 0))
    else { return 1 }
    return min(units / state.notionalUSD, 1)
  }
}
