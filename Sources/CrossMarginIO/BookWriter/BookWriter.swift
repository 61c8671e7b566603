// A book to a folder: the files that `crossmargin run` reads. The same book gives the same bytes.

import CrossMargin
import Foundation
import PortfolioModel

/// What a book folder holds beside the book itself.
public struct BookCompanions: Sendable, Equatable {
  /// A file that is copied as it is.
  public struct Copy: Sendable, Equatable {
    /// Where it lies now.
    public var sourcePath: String
    /// Its place in the folder, such as `parameters/house.yaml`.
    public var destination: String

    /// A file to copy.
    public init(sourcePath: String, destination: String) {
      self.sourcePath = sourcePath
      self.destination = destination
    }
  }

  /// The text of `run.yaml`.
  public var runText: String
  /// Files to copy: parameters above all.
  public var copies: [Copy]

  /// The text of `run.yaml` and the files that it names.
  public init(runText: String, copies: [Copy] = []) {
    self.runText = runText
    self.copies = copies
  }
}

/// Why a book could not be written.
public enum BookWriteError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The folder holds something already; files of another book would become part of this one.
  case folderNotEmpty(path: String)
  /// The file system refused.
  case system(FileSystemError)
  /// A file that was to be copied cannot be read.
  case unreadable(path: String, reason: String)
  /// A number is NaN or infinite.
  case notFinite(file: String, line: Int, column: String)
  /// A scenario without shocks, which a scenario file cannot express.
  case emptyScenario(set: String, scenario: String)
  /// A scenario set whose name is no file name: allowed are a-z, 0-9, `_` and `-`.
  case invalidSetName(String)
  /// A file of the folder would be written twice.
  case duplicateFile(String)

  /// The error as one line of text.
  public var description: String {
    switch self {
    case .folderNotEmpty(let path): "\(path): the folder is not empty"
    case .system(let error): error.description
    case .unreadable(let path, let reason): "\(path): \(reason)"
    case .notFinite(let file, let line, let column):
      "\(file):\(line): \(column): a number is not finite"
    case .emptyScenario(let set, let scenario):
      "scenarios/\(set).csv: scenario \"\(scenario)\" has no shocks"
    case .invalidSetName(let name): "scenario set \"\(name)\": allowed are a-z, 0-9, _ and -"
    case .duplicateFile(let name): "\(name): would be written twice"
    }
  }
}

/// Writes books.
public enum BookWriter {
  /// Writes a book into a folder that is absent or empty.
  ///
  /// Numbers are in the shortest form that reads back to the same bits; optional columns and files
  /// are there when something is in them, and a market without history has one without rows. Accrued
  /// funding is part of the amounts of `balances.csv`. Of an unknown holding only the name is known:
  /// it is written as a position of 1.
  /// `run.yaml` comes last, so that a folder whose writing was interrupted is not taken for a book.
  public static func write(
    _ book: Book, companions: BookCompanions, to folder: String
  ) throws(BookWriteError) {
    let files = try BookTexts(book: book).files()
    var names = files.map(\.name) + companions.copies.map(\.destination) + ["run.yaml"]
    names.sort(by: precedesByBytes)
    for (name, next) in zip(names, names.dropFirst()) where name == next {
      throw .duplicateFile(name)
    }
    let target = BookFolder(path: folder)
    try target.prepare()
    for file in files { try target.write(file.bytes.span, as: file.name) }
    for copy in companions.copies { try target.copy(copy) }
    try target.write(Array(companions.runText.utf8).span, as: "run.yaml")
  }
}

/// A folder that takes the files of a book.
private struct BookFolder {
  let path: String

  /// Makes the folder, or finds it empty.
  func prepare() throws(BookWriteError) {
    try report { () throws(FileSystemError) in
      try Folders.create(path)
    }
    let present = try report { () throws(FileSystemError) -> [String] in
      try Folders.names(in: path)
    }
    guard present.isEmpty else { throw .folderNotEmpty(path: path) }
  }

  /// Writes one file, making the folders on its way.
  func write(_ bytes: Span<UInt8>, as name: String) throws(BookWriteError) {
    let destination = path + "/" + name
    do {
      try Folders.create(Folders.parent(of: destination))
      var file = try AtomicFile(destination)
      try file.append(bytes)
      try file.commit()
    } catch { throw .system(error) }
  }

  /// Copies a file as it is, compressed or not.
  func copy(_ copy: BookCompanions.Copy) throws(BookWriteError) {
    let bytes: [UInt8]
    do { bytes = Array(try Data(contentsOf: URL(fileURLWithPath: copy.sourcePath))) } catch {
      throw .unreadable(path: copy.sourcePath, reason: error.localizedDescription)
    }
    try write(bytes.span, as: copy.destination)
  }

  private func report<Result>(
    _ body: () throws(FileSystemError) -> Result
  ) throws(BookWriteError) -> Result {
    do { return try body() } catch { throw .system(error) }
  }
}
