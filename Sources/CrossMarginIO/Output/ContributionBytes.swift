// The sums of a block as bytes, so that a resumed run folds exactly the bits it would have folded.

import CrossMargin

extension BookContribution {
  private static let sumCount = 6
  private static let wordBytes = 8

  /// Net quantities, then the six sums in the order of their declaration, as IEEE 754 doubles, then
  /// the status counts and the count of unattributed accounts as 64-bit integers; all with the lowest byte first.
  var storedBytes: [UInt8] {
    var bytes: [UInt8] = []
    let wordCount = netQuantities.count + Self.sumCount + statusCounts.count + 1
    bytes.reserveCapacity(wordCount * Self.wordBytes)
    func append(_ word: UInt64) {
      for shift in stride(from: 0, to: 64, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
      }
    }
    for quantity in netQuantities { append(quantity.bitPattern) }
    let sums = [
      marginedNotionalUSD, unmarginedNotionalUSD, equityUSD, negativeEquityUSD, initialUSD,
      maintenanceUSD
    ]
    precondition(sums.count == Self.sumCount, "every sum is stored")
    for sum in sums { append(sum.bitPattern) }
    for count in statusCounts + [unattributedCount] {
      append(UInt64(bitPattern: Int64(count)))
    }
    return bytes
  }

  /// The contribution behind `storedBytes`; nil when the bytes are none.
  init?(storedBytes bytes: [UInt8]) {
    let statusCount = AccountStatus.allCases.count
    let fixedCount = Self.sumCount + statusCount + 1
    let wordCount = bytes.count / Self.wordBytes
    guard bytes.count % Self.wordBytes == 0, wordCount >= fixedCount else { return nil }
    func word(_ index: Int) -> UInt64 {
      let start = index * Self.wordBytes
      return bytes[start..<start + Self.wordBytes].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    let columnCount = wordCount - fixedCount
    self.init(columnCount: columnCount)
    for column in 0..<columnCount { netQuantities[column] = Double(bitPattern: word(column)) }
    let sums = (0..<Self.sumCount).map { Double(bitPattern: word(columnCount + $0)) }
    marginedNotionalUSD = sums[0]
    unmarginedNotionalUSD = sums[1]
    equityUSD = sums[2]
    negativeEquityUSD = sums[3]
    initialUSD = sums[4]
    maintenanceUSD = sums[5]
    func count(_ place: Int) -> Int {
      Int(Int64(bitPattern: word(columnCount + Self.sumCount + place)))
    }
    for status in 0..<statusCount { statusCounts[status] = count(status) }
    unattributedCount = count(statusCount)
  }
}
