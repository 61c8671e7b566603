// What the file system refused, by the cases that a user can do something about. An error number is
// judged once, here.

import Foundation
import Glibc

/// A refusal of the file system; `path` is where, `operation` what was tried, such as "write".
public enum FileSystemError: Error, Equatable, Sendable, CustomStringConvertible {
  /// There is no such file, or a folder on the way to it is missing.
  case notFound(path: String)
  /// The folder that was to hold the file is missing.
  case missingParent(path: String)
  /// A folder stands where a file was expected.
  case isADirectory(path: String)
  /// A device, a pipe or a socket stands where a file was expected.
  case notAFile(path: String)
  /// Something else stands where a folder was expected.
  case notADirectory(path: String)
  /// Something of this name is there already.
  case exists(path: String)
  /// The permissions of the file or of its folder forbid it.
  case permissionDenied(path: String, operation: String)
  /// The file system is mounted for reading only.
  case readOnlyFileSystem(path: String)
  /// The disk, a quota or the largest size of a file is exhausted.
  case noSpace(path: String)
  /// Any other refusal, with the number and the text of the system.
  case other(path: String, operation: String, number: Int32, message: String)

  /// Judges the error number of a failed call.
  init(number: Int32, path: String, operation: String) {
    switch number {
    case ENOENT: self = .notFound(path: path)
    case EISDIR: self = .isADirectory(path: path)
    case ENOTDIR: self = .notADirectory(path: path)
    case EEXIST, ENOTEMPTY: self = .exists(path: path)
    case EACCES, EPERM: self = .permissionDenied(path: path, operation: operation)
    case EROFS: self = .readOnlyFileSystem(path: path)
    case ENOSPC, EDQUOT, EFBIG: self = .noSpace(path: path)
    default:
      let message = unsafe String(cString: strerror(number))
      self = .other(path: path, operation: operation, number: number, message: message)
    }
  }

  /// The reason alone, without the path.
  public var reason: String {
    switch self {
    case .notFound: "no such file or folder"
    case .missingParent: "the folder that should hold it does not exist"
    case .isADirectory: "it is a folder"
    case .notAFile: "it is a device, a pipe or a socket"
    case .notADirectory: "it is not a folder"
    case .exists: "it exists already"
    case .permissionDenied(_, let operation): "no permission to \(operation)"
    case .readOnlyFileSystem: "the file system is read-only"
    case .noSpace: "no space left"
    case .other(_, let operation, let number, let message):
      "cannot \(operation): \(message) (error \(number))"
    }
  }

  /// The file or folder that the refusal is about.
  public var path: String {
    switch self {
    case .notFound(let path), .missingParent(let path), .isADirectory(let path),
      .notAFile(let path), .notADirectory(let path), .exists(let path),
      .permissionDenied(let path, _),
      .readOnlyFileSystem(let path), .noSpace(let path), .other(let path, _, _, _):
      path
    }
  }

  /// The error as one line of text.
  public var description: String { "\(path): \(reason)" }
}
