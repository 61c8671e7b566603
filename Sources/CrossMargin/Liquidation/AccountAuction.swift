// Derive's auction: an account below maintenance is sold in parts, solvent ones for a falling price,
// insolvent ones for a growing payment.

/// How an account stands in an auction, USD.
public struct AuctionStanding: Sendable, Equatable {
  /// Value at marks, cash included.
  public var markToMarketUSD: Double
  /// Maintenance surplus, negative while the account may be sold.
  public var maintenanceUSD: Double
  /// Cash received from bidders so far, which is no longer for sale, at least 0.
  public var reservedCashUSD: Double

  /// A standing.
  public init(markToMarketUSD: Double, maintenanceUSD: Double, reservedCashUSD: Double) {
    self.markToMarketUSD = markToMarketUSD
    self.maintenanceUSD = maintenanceUSD
    self.reservedCashUSD = reservedCashUSD
  }

  /// BM: maintenance surplus less a buffer, `MM + b (MM - MtM)`.
  public func bufferMarginUSD(_ terms: AuctionTerms) -> Double {
    maintenanceUSD + terms.bufferFraction * (maintenanceUSD - markToMarketUSD)
  }
}

/// What one bid moves.
public struct AuctionFill: Sendable, Equatable {
  /// Share of everything that was for sale.
  public var fraction: Double
  /// Cash from the bidder (negative: to the bidder), USD.
  public var cashUSD: Double
  /// The account afterwards.
  public var standing: AuctionStanding
}

/// A solvent auction at one instant.
public struct SolventAuction: Sendable, Equatable {
  /// The account.
  public let standing: AuctionStanding
  /// Terms.
  public let terms: AuctionTerms
  /// Price factor d of the instant.
  public let factor: Double

  /// The auction some seconds after its start.
  public init(standing: AuctionStanding, terms: AuctionTerms, elapsedSeconds: Double) {
    self.init(
      standing: standing, terms: terms,
      factor: terms.schedule.factor(elapsedSeconds: elapsedSeconds))
  }

  private init(standing: AuctionStanding, terms: AuctionTerms, factor: Double) {
    self.standing = standing
    self.terms = terms
    self.factor = factor
  }

  /// Price of everything for sale, USD: `(MtM - R) d`.
  public var bidPriceUSD: Double {
    (standing.markToMarketUSD - standing.reservedCashUSD) * factor
  }

  /// BM, USD.
  public var bufferMarginUSD: Double { standing.bufferMarginUSD(terms) }

  /// Largest share that may be sold: the one that brings BM to 0, `BM / (BM - MtM d - R (1 - d))`
  /// with BM not above 0; everything for a small account.
  public var fractionMax: Double {
    if standing.markToMarketUSD < terms.fullSaleBelowUSD { return 1 }
    let margin = min(bufferMarginUSD, 0)
    if margin == 0 { return 0 }
    let sold =
      standing.markToMarketUSD * factor + standing.reservedCashUSD * (1 - factor)
    return margin / (margin - sold)
  }

  /// Whether the auction ends: the buffer margin is restored.
  public var isOver: Bool { bufferMarginUSD >= 0 }

  /// The effect of a bid for a share of what is for sale; more than may be sold is cut.
  public func fill(wantedFraction: Double) -> AuctionFill {
    let fraction = min(wantedFraction, fractionMax)
    let cash = bidPriceUSD * fraction
    let reserved = standing.reservedCashUSD
    func after(_ value: Double) -> Double {
      (value - reserved) * (1 - fraction) + reserved + cash
    }
    return AuctionFill(
      fraction: fraction, cashUSD: cash,
      standing: AuctionStanding(
        markToMarketUSD: after(standing.markToMarketUSD),
        maintenanceUSD: after(standing.maintenanceUSD), reservedCashUSD: reserved + cash))
  }

  /// Fee to the security module before an auction, USD: a fraction of the largest share at a factor
  /// of 1, without reserved cash, of the mark-to-market.
  public static func startFeeUSD(
    markToMarketUSD: Double, maintenanceUSD: Double, terms: AuctionTerms
  ) -> Double {
    let auction = SolventAuction(
      standing: AuctionStanding(
        markToMarketUSD: markToMarketUSD, maintenanceUSD: maintenanceUSD, reservedCashUSD: 0),
      terms: terms, factor: 1)
    return terms.liquidationFeeFraction * auction.fractionMax * markToMarketUSD
  }
}

/// An insolvent auction at one instant: bidders are paid to take the account.
public struct InsolventAuction: Sendable, Equatable {
  /// The account.
  public let standing: AuctionStanding
  /// Payment to a bidder for everything, USD: from `-min(MtM, 0)` to `-MM` over the length.
  public let paymentUSD: Double

  /// The auction some seconds after its start.
  public init(standing: AuctionStanding, terms: AuctionTerms, elapsedSeconds: Double) {
    self.standing = standing
    let first = -min(standing.markToMarketUSD, 0)
    let last = -standing.maintenanceUSD
    let share = min(max(elapsedSeconds / terms.insolventLengthSeconds, 0), 1)
    paymentUSD = first + (last - first) * share
  }

  /// Who pays a bidder for a share: the security module first, then every holder of cash.
  public func payment(fraction: Double, moduleBalanceUSD: Double) -> (
    moduleUSD: Double, socialisedUSD: Double
  ) {
    let due = paymentUSD * fraction
    let module = min(due, max(moduleBalanceUSD, 0))
    return (module, due - module)
  }

  /// Whether the auction ends: the maintenance surplus is restored.
  public var isOver: Bool { standing.maintenanceUSD >= 0 }

  /// Whether cash may be withdrawn from the venue while accounts are insolvent, `maintenancesUSD`
  /// their (negative) surpluses.
  public static func areWithdrawalsOpen(
    maintenancesUSD: [Double], moduleBalanceUSD: Double
  ) -> Bool {
    maintenancesUSD.reduce(0) { $0 - min($1, 0) } <= moduleBalanceUSD
  }
}
