// One account on one path under one mechanism: what is closed when, and where the money goes.

/// A walk along one path.
public struct MechanismWalk {
  private let mechanism: LiquidationMechanism
  private let subject: MechanismSubject
  private let world: MechanismWorld
  private let crowd: MechanismCrowd?
  private let path: Int

  private var outcome = MechanismOutcome()
  /// Share of the original portfolio that is left.
  private var share = 1.0
  private var cashUSD = 0.0
  /// Value of the whole original portfolio now, USD.
  private var wholeUSD: Double
  private var startInstant: Int?
  private var insolventInstant: Int?
  /// Instant from which keepers are free for the running liquidation.
  private var freeInstant = 0

  private init(
    _ mechanism: LiquidationMechanism, _ subject: MechanismSubject, _ world: MechanismWorld,
    _ crowd: MechanismCrowd?, path: Int
  ) {
    self.mechanism = mechanism
    self.subject = subject
    self.world = world
    self.crowd = crowd
    self.path = path
    wholeUSD = subject.equityUSD
  }

  /// What becomes of an account. `profitsUSD` [instants] are those of the whole portfolio since
  /// today, of which the first is 0; with a crowd, the path is one of its paths.
  public static func outcome(
    of subject: MechanismSubject, under mechanism: LiquidationMechanism, in world: MechanismWorld,
    profitsUSD: [Double], crowd: MechanismCrowd? = nil, path: Int = 0
  ) -> MechanismOutcome {
    var walk = MechanismWalk(mechanism, subject, world, crowd, path: path)
    for instant in profitsUSD.indices where walk.share > 0 {
      if instant > 0 {
        let change = profitsUSD[instant] - profitsUSD[instant - 1]
        walk.outcome.heldUSD += walk.share * change
        walk.wholeUSD = subject.equityUSD + profitsUSD[instant]
      }
      walk.act(
        instant, seenUSD: subject.equityUSD + mechanism.oracle.profitUSD(profitsUSD, step: instant))
    }
    walk.finish(instantCount: profitsUSD.count)
    return walk.outcome
  }

  private var state: MechanismState {
    MechanismState(
      valueUSD: share * wholeUSD, cashUSD: cashUSD, requirementUSD: share * subject.requirementUSD,
      notionalUSD: share * subject.notionalUSD)
  }

  private mutating func act(_ instant: Int, seenUSD: Double) {
    var state = state
    let seenEquityUSD = share * seenUSD + cashUSD
    guard let start = startInstant else {
      guard
        mechanism.trigger.isTriggered(
          equityUSD: seenEquityUSD, requirementUSD: state.requirementUSD)
      else { return }
      startInstant = instant
      insolventInstant = nil
      freeInstant = instant + (crowd?.waitSteps[path][instant] ?? 0)
      outcome.triggeredInstant = outcome.triggeredInstant ?? instant
      return close(&state, instant, start: instant)
    }
    if seenEquityUSD >= state.requirementUSD {
      return end(afterSeconds: Double(instant - start) * world.stepSeconds)
    }
    close(&state, instant, start: start)
  }

  private mutating func close(_ state: inout MechanismState, _ instant: Int, start: Int) {
    state.elapsedSeconds = Double(instant - start) * world.stepSeconds
    if state.equityUSD <= 0 { insolventInstant = insolventInstant ?? instant }
    state.insolventSeconds =
      Double(instant - (insolventInstant ?? instant)) * world.stepSeconds
    if mechanism.backstop == .vault, takeOver(state, instant) { return }
    switch mechanism.taker {
    case .market: sell(state, instant)
    case .keepers:
      guard world.areKeepersPresent, instant >= freeInstant else { return }
      bid(state, instant)
    }
  }

  /// Cost of the market for a share of the original portfolio, USD; the crowd's closings of the
  /// instant set the price where they are larger.
  private func impactUSD(share closed: Double, _ instant: Int) -> Double {
    subject.exposures.reduce(0) { sum, exposure in
      let ownUSD = closed * exposure.notionalUSD
      let crowdUSD =
        crowd?.flow.closedUSD(path: path, instant: instant, asset: exposure.asset) ?? 0
      return sum + ownUSD
        * world.liquidity.costFraction(
          asset: exposure.asset, notionalUSD: max(ownUSD, crowdUSD))
    }
  }

  private mutating func sell(_ state: MechanismState, _ instant: Int) {
    let wholeImpactUSD = impactUSD(share: share, instant)
    let feeUSD = mechanism.fee.fundUSD(
      notionalUSD: state.notionalUSD, equityUSD: state.equityUSD, chargeUSD: wholeImpactUSD)
    let fraction = mechanism.size.fraction(
      state,
      costFraction: (wholeImpactUSD + feeUSD) / max(state.notionalUSD, .leastNormalMagnitude),
      stepSeconds: world.stepSeconds)
    let impactUSD = impactUSD(share: fraction * share, instant)
    let fundUSD = mechanism.fee.fundUSD(
      notionalUSD: fraction * state.notionalUSD, equityUSD: fraction * state.equityUSD,
      chargeUSD: impactUSD)
    outcome.marketUSD += impactUSD
    outcome.fundUSD += fundUSD
    take(fraction, of: state, chargeUSD: impactUSD + fundUSD, instant, seconds: 0)
  }

