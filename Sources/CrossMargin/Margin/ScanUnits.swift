// Risk units of the scan: (account, underlying) for the grid, (account, underlying, expiry) for the
// basis contingency.

import PortfolioModel
import RiskNumerics

/// Quantities of accounts cut into groups that a rule set treats on their own.
struct ScanUnits: Sendable {
  /// First unit of each account, and the unit count at the end.
  private(set) var accountOffsets: [Int] = [0]
  /// Underlying of each unit.
  private(set) var underlyings: [AssetIndex] = []
  private(set) var quantities: SparseQuantities

  /// Units by (account, underlying): contracts, and collateral that moves with the underlying.
  static func byUnderlying(
    _ accounts: [AccountHoldings], plan: ScanPlan, market: PricedMarket, book: Book,
    columns: UnitColumns
  ) -> ScanUnits {
    var units = ScanUnits(quantities: SparseQuantities(columnCount: columns.count))
    for holdings in accounts {
      var entries = holdings.contracts.map { holding in
        Entry(
          underlying: market.trackedAsset[book[holding.instrument].underlying.position],
          expiry: nil, column: columns.column(of: holding.instrument), quantity: holding.quantity)
      }
      for (asset, amount) in holdings.amounts where plan.isScannedCollateral[asset.position] {
        entries.append(
          Entry(
            underlying: market.trackedAsset[asset.position], expiry: nil,
            column: columns.column(of: asset), quantity: plan.scannedAmount(amount, of: asset)))
      }
      units.append(entries)
    }
    return units
  }

  /// Units by (account, underlying, expiry): contracts with an expiry.
  static func byExpiry(
    _ accounts: [AccountHoldings], market: PricedMarket, book: Book, columns: UnitColumns
  ) -> ScanUnits {
    var units = ScanUnits(quantities: SparseQuantities(columnCount: columns.count))
    for holdings in accounts {
      var entries: [Entry] = []
      for holding in holdings.contracts {
        let instrument = book[holding.instrument]
        guard let expiry = instrument.kind.expiry else { continue }
        entries.append(
          Entry(
            underlying: market.trackedAsset[instrument.underlying.position], expiry: expiry,
            column: columns.column(of: holding.instrument), quantity: holding.quantity))
      }
      units.append(entries)
    }
    return units
  }

  /// Units of an account, by its position in the list that the units were built from.
  func units(ofAccountAt position: Int) -> Range<Int> {
    accountOffsets[position]..<accountOffsets[position + 1]
  }

  private struct Entry {
    var underlying: AssetIndex
    var expiry: UTCTime?
    var column: Int
    var quantity: Double

    func isSameUnit(as other: Entry) -> Bool {
      underlying == other.underlying && expiry == other.expiry
    }

    static func precedes(_ left: Entry, _ right: Entry) -> Bool {
      let leftTime = left.expiry?.microseconds ?? .min
      let rightTime = right.expiry?.microseconds ?? .min
      return (left.underlying, leftTime, left.column) < (right.underlying, rightTime, right.column)
    }
  }

  private init(quantities: SparseQuantities) { self.quantities = quantities }

  /// Adds the units of the next account.
  private mutating func append(_ entries: [Entry]) {
    var previous: Entry?
    for entry in entries.sorted(by: Entry.precedes) {
      if let previous, !entry.isSameUnit(as: previous) { quantities.endUnit() }
      if previous.map({ !entry.isSameUnit(as: $0) }) ?? true {
        underlyings.append(entry.underlying)
      }
      quantities.append(column: entry.column, quantity: entry.quantity)
      previous = entry
    }
    if previous != nil { quantities.endUnit() }
    accountOffsets.append(underlyings.count)
  }
}
