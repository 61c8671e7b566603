// Synthetic accounts on the market of an existing book, as a book of its own.

import Foundation
import PortfolioModel

/// A book with the market, instruments, parameters and settings of another and accounts of its own.
public struct GeneratedBook {
  private let market: String
  private let accountCount: Int
  private let seed: UInt64
  private let loaded: LoadedBook

  /// Reads the book whose market is taken.
  /// - Throws: `BookError` when it is not sound.
  public init(market: String, accountCount: Int, seed: UInt64) throws {
    self.market = market
    self.accountCount = accountCount
    self.seed = seed
    loaded = try BookReader.load(folder: market)
  }

  /// Files of a book that say what accounts hold.
  private static let holdings = [
    "positions.csv", "balances.csv", "accounts.csv", "orders.csv", "reported.csv"
  ]

  /// Writes the book into a folder that is absent or empty; `progress` is told how many accounts
  /// are written.
  /// - Throws: `BookWriteError.folderNotEmpty`, `GeneratorError`, `FileSystemError`.
  public func write(
    to folder: String, threadCount: Int, progress: (Int) -> Void
  ) throws {
    if try Folders.isFolder(folder), try !Folders.names(in: folder).isEmpty {
      throw BookWriteError.folderNotEmpty(path: folder)
    }
    let generator = try PortfolioGenerator(
      market: loaded.book.market, instruments: loaded.book.instruments, seed: seed)
    for file in loaded.files where !Self.isHolding(file.path) {
      try copy(file.path, to: folder)
    }
    var positions = try AtomicFile(folder + "/positions.csv")
    var balances = try AtomicFile(folder + "/balances.csv")
    try generator.writeRows(
      of: accountCount, names: loaded.book, threadCount: threadCount
    ) {
      try positions.append($0)
    } balances: {
      try balances.append($0)
    }
    try positions.commit()
    try balances.commit()
    progress(accountCount)
  }

  private static func isHolding(_ path: String) -> Bool {
    holdings.contains(path) || holdings.contains { path == $0 + ".gz" }
  }

  private func copy(_ path: String, to folder: String) throws {
    let target = folder + "/" + path
    try Folders.create(Folders.parent(of: target))
    try FileManager.default.copyItem(atPath: market + "/" + path, toPath: target)
  }
}
