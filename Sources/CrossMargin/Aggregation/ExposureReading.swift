// Sensitivities of accounts and of the book: quantities times unit Greeks.

import PortfolioModel

extension Greeks {
  /// Adds the sensitivities of some units.
  mutating func add(_ unit: Greeks, quantity: Double) {
    deltaUSD += quantity * unit.deltaUSD
    deltaTotalUSD += quantity * unit.deltaTotalUSD
    gammaUSDPerPercent += quantity * unit.gammaUSDPerPercent
    vegaUSDPerPoint += quantity * unit.vegaUSDPerPoint
    thetaUSDPerDay += quantity * unit.thetaUSDPerDay
    rhoUSDPerPoint += quantity * unit.rhoUSDPerPoint
    vannaUSDPerPoint += quantity * unit.vannaUSDPerPoint
    volgaUSDPerPoint += quantity * unit.volgaUSDPerPoint
  }
}

/// Folds unit Greeks by underlying and expiry.
struct ExposureReading: Sendable {
  let greeks: UnitGreeks
  /// Assets that exposure rows are about: not USD and what is pegged to it, whose exposure is the
  /// equity itself, unless something is written on them.
  let isReported: [Bool]

  init(greeks: UnitGreeks, market: PricedMarket, instruments: [Instrument]) {
    self.greeks = greeks
    let underlyings = Set(instruments.map { market.trackedAsset[$0.underlying.position] })
    isReported = market.assets.enumerated().map { position, asset in
      let isMoney = asset.name == "USD" || asset.peg != nil
      return !isMoney || underlyings.contains(AssetIndex(position))
    }
  }

  /// Adds the rows of one account, by underlying.
  func appendRows(of holdings: AccountHoldings, to rows: inout [UnderlyingRow]) {
    let first = rows.count
    func add(column: Int, quantity: Double) {
      let asset = greeks.exposedAsset[column]
      guard isReported[asset.position] else { return }
      var place = rows.count
      while place > first, rows[place - 1].underlying > asset { place -= 1 }
      if place > first, rows[place - 1].underlying == asset {
        place -= 1
      } else {
        rows.insert(
          UnderlyingRow(account: holdings.account, underlying: asset, greeks: Greeks()), at: place)
      }
      rows[place].greeks.add(greeks.greeks[column], quantity: quantity)
    }
    for (asset, amount) in holdings.amounts {
      add(column: greeks.columns.column(of: asset), quantity: amount)
    }
    for (instrument, quantity) in holdings.contracts {
      add(column: greeks.columns.column(of: instrument), quantity: quantity)
    }
  }

  /// Exposures of the book from its net quantities, by underlying, then expiry, none first.
  func exposures(netQuantities: [Double]) -> [BookExposure] {
    var found: [BookExposure] = []
    for (column, quantity) in netQuantities.enumerated() where quantity != 0 {
      let key = BookExposure(
        underlying: greeks.exposedAsset[column], expiry: greeks.expiry[column], greeks: Greeks())
      let place = found.firstIndex { !Self.precedes($0, key) } ?? found.count
      if place == found.count || Self.precedes(key, found[place]) { found.insert(key, at: place) }
      found[place].greeks.add(greeks.greeks[column], quantity: quantity)
    }
    return found
  }

  private static func precedes(_ left: BookExposure, _ right: BookExposure) -> Bool {
    let leftTime = left.expiry?.microseconds ?? .min
    let rightTime = right.expiry?.microseconds ?? .min
    return (left.underlying, leftTime) < (right.underlying, rightTime)
  }
}
