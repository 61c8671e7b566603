// Accounts cut into blocks, the unit of work of everything that reads them all.

import PortfolioModel
import RiskNumerics

/// Blocks of `RiskRun.accountsPerBlock` accounts in their order, the last one shorter.
struct AccountBlocks: Sendable {
  /// Number of accounts.
  let accountCount: Int

  /// Number of blocks.
  var count: Int { (accountCount + RiskRun.accountsPerBlock - 1) / RiskRun.accountsPerBlock }

  /// Places of the accounts of a block.
  subscript(block: Int) -> Range<Int> {
    let first = block * RiskRun.accountsPerBlock
    return first..<min(first + RiskRun.accountsPerBlock, accountCount)
  }

  /// Computes all blocks on some threads and hands them on in order, on the calling thread.
  func forEach<Value: Sendable>(
    threadCount: Int, _ produce: @Sendable (_ accounts: Range<Int>) throws -> Value,
    consume: (_ accounts: Range<Int>, Value) throws -> Void
  ) throws {
    try Parallel.ordered(
      count: count, threadCount: threadCount, windowCount: 2 * threadCount,
      produce: { try produce(self[$0]) }, consume: { try consume(self[$0], $1) })
  }

  /// What all blocks give, in order.
  func joined<Value: Sendable>(
    threadCount: Int, _ produce: @Sendable (_ accounts: Range<Int>) throws -> [Value]
  ) throws -> [Value] {
    var result: [Value] = []
    result.reserveCapacity(accountCount)
    try forEach(threadCount: threadCount, produce) { result += $1 }
    return result
  }
}

extension PreparedRun {
  /// The accounts of the book in blocks.
  var blocks: AccountBlocks { AccountBlocks(accountCount: book.portfolio.accounts.count) }
}
