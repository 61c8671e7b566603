// What comes out of a run folder: the book, what to do with it, and which bytes it was read from.

import CrossMargin
import PortfolioModel

/// A book with the settings of its run.
public struct LoadedBook: Sendable, Equatable {
  /// Market, instruments, accounts and user scenarios.
  public var book: Book
  /// What the run is asked to do.
  public var settings: RunSettings
  /// The parameter file of each rule set, in the order of `settings.models`.
  public var modelFiles: [ModelFile]
  /// What the run is asked to write.
  public var outputs: OutputSettings
  /// Every file that was read, sorted by the bytes of its path.
  public var files: [InputFile]
  /// What was noticed and did not stop the loading, sorted by kind.
  public var warnings: [RunWarning]

  /// All fields in order.
  public init(
    book: Book, settings: RunSettings, modelFiles: [ModelFile], outputs: OutputSettings,
    files: [InputFile], warnings: [RunWarning]
  ) {
    self.book = book
    self.settings = settings
    self.modelFiles = modelFiles
    self.outputs = outputs
    self.files = files
    self.warnings = warnings
  }
}

/// One file that a book was read from.
public struct InputFile: Sendable, Equatable {
  /// Path relative to the book, as it lies on disk: `positions.csv.gz`.
  public var path: String
  /// SHA-256 of the file as it lies on disk, 64 hexadecimal digits.
  public var sha256: String
  /// Size on disk, bytes.
  public var byteCount: Int

  /// All fields in order.
  public init(path: String, sha256: String, byteCount: Int) {
    self.path = path
    self.sha256 = sha256
    self.byteCount = byteCount
  }
}

/// A rule set by name and the file that holds its terms.
public struct ModelFile: Sendable, Equatable {
  /// Name by which accounts choose the rule set.
  public var name: String
  /// Path relative to the book.
  public var path: String

  /// All fields in order.
  public init(name: String, path: String) {
    self.name = name
    self.path = path
  }
}

/// What a run writes beside its database.
public struct OutputSettings: Sendable, Equatable {
  /// Whether each table is also written as CSV; default no.
  public var isCSVWritten = false
  /// Whether `report.html` is written; default yes.
  public var isReportWritten = true
  /// The accounts whose positions are stored one by one; default none.
  public var detail = DetailSelection.none

  /// A report, no CSV, no single positions.
  public init() {}
}

/// Accounts whose positions are stored one by one.
public enum DetailSelection: Sendable, Equatable {
  /// No account.
  case none
  /// The given number of accounts with the smallest margin ratios; positive.
  case worst(Int)
  /// Every account.
  case all
  /// Accounts by name, in the order given.
  case accounts([String])
}
