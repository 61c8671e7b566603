// An instrument as the generator sees it: its lot, its size, and what one unit gains in a few moves.

import Foundation
import PortfolioModel

/// The moves by which the generator judges how much collateral an account needs. Volatility rises
/// and falls as most venues scan it: more for short expiries.
enum SizingMoves {
  static let prices = [-0.18, -0.09, 0, 0.09, 0.18]
  static let volatilityRises = [0.5, -0.25]
  static let count = prices.count * volatilityRises.count
  /// Positions in the list of moves of -9 % and +9 % at raised volatility.
  static let smallDown = 1
  static let smallUp = 3

  /// Price move of a position in the list.
  static func price(_ position: Int) -> Double { prices[position % prices.count] }

  /// Factor of a volatility of an expiry.
  static func volatilityFactor(_ position: Int, days: Double) -> Double {
    let power = days < 30 ? 0.30 : 0.13
    return 1 + volatilityRises[position / prices.count] * pow(30 / max(days, 1), power)
  }
}

/// A tradable instrument with everything that sizing needs.
struct Contract: Sendable {
  var index: InstrumentIndex
  var underlying: AssetIndex
  var settlement: AssetIndex
  var kind: InstrumentKind
  var isInverse: Bool
  var multiplier: Double
  /// Mark of futures and perpetuals, quote asset; 0 for options.
  var price: Double
  /// Forward over which an option is written, quote asset; 0 for others.
  var forward: Double
  /// USD notional of one contract, and its value where it is an option.
  var notionalUSD: Double
  var valueUSD: Double
  /// USD per unit of the settlement asset.
  var settlementUSD: Double
  /// Quantities are multiples of ten to this power.
  var lotPowerOfTen: Int
  /// Gain of one contract in each of `SizingMoves`, USD.
  var gainsUSD: [Double]

  /// One lot of futures is worth at least 10 USD, of options at least 1,000 USD of underlying.
  static let futureLotUSD = 10.0
  static let optionLotUSD = 1_000.0

  /// Nil where the instrument is spot, expired, or has no price.
  init?(
    _ index: InstrumentIndex, of instruments: [Instrument], market: MarketSnapshot,
    pricing: ReferencePricing
  ) {
    let instrument = instruments[index.position]
    self.index = index
    underlying = instrument.underlying
    settlement = instrument.settlement
    kind = instrument.kind
    isInverse = instrument.payout == .inverse
    multiplier = instrument.multiplier
    settlementUSD = market[instrument.settlement].priceUSD
    price = 0
    forward = 0
    valueUSD = 0
    let spotUSD = market[instrument.underlying].priceUSD
    if let expiry = instrument.kind.expiry, expiry <= market.valuationTime { return nil }
    switch instrument.kind {
    case .spot: return nil
    case .perpetual, .future:
      guard let price = pricing.price(index) else { return nil }
      self.price = price
      let unitUSD = isInverse ? 1 : price * settlementUSD
      notionalUSD = multiplier * unitUSD
      lotPowerOfTen = max(
        Rounding.lotPowerOfTen(unitUSD: notionalUSD, lotUSD: Self.futureLotUSD), isInverse ? 0 : -8)
      let notional = notionalUSD
      gainsUSD = (0..<SizingMoves.count).map { notional * SizingMoves.price($0) }
    case .option(let expiry, _, _):
      guard let terms = pricing.option(index) else { return nil }
      let days = market.valuationTime.days(to: expiry)
      forward = terms.forward
      notionalUSD = multiplier * spotUSD
      lotPowerOfTen = Rounding.lotPowerOfTen(unitUSD: notionalUSD, lotUSD: Self.optionLotUSD)
      // An inverse option of a value B in USD over F pays B / F coins, worth B S / F.
      let usdPerQuote = multiplier * (isInverse ? spotUSD / terms.forward : settlementUSD)
      let base = usdPerQuote * terms.value(forwardMove: 0, volatilityFactor: 1)
      valueUSD = base
      gainsUSD = (0..<SizingMoves.count).map {
        let factor = SizingMoves.volatilityFactor($0, days: days)
        return usdPerQuote
          * terms.value(forwardMove: SizingMoves.price($0), volatilityFactor: factor) - base
      }
    }
  }

  /// A quantity on a lot, at least one lot in size, of the sign of `quantity`.
  func lots(_ quantity: Double) -> Double {
    let lot = pow(10, Double(lotPowerOfTen))
    let size = max(abs(quantity), lot)
    return (quantity < 0 ? -1 : 1) * Rounding.steps(size, powerOfTen: lotPowerOfTen)
  }

  /// Gains not yet paid of a position since its entry, settlement asset.
  func unsettledAmount(quantity: Double, entryPrice: Double) -> Double {
    isInverse
      ? quantity * multiplier * (1 / entryPrice - 1 / price)
      : quantity * multiplier * (price - entryPrice)
  }
}
