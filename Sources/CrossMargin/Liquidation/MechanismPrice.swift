// What a mechanism concedes to whoever takes a portfolio, and how the rest is split.

/// What is conceded for all of what is left, USD: what a buyer receives beyond the mark. Negative
/// while the price is above the mark.
public enum MechanismPrice: Sendable, Equatable {
  /// The market's price: nothing beyond its impact.
  case market
  /// A fee per notional that rises while nobody takes part; slots in seconds.
  case feeRamp(LiquidationFeeRamp, slotSeconds: Double)
  /// A falling price of what the account is worth, then a growing payment for what it owes.
  case auction(AuctionTerms)
  /// A falling price of the collateral that is sold for the debt, from a multiple of the mark; it
  /// starts anew where it has fallen too far.
  case collateral(startMultiple: Double, curve: PriceCurve, reset: AuctionReset)
  /// A bonus on the debt that is repaid, as long as there is collateral.
  case bonus(multiple: Double)
  /// A bonus that grows as health falls.
  case healthBonus(HealthBonus)
  /// A discount of the collateral that grows as health falls.
  case healthDiscount(HealthDiscount)
  /// A limit price that worsens as the equity falls below maintenance: an order that is filled at
  /// what the book asks up to there.
  case fillable(FillablePriceTerms)
  /// Collateral given and debt taken at multiples of their values.
  case transfer(assetMultiplier: Double, liabilityMultiplier: Double)

  /// Whether the concession is the most that may be paid, and takers compete below it.
  public var isLimit: Bool {
    if case .fillable = self { return true }
    return false
  }

  /// The concession, USD.
  public func concessionUSD(_ state: MechanismState) -> Double {
    let notionalUSD = state.notionalUSD
    switch self {
    case .market: return 0
    case .feeRamp(let ramp, let slotSeconds):
      return ramp.fraction(elapsedSlots: state.elapsedSeconds / slotSeconds) * notionalUSD
    case .auction(let terms): return Self.auction(state, terms)
    case .collateral(let startMultiple, let curve, let reset):
      let round = Self.roundSeconds(startMultiple, curve, reset)
      let auction = CollateralAuction(oracleUSD: 1, startMultiple: startMultiple, curve: curve)
      let seconds = state.elapsedSeconds.truncatingRemainder(dividingBy: round)
      return notionalUSD * (1 - auction.priceUSD(elapsedSeconds: seconds))
    case .bonus(let multiple): return Self.bonus(state, multiple)
    case .healthBonus(let bonus):
      return Self.bonus(state, bonus.multiple(health: min(state.health, 1)))
    case .healthDiscount(let discount):
      let exchange = discount.exchange(
        health: state.health, collateralUSD: state.collateralUSD, debtUSD: notionalUSD)
      return exchange.seizedUSD - exchange.repaidUSD
    case .fillable(let terms):
      guard state.requirementUSD > 0, notionalUSD > 0 else { return 0 }
      let account = PerpetualAccount(
        cashUSD: state.equityUSD - notionalUSD,
        positions: [
          PerpetualPosition(
            coins: notionalUSD, priceUSD: 1, initialFraction: 1,
            maintenanceFraction: state.requirementUSD / notionalUSD)
        ])
      return notionalUSD * (1 - terms.priceUSD(account: account, position: 0))
    case .transfer(let assetMultiplier, let liabilityMultiplier):
      return Self.bonus(state, assetMultiplier / liabilityMultiplier)
    }
  }

  /// The largest concession within the next seconds, USD.
  public func concessionUSDMax(_ state: MechanismState, seconds: Double) -> Double {
    let end = concessionUSD(state.later(seconds: seconds))
    guard case .collateral(let multiple, let curve, let reset) = self else {
      return max(concessionUSD(state), end)
    }
    // A round that ends within the step has its lowest price at its end.
    let round = Self.roundSeconds(multiple, curve, reset)
    let inRound = state.elapsedSeconds.truncatingRemainder(dividingBy: round)
    guard inRound + seconds >= round else { return max(concessionUSD(state), end) }
    var last = state
    last.elapsedSeconds = round.nextDown
    return concessionUSD(last)
  }

  private static func bonus(_ state: MechanismState, _ multiple: Double) -> Double {
    let seizedUSD = min(state.notionalUSD * multiple, state.collateralUSD)
    return seizedUSD - seizedUSD / multiple
  }

  private static func auction(_ state: MechanismState, _ terms: AuctionTerms) -> Double {
    let standing = AuctionStanding(
      markToMarketUSD: state.equityUSD, maintenanceUSD: state.surplusUSD,
      reservedCashUSD: max(state.cashUSD, 0))
    if state.equityUSD <= 0 {
      return InsolventAuction(
        standing: standing, terms: terms, elapsedSeconds: state.insolventSeconds
      ).paymentUSD + state.equityUSD
    }
    let auction = SolventAuction(
      standing: standing, terms: terms, elapsedSeconds: state.elapsedSeconds)
    return standing.markToMarketUSD - standing.reservedCashUSD - auction.bidPriceUSD
  }

  /// Length of one round of a collateral auction, seconds.
  private static func roundSeconds(
    _ startMultiple: Double, _ curve: PriceCurve, _ reset: AuctionReset
  ) -> Double {
    let auction = CollateralAuction(oracleUSD: 1, startMultiple: startMultiple, curve: curve)
    return min(auction.secondsUntil(belowFraction: reset.cuspFraction), reset.tailSeconds)
  }
}

/// What the venue keeps of a liquidation.
public enum MechanismFee: Sendable, Equatable {
  /// Nothing.
  case none
  /// A fraction of the notional closed, whatever the account has left.
  case notional(fraction: Double)
  /// The same, at most what is left of the equity of the share that is closed.
  case upToLeftover(fraction: Double)
  /// A fraction of the equity of the share that is closed, before anything is conceded.
  case equity(fraction: Double)
  /// A share of what is conceded, which the buyer gives up.
  case concessionShare(Double)

  /// What goes to the fund when `notionalUSD` is closed, which takes `equityUSD` of equity along
  /// and concedes and costs `chargeUSD`, USD: on top of the charge, but for a share of the
  /// concession.
  public func fundUSD(notionalUSD: Double, equityUSD: Double, chargeUSD: Double) -> Double {
    switch self {
    case .none, .concessionShare: return 0
    case .notional(let fraction): return fraction * notionalUSD
    case .equity(let fraction): return fraction * max(equityUSD, 0)
    case .upToLeftover(let fraction):
      let received = PerpetualLiquidation.insuranceFundChangeUSD(
        fillQuoteUSD: notionalUSD - chargeUSD, bankruptcyQuoteUSD: notionalUSD - equityUSD,
        feeFractionMax: fraction)
      return max(received, 0)
    }
  }

  /// Part of a concession that the venue takes, USD.
  public func sharedUSD(concessionUSD: Double) -> Double {
    if case .concessionShare(let share) = self { return share * max(concessionUSD, 0) }
    return 0
  }
}
