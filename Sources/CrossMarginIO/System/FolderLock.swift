// A lock beside an output folder. The kernel holds it (flock), so that it ends with its owner
// however the owner ends; the file names the owner, so that a refusal can say who it is.

import Foundation
import Glibc

/// The process that holds a lock, or held it last.
public struct LockOwner: Equatable, Sendable, CustomStringConvertible {
  /// The number of the process.
  public var processID: Int32
  /// The name of the machine it runs on.
  public var host: String
  /// When the process started, in the kernel's ticks since boot: tells it from a later process of
  /// the same number.
  public var startTicks: UInt64
  /// When it took the lock, in microseconds since 1970 UTC.
  public var sinceMicroseconds: Int64

  /// The owner in words.
  public var description: String {
    "process \(processID) on \(host) since \(TimeText.format(sinceMicroseconds))"
  }

  static func current() -> LockOwner {
    LockOwner(
      processID: getpid(), host: ProcessInfo.processInfo.hostName,
      startTicks: startTicks(of: getpid()) ?? 0, sinceMicroseconds: ProcessClock.wallMicroseconds())
  }

  /// The owner that a lock file names; nil when it names none, as between its making and its
  /// writing.
  init?(record: String) {
    let words = record.split(separator: "\n").map(String.init)
    guard words.count == 4, let processID = Int32(words[0]), processID > 0,
      let startTicks = UInt64(words[2]), let since = Int64(words[3]),
      TimeText.microsecondsRange.contains(since)
    else { return nil }
    self.init(
      processID: processID, host: words[1], startTicks: startTicks, sinceMicroseconds: since)
  }

  private init(processID: Int32, host: String, startTicks: UInt64, sinceMicroseconds: Int64) {
    self.processID = processID
    self.host = host
    self.startTicks = startTicks
    self.sinceMicroseconds = sinceMicroseconds
  }

  var record: String { "\(processID)\n\(host)\n\(startTicks)\n\(sinceMicroseconds)\n" }

  /// True when the process is seen to be alive on this machine.
  var isAlive: Bool {
    host == ProcessInfo.processInfo.hostName && LockOwner.startTicks(of: processID) == startTicks
  }

  /// Field 22 of /proc/PID/stat (proc(5)); nil when there is no such process.
  private static func startTicks(of processID: Int32) -> UInt64? {
    guard let text = try? String(contentsOfFile: "/proc/\(processID)/stat", encoding: .utf8),
      // The name of the program, field 2, may hold spaces and parentheses of its own.
      let nameEnd = text.lastIndex(of: ")")
    else { return nil }
    let fields = text[text.index(after: nameEnd)...].split(separator: " ")
    return fields.count > 19 ? UInt64(fields[19]) : nil
  }
}

/// A lock file, held until its owner lets go of this value or ends.
package struct FolderLock: ~Copyable {
  /// Retries when the lock file is removed by its last owner between opening and locking.
  private static let attemptsMax = 100

  private let descriptor: Descriptor
  /// Who held the lock last and ended without giving it back, such as a process that was killed.
  package let staleOwner: LockOwner?

  /// Takes the lock.
  ///
  /// A file left by an owner that is gone is taken over. On file systems that do not keep the
  /// kernel's locks, an owner that is seen alive on this machine is respected all the same.
  package static func take(_ path: String) throws(OutputFolderError) -> FolderLock {
    for _ in 0..<attemptsMax {
      let descriptor = try OutputFolderError.wrap { () throws(FileSystemError) in
        try Descriptor(writing: path, .keepIfThere)
      }
      switch try Outcome(descriptor) {
      case .held(let owner): throw .locked(path: path, owner: owner)
      case .replaced: continue
      case .taken(let staleOwner):
        return FolderLock(descriptor: descriptor, staleOwner: staleOwner)
      }
    }
    throw .locked(path: path, owner: nil)
  }

  private init(descriptor: consuming Descriptor, staleOwner: LockOwner?) {
    self.descriptor = descriptor
    self.staleOwner = staleOwner
  }

  /// How an attempt to take the lock ended.
  private enum Outcome {
    case held(LockOwner?)
    case replaced
    case taken(staleOwner: LockOwner?)

    init(_ file: borrowing Descriptor) throws(OutputFolderError) {
      do {
        let isLocked = try file.tryLock()
        let owner = try SmallFile.text(file.path).flatMap { LockOwner(record: $0) }
        if !isLocked {
          self = .held(owner)
        } else if try FileState.at(file.path)?.identity != file.state().identity {
          self = .replaced
        } else if let owner, owner.processID != getpid(), owner.isAlive {
          self = .held(owner)
        } else {
          try file.truncate()
          try file.write(Array(LockOwner.current().record.utf8).span)
          self = .taken(staleOwner: owner)
        }
      } catch {
        throw .fileSystem(error)
      }
    }
  }

  // The name goes while the lock is still held, so nobody can lock a file that is about to vanish
  // without noticing that it is no longer the one at the path.
  deinit { _ = unsafe unlink(descriptor.path) }
}

/// Files of a few words that the program keeps for itself.
enum SmallFile {
  private static let byteCountMax = 4_096

  /// The first bytes of a file as text; nil when there is none.
  static func text(_ path: String) throws(FileSystemError) -> String? {
    if try FileState.at(path) == nil { return nil }
    let descriptor = try Descriptor(reading: path)
    var bytes = [UInt8](repeating: 0, count: byteCountMax)
    let count = try unsafe bytes.withUnsafeMutableBufferPointer { memory throws(FileSystemError) in
      try unsafe descriptor.readFully(into: UnsafeMutableRawBufferPointer(memory))
    }
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}
