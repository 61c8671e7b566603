// What cascades add to accounts, on disk.

import CrossMargin
import PortfolioModel

/// What an add-on has once.
public struct AddOnHead: BitwiseCopyable, Sendable {
  fileprivate var account: AccountIndex
  fileprivate var shortfallBeforeUSD: Double
  fileprivate var shortfallAfterUSD: Double
}

/// What cascades add to accounts that they cost anything, in their order.
public typealias SpilledAddOns = SpilledLists<AddOnHead, Double, ContagionAddOn>

extension ListSpill where Head == AddOnHead, Part == Double, Element == ContagionAddOn {
  /// Appends add-ons.
  func append(_ addOns: [ContagionAddOn]) throws(FileSystemError) {
    for addOn in addOns {
      try append(
        AddOnHead(
          account: addOn.account, shortfallBeforeUSD: addOn.shortfallBeforeUSD,
          shortfallAfterUSD: addOn.shortfallAfterUSD), addOn.addedUSD)
    }
  }

  /// All add-ons so far.
  func finish() throws(FileSystemError) -> SpilledAddOns {
    try finish { head, addedUSD in
      ContagionAddOn(
        account: head.account, shortfallBeforeUSD: head.shortfallBeforeUSD,
        shortfallAfterUSD: head.shortfallAfterUSD, addedUSD: addedUSD)
    }
  }
}
