// A folder of results that is there whole or not at all. It is built as `OUT.partial`, belongs to
// one set of inputs by a fingerprint, is guarded by a lock, and is renamed to `OUT` at the end.

import Glibc

/// Why a folder of results cannot be built.
public enum OutputFolderError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Another process builds this folder; nil when it is not known which.
  case locked(path: String, owner: LockOwner?)
  /// The folder, finished or not, comes from other inputs and may not be replaced.
  case otherInputs(path: String, isFinished: Bool)
  /// Something that this program did not make stands there; it is never replaced.
  case notOurs(path: String)
  /// The file system refused.
  case fileSystem(FileSystemError)

  /// The error as one line of text.
  public var description: String {
    switch self {
    case .locked(let path, let owner):
      "\(path): held by \(owner.map { "\($0)" } ?? "another process")"
    case .otherInputs(let path, let isFinished):
      "\(path): holds \(isFinished ? "results" : "an unfinished run") of other inputs"
    case .notOurs(let path): "\(path): exists and was not made by this program"
    case .fileSystem(let error): error.description
    }
  }

  /// Carries a refusal of the file system into this type.
  static func wrap<Result: ~Copyable>(
    _ body: () throws(FileSystemError) -> Result
  ) throws(OutputFolderError) -> Result {
    do { return try body() } catch { throw .fileSystem(error) }
  }
}

/// A folder of results in the making, locked against other processes.
///
/// Letting go of the value without `finish` keeps what was built, to be continued by a later run of
/// the same inputs.
package struct OutputFolder: ~Copyable {
  /// What stands at the place of the results.
  package enum State: Equatable, Sendable {
    /// Nothing, or an empty folder.
    case absent
    /// An unfinished folder.
    case partial(sameInputs: Bool)
    /// Results.
    case finished(sameInputs: Bool)
    /// Something else, at this path.
    case notOurs(path: String)
  }

  /// How a run begins.
  package enum Beginning: ~Copyable {
    /// The results of these inputs are there; there is nothing to do.
    case alreadyFinished
    /// The folder is to be built.
    case building(OutputFolder)
  }

  /// Where the files of the results are to be written until `finish`.
  package let workingPath: String
  /// True when an earlier run of the same inputs left files in `workingPath`.
  package let isResumed: Bool
  /// The process that last held the lock and ended without giving it back.
  package var staleOwner: LockOwner? { lock.staleOwner }

  private let places: OutputPlaces
  private let replacesFinished: Bool
  private let lock: FolderLock

  /// What stands at a place; changes nothing.
  ///
  /// - Parameters:
  ///   - path: the folder of the results.
  ///   - fingerprint: names the inputs: one line, the same for the same inputs.
  package static func state(
    path: String, fingerprint: String
  ) throws(OutputFolderError) -> State {
    let places = OutputPlaces(path)
    return try OutputFolderError.wrap { () throws(FileSystemError) in
      try places.state(fingerprint)
    }
  }

  /// Begins or continues the building of a folder.
  ///
  /// Nothing there: builds. An unfinished folder of the same inputs: continues. Results of the same
  /// inputs: already finished. Other inputs: refused, unless `replace`, which also rebuilds
  /// finished results. What this program did not make is never replaced. A refusal changes nothing.
  package static func begin(
    path: String, fingerprint: String, replace: Bool
  ) throws(OutputFolderError) -> Beginning {
    precondition(OutputPlaces.isFingerprint(fingerprint), "a fingerprint is one short line")
    let places = OutputPlaces(path)
    // An interrupted replacement is put right under the lock before anything is judged.
    if try !places.wasInterrupted() {
      let seen = try state(path: path, fingerprint: fingerprint)
      if try places.needsNoWork(seen, replace: replace) { return .alreadyFinished }
    }
    let lock = try places.takeLock()
    try places.recover()
    let state = try state(path: path, fingerprint: fingerprint)
    if try places.needsNoWork(state, replace: replace) { return .alreadyFinished }
    let isResumed = try places.prepare(fingerprint)
    var replacesFinished = false
    if case .finished = state { replacesFinished = true }
    return .building(
      OutputFolder(
        workingPath: places.partial, isResumed: isResumed, places: places,
        replacesFinished: replacesFinished, lock: lock))
  }

  private init(
    workingPath: String, isResumed: Bool, places: OutputPlaces, replacesFinished: Bool,
    lock: consuming FolderLock
  ) {
    self.workingPath = workingPath
    self.isResumed = isResumed
    self.places = places
    self.replacesFinished = replacesFinished
    self.lock = lock
  }

  /// Makes all files last, closes them to others than the owner, and gives the folder its name.
  ///
  /// Results that are replaced are removed only when the new ones are in place.
  package consuming func finish() throws(OutputFolderError) {
    let (places, replacesFinished) = (places, replacesFinished)
    try OutputFolderError.wrap { () throws(FileSystemError) in
      try Folders.seal(places.partial)
      if replacesFinished { try Folders.rename(places.finished, to: places.replaced) }
      try Folders.rename(places.partial, to: places.finished)
      try Folders.synchronize(Folders.parent(of: places.finished))
      if replacesFinished { try places.discard(places.replaced) }
    }
  }
}

