// An open file of the system, closed with its owner. Calls that a signal interrupts are repeated,
// so that nobody above needs to know.

import Glibc

/// What identifies a file and tells whether it has changed.
struct FileState: Equatable, Sendable {
  /// The device and the number of the file on it.
  struct Identity: Equatable, Sendable {
    var device: UInt64
    var number: UInt64
  }

  var identity: Identity
  var byteCount: Int
  var isRegularFile: Bool
  var isDirectory: Bool
  var isSymbolicLink: Bool
  private var changeSeconds: Int
  private var changeNanoseconds: Int

  fileprivate init(_ status: stat) {
    identity = Identity(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
    byteCount = Int(status.st_size)
    isRegularFile = status.st_mode & S_IFMT == S_IFREG
    isDirectory = status.st_mode & S_IFMT == S_IFDIR
    isSymbolicLink = status.st_mode & S_IFMT == S_IFLNK
    changeSeconds = status.st_mtim.tv_sec
    changeNanoseconds = status.st_mtim.tv_nsec
  }

  /// The state of what stands at a path, links not followed; nil when nothing does.
  static func at(_ path: String) throws(FileSystemError) -> FileState? {
    var status = stat()
    if unsafe lstat(path, &status) == 0 { return FileState(status) }
    if errno == ENOENT { return nil }
    throw FileSystemError(number: errno, path: path, operation: "look at it")
  }
}

/// An open file or folder.
package struct Descriptor: ~Copyable {
  /// How a file is opened for writing.
  package enum Creation: Sendable { case mustBeNew, keepIfThere, existing }

  /// Only the owner may read and write what the program writes.
  static let filePermissions: mode_t = 0o600
  /// Only the owner may enter the folders that the program makes.
  static let folderPermissions: mode_t = 0o700

  let number: Int32
  let path: String

  /// Opens a file or folder for reading. Does not wait for the other end of a pipe.
  package init(reading path: String) throws(FileSystemError) {
    try self.init(path, flags: O_RDONLY | O_NONBLOCK, operation: "read")
  }

  /// Opens a file for writing from its start, which does not follow a link at its last name.
  package init(writing path: String, _ creation: Creation) throws(FileSystemError) {
    let creationFlags =
      switch creation {
      case .mustBeNew: O_CREAT | O_EXCL | O_NOFOLLOW
      case .keepIfThere: O_CREAT | O_NOFOLLOW
      case .existing: Int32(0)
      }
    try self.init(path, flags: O_RDWR | creationFlags, operation: "write")
  }

  /// A new file in a folder that nobody sees: it has no name any more and is gone with the
  /// descriptor.
  static func unnamed(in folder: String) throws(FileSystemError) -> Descriptor {
    let unique = UInt32.random(in: 0...UInt32.max)
    let descriptor = try Descriptor(
      writing: "\(folder)/.rows.\(getpid()).\(unique).tmp", .mustBeNew)
    guard unsafe unlink(descriptor.path) == 0 else { throw descriptor.failure("write") }
    return descriptor
  }

  private init(_ path: String, flags: Int32, operation: String) throws(FileSystemError) {
    var opened: Int32 = -1
    repeat {
      opened = unsafe open(path, flags | O_CLOEXEC, Descriptor.filePermissions)
    } while opened < 0 && errno == EINTR
    guard opened >= 0 else {
      throw FileSystemError(number: errno, path: path, operation: operation)
    }
    number = opened
    self.path = path
  }

  deinit { close(number) }

  func state() throws(FileSystemError) -> FileState {
    var status = stat()
    guard unsafe fstat(number, &status) == 0 else { throw failure("look at it") }
    return FileState(status)
  }

  /// Maps the start of the file for reading, told to be read in order; nil when the system refuses.
  @unsafe func map(byteCount: Int) -> UnsafeMutableRawPointer? {
    let address = unsafe mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, number, 0)
    guard let address = unsafe address, unsafe address != MAP_FAILED else { return nil }
    unsafe madvise(address, byteCount, MADV_SEQUENTIAL)
    return unsafe address
  }

  /// Reads until the memory is full or the file ends, from the current place or, without moving it,
  /// from an offset.
  ///
  /// - Returns: the number of bytes read.
  @unsafe func readFully(
    into memory: UnsafeMutableRawBufferPointer, at offset: Int? = nil
  ) throws(FileSystemError) -> Int {
    var done = 0
    while done < memory.count {
      let address = unsafe memory.baseAddress.map { unsafe $0 + done }
      let count =
        if let offset {
          unsafe pread(number, address, memory.count - done, offset + done)
        } else {
          unsafe read(number, address, memory.count - done)
        }
      if count == 0 { break }
      if count < 0 {
        if errno == EINTR { continue }
        throw failure("read")
      }
      done += count
    }
    return done
  }

  /// Writes the bytes of all elements at the current place.
  package func write<Element: BitwiseCopyable>(
    _ elements: Span<Element>
  ) throws(FileSystemError) {
    try unsafe elements.withUnsafeBytes { bytes throws(FileSystemError) in
      var done = 0
      while done < bytes.count {
        let count = unsafe Glibc.write(
          number, bytes.baseAddress.map { unsafe $0 + done }, bytes.count - done)
        if count < 0 {
          if errno == EINTR { continue }
          throw failure("write")
        }
        done += count
      }
    }
  }

  /// Waits until the disk holds what was written.
  package func synchronize() throws(FileSystemError) {
    // Pipes and some devices cannot be synchronised, and have nothing to lose.
    guard fsync(number) == 0 || errno == EINVAL else { throw failure("write") }
  }

  func setPermissions(_ permissions: mode_t) throws(FileSystemError) {
    guard fchmod(number, permissions) == 0 else { throw failure("change permissions") }
  }

  func truncate() throws(FileSystemError) {
    guard ftruncate(number, 0) == 0, lseek(number, 0, SEEK_SET) == 0 else {
      throw failure("write")
    }
  }

  /// Takes the file's lock, if nobody else has it.
  ///
  /// - Returns: false when another open file holds it.
  func tryLock() throws(FileSystemError) -> Bool {
    while flock(number, LOCK_EX | LOCK_NB) != 0 {
      if errno == EWOULDBLOCK { return false }
      guard errno == EINTR else { throw failure("lock") }
    }
    return true
  }

  private func failure(_ operation: String) -> FileSystemError {
    FileSystemError(number: errno, path: path, operation: operation)
  }
}
