// Files that are there whole or not at all: written beside their place under another name, made to
// last, and renamed.

import Glibc

/// A file in the making. It appears under its name at `commit`; without that it leaves nothing.
package struct AtomicFile: ~Copyable {
  /// Data is handed to the system in pieces of this size, in bytes.
  private static let pieceBytes = 1 << 16

  private let path: String
  private let temporaryPath: String
  private let descriptor: Descriptor
  private var pending: [UInt8]

  /// Begins a file that will be readable by its owner only. A symbolic link at its place stays: the
  /// file that it leads to is replaced.
  package init(_ path: String) throws(FileSystemError) {
    let path = try AtomicFile.target(of: path)
    let parent = Folders.parent(of: path)
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let unique = UInt32.random(in: 0...UInt32.max)
    let temporaryPath = "\(parent)/.\(name).\(getpid()).\(unique).tmp"
    let descriptor: Descriptor
    do { descriptor = try Descriptor(writing: temporaryPath, .mustBeNew) } catch {
      if case .notFound = error { throw .missingParent(path: path) }
      throw AtomicFile.renamed(error, path)
    }
    self.path = path
    self.temporaryPath = temporaryPath
    self.descriptor = descriptor
    pending = []
  }

  /// Writes all of a text to a file.
  package static func write(_ text: String, to path: String) throws(FileSystemError) {
    var file = try AtomicFile(path)
    try file.append(text)
    try file.commit()
  }

  /// Appends bytes.
  package mutating func append(_ bytes: Span<UInt8>) throws(FileSystemError) {
    if pending.count + bytes.count <= AtomicFile.pieceBytes {
      for index in 0..<bytes.count { pending.append(bytes[index]) }
      return
    }
    try flush()
    do { try descriptor.write(bytes) } catch { throw AtomicFile.renamed(error, path) }
  }

  /// Appends text as UTF-8.
  package mutating func append(_ text: String) throws(FileSystemError) {
    try append(Array(text.utf8).span)
  }

  /// Makes the file last and gives it its name, in place of an older one.
  package consuming func commit() throws(FileSystemError) {
    try flush()
    do { try descriptor.synchronize() } catch { throw AtomicFile.renamed(error, path) }
    try Folders.rename(temporaryPath, to: path)
    try Folders.synchronize(Folders.parent(of: path))
  }

  // After a commit nothing of this name is left, and the call does nothing.
  deinit { _ = unsafe unlink(temporaryPath) }

  /// Where the file is to stand: no link, and a file if anything.
  private static func target(of path: String) throws(FileSystemError) -> String {
    guard var state = try? FileState.at(path) else { return path }
    var target = path
    if state.isSymbolicLink {
      target = Folders.withoutLinks(path)
      guard let there = try FileState.at(target), !there.isSymbolicLink else {
        throw .notFound(path: path)
      }
      state = there
    }
    if state.isDirectory { throw .isADirectory(path: path) }
    if !state.isRegularFile { throw .notAFile(path: path) }
    return target
  }

  private mutating func flush() throws(FileSystemError) {
    do { try descriptor.write(pending.span) } catch { throw AtomicFile.renamed(error, path) }
    pending.removeAll(keepingCapacity: true)
  }

  /// The error about the file that the user knows, not about its temporary name.
  private static func renamed(_ error: FileSystemError, _ path: String) -> FileSystemError {
    switch error {
    case .notFound: .notFound(path: path)
    case .missingParent: .missingParent(path: path)
    case .isADirectory: .isADirectory(path: path)
    case .notAFile: .notAFile(path: path)
    case .notADirectory: .notADirectory(path: path)
    case .exists: .exists(path: path)
    case .permissionDenied(_, let operation):
      .permissionDenied(path: path, operation: operation)
    case .readOnlyFileSystem: .readOnlyFileSystem(path: path)
    case .noSpace: .noSpace(path: path)
    case .other(_, let operation, let number, let message):
      .other(path: path, operation: operation, number: number, message: message)
    }
  }
}