/// The names beside an output folder, and what may stand there.
private struct OutputPlaces {
  /// The file that marks a folder as ours and names its inputs.
  static let fingerprintName = ".fingerprint"
  static let fingerprintStart = "output-folder 1 "

  enum Content: Equatable { case nothing, ours(fingerprint: String), notOurs }

  let finished: String
  var partial: String { finished + ".partial" }
  var replaced: String { finished + ".replaced" }

  init(_ path: String) { finished = Folders.standardized(path) }

  static func isFingerprint(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 1_024 && !text.utf8.contains(UInt8(ascii: "\n"))
  }

  func state(_ fingerprint: String) throws(FileSystemError) -> OutputFolder.State {
    // Between the two renames of `finish` the old results stand aside and are still the results.
    for path in [finished, replaced] {
      switch try content(path) {
      case .ours(let other): return .finished(sameInputs: other == fingerprint)
      case .notOurs: return .notOurs(path: path)
      case .nothing: continue
      }
    }
    switch try content(partial) {
    case .ours(let other): return .partial(sameInputs: other == fingerprint)
    case .notOurs: return .notOurs(path: partial)
    case .nothing: return .absent
    }
  }

  /// True when the results are there, false when they may be built, else an error.
  func needsNoWork(_ state: OutputFolder.State, replace: Bool) throws(OutputFolderError) -> Bool {
    switch state {
    case .notOurs(let path): throw .notOurs(path: path)
    case .absent, .partial(sameInputs: true): return false
    case .finished(sameInputs: true): return !replace
    case .partial(sameInputs: false):
      if !replace { throw .otherInputs(path: partial, isFinished: false) }
      return false
    case .finished(sameInputs: false):
      if !replace { throw .otherInputs(path: finished, isFinished: true) }
      return false
    }
  }

  func wasInterrupted() throws(OutputFolderError) -> Bool {
    try OutputFolderError.wrap { () throws(FileSystemError) in try FileState.at(replaced) != nil }
  }

  func takeLock() throws(OutputFolderError) -> FolderLock {
    try OutputFolderError.wrap { () throws(FileSystemError) in
      try Folders.create(Folders.parent(of: finished))
    }
    return try FolderLock.take(finished + ".lock")
  }

  /// Undoes or completes the replacement that an interrupted `finish` left half done.
  func recover() throws(OutputFolderError) {
    do throws(FileSystemError) {
      guard case .ours = try content(replaced) else { return }
      if case .nothing = try content(finished) {
        try Folders.rename(replaced, to: finished)
      } else {
        try discard(replaced)
      }
    } catch {
      throw .fileSystem(error)
    }
  }

  /// Makes the folder to build in.
  ///
  /// - Returns: true when it is there already and of the same inputs.
  func prepare(_ fingerprint: String) throws(OutputFolderError) -> Bool {
    let present = try OutputFolderError.wrap { () throws(FileSystemError) in
      try content(partial)
    }
    switch present {
    case .ours(fingerprint): return true
    case .notOurs: throw .notOurs(path: partial)
    case .ours, .nothing:
      try OutputFolderError.wrap { () throws(FileSystemError) in
        try discard(partial)
        try Folders.create(partial)
        try AtomicFile.write(
          OutputPlaces.fingerprintStart + fingerprint + "\n",
          to: partial + "/" + OutputPlaces.fingerprintName)
      }
      return false
    }
  }

  /// Removes a folder of ours, its mark last, so that what an interruption leaves is still ours.
  func discard(_ path: String) throws(FileSystemError) {
    if try FileState.at(path) == nil { return }
    for name in try Folders.names(in: path) where name != OutputPlaces.fingerprintName {
      try Folders.remove(path + "/" + name)
    }
    try Folders.remove(path)
  }

  private func content(_ path: String) throws(FileSystemError) -> Content {
    guard let state = try FileState.at(path) else { return .nothing }
    guard state.isDirectory else { return .notOurs }
    if let text = try SmallFile.text(path + "/" + OutputPlaces.fingerprintName) {
      guard text.hasPrefix(OutputPlaces.fingerprintStart), text.hasSuffix("\n") else {
        return .notOurs
      }
      let fingerprint = text.dropFirst(OutputPlaces.fingerprintStart.count).dropLast()
      return .ours(fingerprint: String(fingerprint))
    }
    // A run that ended while it wrote the fingerprint leaves nothing but the file in the making.
    let isEmpty = try Folders.names(in: path).allSatisfy {
      $0.hasPrefix("." + OutputPlaces.fingerprintName + ".")
    }
    return isEmpty ? .nothing : .notOurs
  }
}
