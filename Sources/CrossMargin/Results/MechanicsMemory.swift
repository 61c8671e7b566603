// What a comparison of mechanisms needs of memory, known before it starts.

import PortfolioModel

/// Memory of a comparison: profits of units along the paths, and for each mechanism, with keepers
/// and without, what all close at each instant of each path in each market.
public struct MechanicsMemory: Sendable, Equatable {
  /// The most that a comparison may need, bytes: 1 GiB.
  public static let bytesMax = 1 << 30

  /// Instruments and assets, whose profits are known at the end of each step of each path.
  public let unitCount: Int
  /// Markets in which something may be closed, at most.
  public let marketCount: Int
  /// Profits of units.
  private let unitBytes: Int
  /// What all or a block of accounts close, and what becomes of them by path.
  private let sumBytes: Int

  /// The memory of a comparison on a book.
  public init(_ settings: MechanicsSettings, book: Book) {
    unitCount = book.instruments.count + book.market.assets.count
    let balances = zip(book.portfolio.balances.assets, book.portfolio.balances.amounts)
    let held = balances.filter { $1 != 0 }.map(\.0)
    let listed = book.instruments.flatMap { [$0.underlying, $0.settlement] }
    marketCount = Set(held + listed).count
    let mechanismCount =
      settings.names.isEmpty ? LiquidationMechanism.all.count : settings.names.count
    let numberBytes = MemoryLayout<Double>.size
    unitBytes = unitCount * settings.stepCount * settings.pathCount * numberBytes
    // Beside the markets, the steps that keepers are busy.
    let instantBytes = (marketCount + 1) * numberBytes
    sumBytes =
      2 * mechanismCount * settings.pathCount
      * ((settings.stepCount + 1) * instantBytes + MemoryLayout<MechanicsPath>.size)
  }

  /// Bytes with one thread: the units, the sums of all accounts, and those of a block.
  public var bytes: Int { unitBytes + 2 * sumBytes }

  /// Of some threads as many as stay below the bound, at least one. While several work there are as
  /// many blocks as threads, one that waits and one that is added.
  func threadCount(of wantedCount: Int) -> Int {
    max(1, min(wantedCount, (Self.bytesMax - unitBytes) / sumBytes - 3))
  }
}
