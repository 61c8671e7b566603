// Names in the file system: making, renaming, removing, and making such changes last.

import Foundation
import Glibc

/// Operations on files and folders by path.
enum Folders {
  /// The folder that holds a path; "." for a bare name.
  static func parent(of path: String) -> String {
    let parent = (path as NSString).deletingLastPathComponent
    return parent.isEmpty ? "." : parent
  }

  /// Where the links on a path lead.
  static func withoutLinks(_ path: String) -> String {
    URL(fileURLWithPath: path).resolvingSymlinksInPath().path
  }

  /// A path of the same file, absolute and without a slash at its end.
  static func standardized(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.path
  }

  /// Makes a folder and those above it that are missing, open to the owner only.
  static func create(_ path: String) throws(FileSystemError) {
    if unsafe mkdir(path, Descriptor.folderPermissions) == 0 { return }
    if errno == ENOENT, parent(of: path) != path {
      try create(parent(of: path))
      if unsafe mkdir(path, Descriptor.folderPermissions) == 0 { return }
    }
    let number = errno
    if number == EEXIST, try isFolder(path) { return }
    throw FileSystemError(number: number, path: path, operation: "make a folder")
  }

  /// True when a path, links followed, is a folder.
  static func isFolder(_ path: String) throws(FileSystemError) -> Bool {
    var isDirectory: ObjCBool = false
    return unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
      && isDirectory.boolValue
  }

  /// Gives a file or folder another name on the same file system; a file there is replaced.
  static func rename(_ source: String, to target: String) throws(FileSystemError) {
    guard unsafe Glibc.rename(source, target) == 0 else {
      throw FileSystemError(number: errno, path: target, operation: "rename")
    }
  }

  /// Removes a file, or a folder with all that it holds. Nothing there is no error.
  static func remove(_ path: String) throws(FileSystemError) {
    guard let state = try FileState.at(path) else { return }
    if state.isDirectory {
      for name in try names(in: path) { try remove(path + "/" + name) }
    }
    guard unsafe state.isDirectory ? rmdir(path) == 0 : unlink(path) == 0 else {
      throw FileSystemError(number: errno, path: path, operation: "remove it")
    }
  }

  /// The names in a folder, sorted.
  static func names(in path: String) throws(FileSystemError) -> [String] {
    do { return try FileManager.default.contentsOfDirectory(atPath: path).sorted() } catch {
      throw .permissionDenied(path: path, operation: "list the folder")
    }
  }

  /// Makes changes of the names in a folder last.
  static func synchronize(_ path: String) throws(FileSystemError) {
    try Descriptor(reading: path).synchronize()
  }

  /// Closes a folder and all below it to others than the owner, and makes their contents last.
  static func seal(_ path: String) throws(FileSystemError) {
    guard let state = try FileState.at(path), !state.isSymbolicLink else { return }
    guard state.isDirectory || state.isRegularFile else { return }
    let descriptor = try Descriptor(reading: path)
    try descriptor.setPermissions(
      state.isDirectory ? Descriptor.folderPermissions : Descriptor.filePermissions)
    if state.isDirectory {
      for name in try names(in: path) { try seal(path + "/" + name) }
    }
    try descriptor.synchronize()
  }
}
