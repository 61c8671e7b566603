// What the market says about one instrument, resolved once: everything valuation needs, or why not.

import PortfolioModel
import RiskNumerics

/// An instrument as valuation sees it.
enum InstrumentPricing: Sendable, Equatable {
  /// It can be valued.
  case priced(PricedInstrument)
  /// It has expired and settled at a price: so many units of the settlement asset per contract, on
  /// top of what is unsettled.
  case settled(price: Double, amountPerContract: Double)
  /// It is a holding of its underlying.
  case spot
  /// It cannot be valued.
  case missing(MissingData)
}

/// A contract at the base point. `F` is the forward of its node, for futures its mark.
struct PricedInstrument: Sendable, Equatable {
  /// The four payoffs. Values are in USD per contract with `m` the multiplier, `S_Z` the price of
  /// the settlement asset, `D` the discount factor and `B` the undiscounted Black value.
  enum Form: Sendable {
    /// `m (F' - F) S_Z'`.
    case linearFuture
    /// `m (1/F - 1/F') S_Z'`.
    case inverseFuture
    /// `m D B S_Z`.
    case linearOption
    /// `m B/F S_Z`.
    case inverseOption
  }

  var form: Form
  /// Position in `PricedMarket.nodes`.
  var node: Int
  /// Coins or USD notional per contract.
  var multiplier: Double
  /// Forward or mark, quote asset per unit.
  var basePrice: Double
  /// Strike of options, quote asset per unit; 0 for futures.
  var strike = 0.0
  /// Right of options; means nothing for futures.
  var side = OptionSide.call
  /// Implied volatility of options, annual fraction.
  var volatilityAnnual = 0.0
  /// Asset that gains are paid in.
  var settlement: AssetIndex
  /// Mark of an option, settlement asset per coin for inverse and quote asset for linear ones.
  var markOfOption: Double?

  var isOption: Bool { form == .linearOption || form == .inverseOption }

  /// What a future pays per unit of `multiplier` as its mark goes from today's to another,
  /// settlement asset.
  func gain(toMark mark: Double) -> Double {
    form == .inverseFuture ? 1 / basePrice - 1 / mark : mark - basePrice
  }
}

/// A pair at one expiry: what all contracts on one forward share.
struct PricingNode: Sendable, Equatable {
  /// Underlying and quote.
  var pair: AssetPair
  /// The expiry; nil for perpetuals.
  var expiry: UTCTime?
  /// Years of 365 days to expiry, 0 for perpetuals.
  var expiryYears: Double
  /// Days of 24 hours to expiry, 0 for perpetuals.
  var expiryDays: Double
  /// Forward, quote asset per unit; for perpetuals the mark of the first one.
  var forward: Double
  /// Continuous discount rate of the quote asset, per year.
  var rateContinuous: Double
  /// Continuous carry `b` of `F = S_X / S_Q e^(b T)`, per year.
  var carryContinuous: Double
}
