// Risk units of the scan: (account, underlying) for the grid, (account, underlying, expiry) for the
// basis contingency.

import PortfolioModel
import RiskNumerics

/// Which columns of `U` a rule set treats together.
struct ScanGroups: Sendable {
  /// Underlying under which a column is scanned, as a rank of assets. [columns]
  let underlyingOfColumn: [Int32]
  /// Rank of the underlying and expiry of an instrument; nil without expiry. [instruments]
  let expiryOfInstrument: [Int32?]
  /// Strikes of options.
  let strikes: StrikeTable

  init(market: PricedMarket, instruments: [Instrument]) {
    let underlyings = instruments.map { market.trackedAsset[$0.underlying.position] }
    underlyingOfColumn = (market.trackedAsset + underlyings).map(\.rank)
    strikes = StrikeTable(instruments)
    var keys: [(underlying: AssetIndex, expiry: UTCTime, instrument: Int)] = []
    for (position, instrument) in instruments.enumerated() {
      guard let expiry = instrument.kind.expiry else { continue }
      keys.append((underlyings[position], expiry, position))
    }
    keys.sort { ($0.underlying, $0.expiry) < ($1.underlying, $1.expiry) }
    var groups = [Int32?](repeating: nil, count: instruments.count)
    var group: Int32 = -1
    for (index, key) in keys.enumerated() {
      let isNew =
        index == 0
        || (keys[index - 1].underlying, keys[index - 1].expiry) != (key.underlying, key.expiry)
      if isNew { group += 1 }
      groups[key.instrument] = group
    }
    expiryOfInstrument = groups
  }
}

/// Quantities of accounts cut into groups that a rule set treats on their own.
struct ScanUnits: Sendable {
  /// First unit of each account, and the unit count at the end.
  private(set) var accountOffsets: [Int] = [0]
  /// Group of each unit.
  private(set) var groups: [Int32] = []
  private(set) var quantities: SparseQuantities
  /// What the account that is being added holds.
  private var entries: [Entry] = []
  private var order = GroupOrder()

  private struct Entry {
    var group: Int32
    var column: Int
    var quantity: Double
  }

  /// Units by (account, underlying): collateral that moves with the underlying, and contracts.
  /// Groups are ranks of assets.
  static func byUnderlying(
    _ accounts: ArraySlice<AccountHoldings>, plan: ScanPlan, columns: UnitColumns
  ) -> ScanUnits {
    let underlyings = plan.groups.underlyingOfColumn
    var units = ScanUnits(quantities: SparseQuantities(columnCount: columns.count))
    for holdings in accounts {
      for (asset, amount) in holdings.amounts where plan.isScannedCollateral[asset.position] {
        let column = columns.column(of: asset)
        units.entries.append(
          Entry(
            group: underlyings[column], column: column,
            quantity: plan.scannedAmount(amount, of: asset)))
      }
      for (instrument, quantity) in holdings.contracts {
        let column = columns.column(of: instrument)
        units.entries.append(
          Entry(group: underlyings[column], column: column, quantity: quantity))
      }
      units.endAccount()
    }
    return units
  }

  /// Units by (account, underlying, expiry): contracts with an expiry.
  static func byExpiry(
    _ accounts: ArraySlice<AccountHoldings>, plan: ScanPlan, columns: UnitColumns
  ) -> ScanUnits {
    let expiries = plan.groups.expiryOfInstrument
    var units = ScanUnits(quantities: SparseQuantities(columnCount: columns.count))
    for holdings in accounts {
      for (instrument, quantity) in holdings.contracts {
        guard let expiry = expiries[instrument.position] else { continue }
        units.entries.append(
          Entry(group: expiry, column: columns.column(of: instrument), quantity: quantity))
      }
      units.endAccount()
    }
    return units
  }

  /// Units of an account, by its position in the list that the units were built from.
  func units(ofAccountAt position: Int) -> Range<Int> {
    accountOffsets[position]..<accountOffsets[position + 1]
  }

  private init(quantities: SparseQuantities) { self.quantities = quantities }

  /// Makes units of the entries, which stand in the order of their columns.
  private mutating func endAccount() {
    order.sort(count: entries.count) { entries[$0].group }
    for place in 0..<order.count {
      let group = order.group(at: place)
      if place == 0 || group != order.group(at: place - 1) {
        if place > 0 { quantities.endUnit() }
        groups.append(group)
      }
      let entry = entries[order.index(at: place)]
      quantities.append(column: entry.column, quantity: entry.quantity)
    }
    if order.count > 0 { quantities.endUnit() }
    accountOffsets.append(groups.count)
    entries.removeAll(keepingCapacity: true)
  }
}
