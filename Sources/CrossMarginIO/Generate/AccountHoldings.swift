// What an account under construction holds, and the loss by which its collateral is sized.

import PortfolioModel

/// Contracts and balances of an account while its strategy is put together.
struct AccountHoldings {
  struct Leg {
    var contract: Contract
    var quantity: Double
  }

  private(set) var legs: [Leg] = []
  private(set) var amounts: [(asset: AssetIndex, amount: Double)] = []
  private(set) var grossNotionalUSD = 0.0
  private var gainsUSD: [[Double]]
  private let market: TradableMarket

  init(market: TradableMarket) {
    self.market = market
    gainsUSD = Array(
      repeating: Array(repeating: 0, count: SizingMoves.count), count: market.underlyings.count)
  }

  /// Adds contracts worth a signed USD notional, on lots; merges with what is held. Returns the
  /// quantity that was added.
  @discardableResult
  mutating func add(_ contract: Contract, notionalUSD: Double, on underlying: Int) -> Double {
    let quantity = contract.lots(notionalUSD / contract.notionalUSD)
    for move in 0..<SizingMoves.count {
      gainsUSD[underlying][move] += quantity * contract.gainsUSD[move]
    }
    grossNotionalUSD += abs(quantity) * contract.notionalUSD
    if let leg = legs.firstIndex(where: { $0.contract.index == contract.index }) {
      legs[leg].quantity = Rounding.steps(
        legs[leg].quantity + quantity, powerOfTen: contract.lotPowerOfTen)
    } else {
      legs.append(Leg(contract: contract, quantity: quantity))
    }
    return quantity
  }

  /// Adds a balance worth a signed amount of USD, on the ticks of the asset.
  mutating func add(_ asset: AssetIndex, valueUSD: Double) {
    let price = market.pricesUSD[asset.position]
    // A tick is worth less than a cent.
    let places = max(2, -Rounding.lotPowerOfTen(unitUSD: price, lotUSD: 0.01) + 1)
    let amount = Rounding.decimals(valueUSD / price, places)
    if let underlying = market.underlyingOfAsset[asset.position] {
      for move in 0..<SizingMoves.count {
        gainsUSD[underlying][move] += amount * price * SizingMoves.price(move)
      }
    }
    if let row = amounts.firstIndex(where: { $0.asset == asset }) {
      amounts[row].amount = Rounding.decimals(amounts[row].amount + amount, places)
    } else {
      amounts.append((asset, amount))
    }
  }

  /// Worst loss of each underlying over the sizing moves, summed without offsets between them, USD.
  var sizingLossUSD: Double {
    gainsUSD.reduce(0) { $0 + max(0, -($1.min() ?? 0)) }
  }

  /// Gain in USD that an underlying's contracts and coins make from a fall to a rise of 9 %, per
  /// unit of relative price.
  func deltaUSD(on underlying: Int) -> Double {
    let gains = gainsUSD[underlying]
    let distance =
      SizingMoves.price(SizingMoves.smallUp) - SizingMoves.price(SizingMoves.smallDown)
    return (gains[SizingMoves.smallUp] - gains[SizingMoves.smallDown]) / distance
  }

  /// Balances and option value, USD.
  var equityUSD: Double {
    amounts.reduce(0) { $0 + $1.amount * market.pricesUSD[$1.asset.position] }
      + legs.reduce(0) { $0 + $1.quantity * $1.contract.valueUSD }
  }

  /// Negative balances, USD, positive.
  var borrowedUSD: Double {
    amounts.reduce(0) { $0 + max(0, -$1.amount * market.pricesUSD[$1.asset.position]) }
  }
}
