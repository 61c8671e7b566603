// From the parts of `positions.csv` to the table of positions: by account, instrument and leg, spot
// and unknown instruments parted from the rest.

import PortfolioModel
import RiskNumerics

/// Rows of positions of a whole file.
struct PositionRows: Sendable {
  /// What the rows become: the table of positions, coins of spot positions, unknown holdings.
  struct Result {
    var table: PositionTable
    /// Spot positions as amounts of their underlying, by account rank.
    var spotAmounts: [SpotAmount] = []
    var unknownHoldings: [UnknownHolding] = []
  }

  private let parts: [PositionPart]
  private let unknown: UnknownNames
  private let legs: JoinedNames
  private let pools: JoinedNames
  /// Rank of each leg by the bytes of its name.
  private let legRanks: [Int32]
  private let file: String

  init(_ parts: [PositionPart], file: String) {
    self.parts = parts
    self.file = file
    unknown = UnknownNames(parts.map(\.unknownNames))
    legs = JoinedNames(parts.map(\.legNames))
    pools = JoinedNames(parts.map(\.poolNames))
    legRanks = legs.ranksByName()
  }

  /// Accounts of one piece of the result, and pieces that are made before they are joined: few
  /// enough that they need little memory beside it.
  private static let accountsPerPiece = 2_048
  private static let piecesPerRound = 64

  /// Sorts the rows by account, instrument and leg, and parts spot and unknown ones from the rest.
  func result(
    _ instruments: InstrumentList, rankOfNumber: [Int32], threadCount: Int,
    issues: inout FieldIssues
  ) -> Result {
    let order = HoldingOrder(
      parts.map { ($0.accounts.runs, $0.accounts.rowCount) }, rankOfNumber: rankOfNumber,
      file: file, keyName: "account, instrument, leg")
    let accountCount = rankOfNumber.count
    let pieceCount = (accountCount + Self.accountsPerPiece - 1) / Self.accountsPerPiece
    var whole = PositionPiece()
    whole.reserve(
      accounts: accountCount, rows: parts.reduce(0) { $0 + $1.accounts.rowCount })
    var nextPiece = 0
    while nextPiece < pieceCount {
      let first = nextPiece
      let count = min(Self.piecesPerRound, pieceCount - first)
      let pieces = Parallel.map(count: count, threadCount: threadCount) { index in
        let start = (first + index) * Self.accountsPerPiece
        return piece(start..<min(start + Self.accountsPerPiece, accountCount), order, instruments)
      }
      for piece in pieces { whole.append(piece) }
      nextPiece += count
    }
    issues.append(contentsOf: whole.issues)
    return Result(
      table: whole.table, spotAmounts: whole.spotAmounts, unknownHoldings: whole.unknownHoldings)
  }

  private func piece(
    _ accounts: Range<Int>, _ order: HoldingOrder, _ instruments: InstrumentList
  ) -> PositionPiece {
    var piece = PositionPiece()
    var rows: [HeldRow] = []
    for account in accounts {
      order.collect(ofAccountAt: account, into: &rows, issues: &piece.issues) {
        key(part: $0, row: $1)
      }
      for row in rows { add(row, account: account, instruments, to: &piece) }
      piece.accountEnds.append(piece.instruments.count)
    }
    return piece
  }

  /// The key of a row within its account: the instrument, then the leg, by the bytes of their names.
  private func key(part: Int, row: Int) -> Int64 {
    let rank = Int64(unknown.rank(of: parts[part].instruments[row], part: part)) << 32
    return legRanks.isEmpty
      ? rank : rank | Int64(legRanks[Int(legs.number(parts[part].legs[row], part: part))])
  }

  private func add(
    _ held: HeldRow, account: Int, _ list: InstrumentList, to piece: inout PositionPiece
  ) {
    let (part, row) = (Int(held.part), Int(held.row))
    let instrument = Int32(held.key >> 32)
    guard instrument >= 0 else {
      piece.unknownHoldings.append(
        UnknownHolding(
          account: AccountIndex(account), name: unknown.name(atRank: instrument),
          isAsset: false))
      return
    }
    let quantity = parts[part].quantities[row]
    if list.kinds[Int(instrument)] == .spot {
      let spot = list.instruments[Int(instrument)]
      piece.spotAmounts.append(
        SpotAmount(
          account: Int32(account), asset: spot.underlying, amount: quantity * spot.multiplier))
      return
    }
    let place = piece.instruments.count
    piece.instruments.append(InstrumentIndex(Int(instrument)))
    piece.quantities.append(quantity)
    if let price = parts[part].entryPrices[row] { piece.entryPrices.append(price, row: place) }
    if let amount = parts[part].unsettledAmounts[row] {
      piece.unsettledAmounts.append(amount, row: place)
    }
    if legs.saysSomething { piece.legs.append(legs.name(parts[part].legs[row], part: part)) }
    if pools.saysSomething {
      piece.marginPools.append(pools.name(parts[part].marginPools[row], part: part))
    }
  }
}

/// Positions of some accounts that follow each other, on their way into the table.
private struct PositionPiece: Sendable {
  /// Rows up to the end of each account.
  var accountEnds: [Int] = []
  var instruments: [InstrumentIndex] = []
  var quantities: [Double] = []
  var entryPrices = OptionalColumn()
  var unsettledAmounts = OptionalColumn()
  var legs: [String] = []
  var marginPools: [String] = []
  var spotAmounts: [SpotAmount] = []
  var unknownHoldings: [UnknownHolding] = []
  var issues = FieldIssues()

  mutating func reserve(accounts: Int, rows: Int) {
    accountEnds.reserveCapacity(accounts + 1)
    accountEnds.append(0)
    instruments.reserveCapacity(rows)
    quantities.reserveCapacity(rows)
  }

  mutating func append(_ next: PositionPiece) {
    let rowCount = instruments.count
    for end in next.accountEnds { accountEnds.append(rowCount + end) }
    instruments += next.instruments
    quantities += next.quantities
    entryPrices.append(next.entryPrices, firstRow: rowCount)
    unsettledAmounts.append(next.unsettledAmounts, firstRow: rowCount)
    legs += next.legs
    marginPools += next.marginPools
    spotAmounts += next.spotAmounts
    unknownHoldings += next.unknownHoldings
    issues.append(contentsOf: next.issues)
  }

  /// The table, once all accounts are there.
  var table: PositionTable {
    var table = PositionTable(
      accountOffsets: accountEnds, instruments: instruments, quantities: quantities)
    table.entryPrices = entryPrices
    table.unsettledAmounts = unsettledAmounts
    table.legs = legs
    table.marginPools = marginPools
    return table
  }
}

/// A spot position as an amount of its underlying.
struct SpotAmount: Sendable {
  /// Rank of the account.
  var account: Int32
  var asset: AssetIndex
  var amount: Double
}
