// The order of holdings: by account, then by what is held. Keys are numbers, so that millions of rows
// are sorted without a look at a name.

import PortfolioModel

/// Rows of holdings grouped by account rank: a stable counting sort, then each account by itself.
struct HoldingOrder {
  /// All rows, account by account.
  private(set) var rows: [Int32]
  /// Where each account begins in `rows`, and their count at the end: [accounts + 1].
  private(set) var offsets: [Int]

  /// Sorts the rows of each account by their keys; equal keys stay in the order of the file.
  ///
  /// - Parameters:
  ///   - accounts: number of the account of each row.
  ///   - rankOfNumber: rank of each account number.
  ///   - keys: what the rows of one account are sorted by.
  init(accounts: [Int32], rankOfNumber: [Int32], keys: [Int64]) {
    offsets = [Int](repeating: 0, count: rankOfNumber.count + 1)
    for number in accounts { offsets[Int(rankOfNumber[Int(number)]) + 1] += 1 }
    for account in rankOfNumber.indices { offsets[account + 1] += offsets[account] }
    var next = offsets
    rows = [Int32](repeating: 0, count: accounts.count)
    for (row, number) in accounts.enumerated() {
      let account = Int(rankOfNumber[Int(number)])
      rows[next[account]] = Int32(row)
      next[account] += 1
    }
    for account in rankOfNumber.indices where offsets[account + 1] - offsets[account] > 1 {
      rows[offsets[account]..<offsets[account + 1]].sort {
        (keys[Int($0)], $0) < (keys[Int($1)], $1)
      }
    }
  }

  /// Rows of an account.
  func rows(ofAccountAt rank: Int) -> ArraySlice<Int32> { rows[offsets[rank]..<offsets[rank + 1]] }

  /// Ranks of what is held: the given one where it is known, below zero by the bytes of the name
  /// where it is not.
  static func ranks(of held: [Int32], unknownNames: [Int32: String]) -> [Int32] {
    if unknownNames.isEmpty { return held }
    let names = Set(unknownNames.values).sorted(by: precedesByBytes)
    var ranks = held
    for (row, name) in unknownNames {
      let rank = firstIndex(in: names, named: name, name: \.self) ?? 0
      ranks[Int(row)] = Int32(rank - names.count)
    }
    return ranks
  }
}