  /// What keepers ask for a share of the original portfolio, USD: its impact, the risk of holding
  /// it until they are out, and their work.
  private func askedUSD(share closed: Double, _ instant: Int) -> Double {
    let exitUSD =
      world.keepers.riskMultiple * subject.deviationDailyUSD * world.keepers.exitDays.squareRoot()
    return impactUSD(share: closed, instant) + closed * exitUSD + world.keepers.fixedUSD
  }

  private mutating func bid(_ state: MechanismState, _ instant: Int) {
    let offeredUSD = mechanism.price.concessionUSD(state)
    let highestUSD = mechanism.price.concessionUSDMax(state, seconds: world.stepSeconds)
    let keptFraction = 1 - mechanism.fee.sharedUSD(concessionUSD: 1)
    let expectedUSD =
      mechanism.price.isLimit ? askedUSD(share: share, instant) / keptFraction : offeredUSD
    let fraction = mechanism.size.fraction(
      state, costFraction: max(expectedUSD, 0) / max(state.notionalUSD, .leastNormalMagnitude),
      stepSeconds: world.stepSeconds)
    guard fraction > 0 else { return }
    let askedUSD = askedUSD(share: fraction * share, instant)
    guard fraction * highestUSD * keptFraction >= askedUSD else { return }
    // The first who finds it worth while takes it: at once, or at what he asks. A limit is what he
    // may ask, not what he is offered.
    let leastUSD = mechanism.price.isLimit ? 0 : fraction * offeredUSD
    let paidUSD = max(leastUSD, askedUSD / keptFraction)
    let waited = (paidUSD - fraction * offeredUSD) / (fraction * (highestUSD - offeredUSD))
    let sharedUSD = mechanism.fee.sharedUSD(concessionUSD: paidUSD)
    let fundUSD = mechanism.fee.fundUSD(
      notionalUSD: fraction * state.notionalUSD, equityUSD: fraction * state.equityUSD,
      chargeUSD: paidUSD)
    outcome.keepersUSD += paidUSD - sharedUSD
    outcome.fundUSD += sharedUSD + fundUSD
    take(
      fraction, of: state, chargeUSD: paidUSD + fundUSD, instant,
      seconds: waited.isFinite ? min(max(waited, 0), 1) * world.stepSeconds : 0)
  }

  /// Whether the vault takes everything, or winners do.
  private mutating func takeOver(_ state: MechanismState, _ instant: Int) -> Bool {
    let stage = MaintenanceStage(
      accountValueUSD: state.equityUSD, maintenanceUSD: state.requirementUSD,
      notionalUSD: state.notionalUSD, largePositionUSD: 0, firstFraction: 1)
    switch stage {
    case .none, .market: return false
    case .backstop:
      let soldUSD = impactUSD(share: share, instant)
      outcome.marketUSD += soldUSD
      outcome.fundUSD += state.equityUSD - soldUSD
      take(1, of: state, chargeUSD: state.equityUSD, instant, seconds: 0)
    case .deleveraging: take(1, of: state, chargeUSD: 0, instant, seconds: 0)
    }
    return true
  }

  /// Moves a fraction of what is left into cash at the mark less a charge.
  private mutating func take(
    _ fraction: Double, of state: MechanismState, chargeUSD: Double, _ instant: Int,
    seconds: Double
  ) {
    outcome.userCostUSD += min(chargeUSD, max(state.equityUSD, 0))
    outcome.closedNotionalUSD += fraction * state.notionalUSD
    outcome.closings.append((instant, fraction * share))
    cashUSD += fraction * state.valueUSD - chargeUSD
    share = fraction >= 1 ? 0 : share * (1 - fraction)
    let after = self.state
    if share == 0 || after.surplusUSD >= 0 {
      end(afterSeconds: state.elapsedSeconds + seconds)
    }
  }

  private mutating func end(afterSeconds seconds: Double) {
    outcome.seconds += seconds
    startInstant = nil
  }

  /// What is still below its trigger at the end is closed at the market as a whole.
  private mutating func finish(instantCount: Int) {
    if let start = startInstant {
      outcome.isEnded = false
      outcome.seconds += Double(instantCount - 1 - start) * world.stepSeconds
      let costUSD = impactUSD(share: share, instantCount - 1)
      outcome.marketUSD += costUSD
      outcome.userCostUSD += min(costUSD, max(state.equityUSD, 0))
      cashUSD += share * wholeUSD - costUSD
      share = 0
    }
    outcome.endUSD = share * wholeUSD + cashUSD
    guard outcome.triggeredInstant != nil, outcome.endUSD < 0 else { return }
    outcome.badDebtUSD = -outcome.endUSD
    outcome.endUSD = 0
  }
}
