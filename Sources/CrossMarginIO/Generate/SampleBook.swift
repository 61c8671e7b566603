// The sample book: the synthetic market, accounts on it, the house parameters and stress events, as
// files. The same arguments give the same bytes.

import PortfolioModel

/// The book that the first command of a new user runs.
public enum SampleBook {
  /// Accounts of the book in `Data/book`.
  public static let accountCount = 1_000
  /// Seed of its history and accounts.
  public static let seed: UInt64 = 7
  /// One file of the book.
  public struct File: Sendable, Equatable {
    /// Place in the folder, such as `market/assets.csv`.
    public var name: String
    /// What is in it.
    public var bytes: [UInt8]
  }

  /// Market, instruments and accounts.
  public static func book(
    accountCount: Int = accountCount, seed: UInt64 = seed
  ) throws(GeneratorError) -> Book {
    var book = SyntheticMarket.make(seed: seed)
    book.portfolio = try PortfolioGenerator.make(
      market: book.market, instruments: book.instruments, accountCount: accountCount, seed: seed)
    return book
  }

  /// All files, sorted by the bytes of their names.
  ///
  /// - Parameter stressEvents: text of `Data/stress/events.csv`. The book takes the shocks of
  ///   assets that its market has, and the scenarios that still have any.
  public static func files(
    stressEvents: String, accountCount: Int = accountCount, seed: UInt64 = seed
  ) throws -> [File] {
    let book = try book(accountCount: accountCount, seed: seed)
    var files = try BookTexts(book: book).files().map { File(name: $0.name, bytes: $0.bytes) }
    let assets = book.market.assets.map(\.name)
    for (name, text) in [
      ("run.yaml", SampleTexts.run), ("parameters/house.yaml", SampleTexts.house),
      ("scenarios/stress.csv", stressEvents.restricted(toAssets: assets))
    ] {
      files.append(File(name: name, bytes: Array(text.utf8)))
    }
    return files.sorted { precedesByBytes($0.name, $1.name) }
  }

  /// Writes all files into a folder, over files of the same names.
  public static func write(_ files: [File], to folder: String) throws(FileSystemError) {
    for file in files {
      let path = folder + "/" + file.name
      try Folders.create(Folders.parent(of: path))
      var target = try AtomicFile(path)
      try target.append(file.bytes.span)
      try target.commit()
    }
  }
}

extension String {
  /// The header and the rows whose factor, in the second column, is of one of the assets. Names of
  /// scenarios and factors hold neither commas nor quotes.
  fileprivate func restricted(toAssets assets: [String]) -> String {
    let lines = split(separator: "\n", omittingEmptySubsequences: true)
    let kept = lines.dropFirst().filter { line in
      let fields = line.split(separator: ",", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { return true }
      let parts = fields[1].split(separator: ":")
      return parts.count >= 2 && assets.contains(String(parts[1]))
    }
    return (lines.prefix(1) + kept).map { $0 + "\n" }.joined()
  }
}
