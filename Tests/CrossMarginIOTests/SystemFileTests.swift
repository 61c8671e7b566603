// Files that appear whole or not at all, and what is said when they cannot.

import CrossMarginIO
import Foundation
import Testing

@Suite struct SystemFileTests {
  private let scratch: ScanScratch

  init() throws { scratch = try ScanScratch() }

  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted()
  }

  private func permissions(_ path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return try #require(attributes[.posixPermissions] as? Int)
  }

  @Test func filesAppearWhole() throws {
    let path = scratch.place("f")
    var file = try AtomicFile(path)
    let piece = String(repeating: "0123456789", count: 1_000)
    for _ in 0..<20 { try file.append(piece) }
    try file.append([UInt8](repeating: 57, count: 100_000).span)
    #expect(!FileManager.default.fileExists(atPath: path))
    try file.commit()
    let expected = String(repeating: piece, count: 20) + String(repeating: "9", count: 100_000)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == expected)
    #expect(try permissions(path) == 0o600)
    #expect(try names() == ["f"])
  }

  @Test func olderFilesAreReplaced() throws {
    let path = try scratch.write("f", "old")
    try AtomicFile.write("new", to: path)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "new")
    try AtomicFile.write("", to: path)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)).isEmpty)
  }

  @Test func linksStayAndTheirFilesAreReplaced() throws {
    let path = try scratch.write("f", "old")
    let link = scratch.place("link")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "f")
    try AtomicFile.write("new", to: link)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "new")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "f")
    let loose = scratch.place("loose")
    try FileManager.default.createSymbolicLink(atPath: loose, withDestinationPath: "nothing")
    #expect(throws: FileSystemError.notFound(path: loose)) {
      try AtomicFile.write("x", to: loose)
    }
    #expect(try names() == ["f", "link", "loose"])
  }

  @Test func devicesAndPipesAreLeftAlone() throws {
    let pipe = scratch.place("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    for path in [pipe, "/dev/null"] {
      #expect(throws: FileSystemError.notAFile(path: path)) {
        try AtomicFile.write("x", to: path)
      }
    }
    #expect(try names() == ["pipe"])
  }

  @Test func abandonedFilesLeaveNothing() throws {
    let path = try scratch.write("f", "old")
    do {
      var file = try AtomicFile(path)
      try file.append("half")
    }
    #expect(try names() == ["f"])
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
  }

  @Test func placesThatDoNotSuitAreTold() throws {
    let parent = scratch.place("no/f")
    #expect(throws: FileSystemError.missingParent(path: parent)) {
      try AtomicFile.write("x", to: parent)
    }
    try FileManager.default.createDirectory(
      atPath: scratch.place("d"), withIntermediateDirectories: false)
    #expect(throws: FileSystemError.isADirectory(path: scratch.place("d"))) {
      try AtomicFile.write("x", to: scratch.place("d"))
    }
    try scratch.write("f", "x")
    #expect(throws: FileSystemError.notADirectory(path: scratch.place("f/g"))) {
      try AtomicFile.write("x", to: scratch.place("f/g"))
    }
    #expect(try names() == ["d", "f"])
  }

  @Test(.enabled(if: geteuid() != 0, "the owner of all files may write them"))
  func forbiddenFoldersAreTold() throws {
    try scratch.setPermissions("", 0o500)
    defer { try? scratch.setPermissions("", 0o700) }
    let path = scratch.place("f")
    #expect(throws: FileSystemError.permissionDenied(path: path, operation: "write")) {
      try AtomicFile.write("x", to: path)
    }
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/sys/kernel/ostype")))
  func systemFoldersAreTold() throws {
    let path = "/proc/sys/kernel/crossmargin"
    let error = #expect(throws: FileSystemError.self) { try AtomicFile.write("x", to: path) }
    #expect(error?.path == path)
  }

  /// /dev/full refuses each write as a full disk does.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
  func fullDisksAreTold() throws {
    #expect(throws: FileSystemError.noSpace(path: "/dev/full")) {
      let device = try Descriptor(writing: "/dev/full", .existing)
      try device.write([1, 2, 3].span)
    }
  }

  /// A limit on the size of files stands for the full disk here; it needs a process of its own.
  @Test func filesThatDoNotFitLeaveNothing() async throws {
    let path: String = try scratch.write("f", "old")
    await #expect(processExitsWith: .success) { [path = path as String] in
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 100_000, rlim_max: 100_000)
      precondition(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
      for size in [100_001, 1_000_000] {
        let text = String(repeating: "x", count: size)
        #expect(throws: FileSystemError.noSpace(path: path)) {
          try AtomicFile.write(text, to: path)
        }
      }
      try AtomicFile.write("new", to: path)
    }
    #expect(try names() == ["f"])
    #expect(try String(contentsOfFile: scratch.place("f"), encoding: .utf8) == "new")
  }

  @Test(arguments: [
    (FileSystemError.noSpace(path: "a/b"), "a/b: no space left"),
    (.permissionDenied(path: "a", operation: "write"), "a: no permission to write"),
    (.missingParent(path: "a"), "a: the folder that should hold it does not exist"),
    (
      .other(path: "a", operation: "lock", number: 37, message: "No locks available"),
      "a: cannot lock: No locks available (error 37)"
    )
  ])
  func refusalsRead(error: FileSystemError, text: String) { #expect(error.description == text) }
}
