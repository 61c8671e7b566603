// Folders of results: begun, continued, refused, replaced, and locked against other processes.

import CrossMarginIO
import Foundation
import Testing

@Suite struct SystemOutputFolderTests {
  private let scratch: ScanScratch
  private var out: String { scratch.place("results/day") }

  init() throws { scratch = try ScanScratch() }

  /// Begins a folder, writes a file unless it was there already, and ends as asked.
  @discardableResult
  private func build(
    _ fingerprint: String, replace: Bool = false, finish: Bool = true, text: String = "x"
  ) throws -> String {
    switch try OutputFolder.begin(path: out, fingerprint: fingerprint, replace: replace) {
    case .alreadyFinished: return "already"
    case .building(let folder):
      let isResumed = folder.isResumed
      try text.write(toFile: folder.workingPath + "/data", atomically: false, encoding: .utf8)
      if finish { try folder.finish() }
      return isResumed ? "resumed" : "new"
    }
  }

  /// A folder that is to be built, since no results of the inputs `A` are there.
  private static func building(_ path: String) throws -> OutputFolder {
    switch try OutputFolder.begin(path: path, fingerprint: "A", replace: false) {
    case .alreadyFinished: throw CocoaError(.fileWriteFileExists)
    case .building(let folder): return folder
    }
  }

  private static func owner(_ error: OutputFolderError?) -> LockOwner? {
    guard case .locked(_, let owner) = error else { return nil }
    return owner
  }

  private func names(_ path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }

  private func data() throws -> String {
    try String(contentsOfFile: out + "/data", encoding: .utf8)
  }

  private func state(_ fingerprint: String) throws -> OutputFolder.State {
    try OutputFolder.state(path: out, fingerprint: fingerprint)
  }

  @Test func aFolderIsBuiltOnce() throws {
    #expect(try state("A") == .absent)
    #expect(try build("A") == "new")
    #expect(try state("A") == .finished(sameInputs: true))
    #expect(try names(scratch.place("results")) == ["day"])
    #expect(try names(out) == [".fingerprint", "data"])
    #expect(try build("A", text: "y") == "already")
    #expect(try data() == "x")
  }

  @Test func unfinishedFoldersAreContinued() throws {
    #expect(try build("A", finish: false) == "new")
    #expect(try state("A") == .partial(sameInputs: true))
    #expect(try names(scratch.place("results")) == ["day.partial"])
    #expect(try build("A", finish: false) == "resumed")
    #expect(try build("A") == "resumed")
    #expect(try data() == "x")
  }

  @Test func otherInputsAreRefusedAndNothingIsTouched() throws {
    try build("A", finish: false)
    #expect(throws: OutputFolderError.otherInputs(path: out + ".partial", isFinished: false)) {
      try build("B", text: "y")
    }
    try build("A")
    #expect(throws: OutputFolderError.otherInputs(path: out, isFinished: true)) {
      try build("B", text: "y")
    }
    #expect(try names(scratch.place("results")) == ["day"])
    #expect(try data() == "x")
  }

  @Test func replacingIsAllowedWhenAsked() throws {
    try build("A", finish: false)
    #expect(try build("B", replace: true, text: "y") == "new")
    #expect(try data() == "y")
    #expect(try build("A", replace: true, finish: false, text: "z") == "new")
    #expect(try data() == "y")
    #expect(try state("B") == .finished(sameInputs: true))
    #expect(try build("A", replace: true, text: "z") == "resumed")
    #expect(try data() == "z")
    #expect(try build("A", replace: true, text: "zz") == "new")
    #expect(try data() == "zz")
    #expect(try names(scratch.place("results")) == ["day"])
  }

  @Test(arguments: ["", ".partial"]) func whatIsNotOursIsNeverReplaced(suffix: String) throws {
    let path = out + suffix
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try "precious".write(toFile: path + "/thesis", atomically: false, encoding: .utf8)
    for replace in [false, true] {
      #expect(throws: OutputFolderError.notOurs(path: path)) { try build("A", replace: replace) }
    }
    try "other".write(toFile: path + "/.fingerprint", atomically: false, encoding: .utf8)
    #expect(throws: OutputFolderError.notOurs(path: path)) { try build("A", replace: true) }
    #expect(try names(path) == [".fingerprint", "thesis"])
    try FileManager.default.removeItem(atPath: path)
    try "a file".write(toFile: path, atomically: false, encoding: .utf8)
    #expect(throws: OutputFolderError.notOurs(path: path)) { try build("A", replace: true) }
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.createSymbolicLink(
      atPath: path, withDestinationPath: scratch.path)
    #expect(throws: OutputFolderError.notOurs(path: path)) { try build("A", replace: true) }
    #expect(try names(scratch.place("results")) == ["day" + suffix])
  }

  @Test func emptyFoldersAreFree() throws {
    for path in [out, out + ".partial"] {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    #expect(try build("A") == "new")
    #expect(try data() == "x")
  }

  @Test func resultsAreForTheOwnerOnly() throws {
    let folder = try SystemOutputFolderTests.building(out)
    let inner = folder.workingPath + "/csv"
    try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: false)
    try "x".write(toFile: inner + "/t.csv", atomically: false, encoding: .utf8)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o644], ofItemAtPath: inner + "/t.csv")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: inner)
    try folder.finish()
    for (name, mode) in [
      ("", 0o700), ("/csv", 0o700), ("/csv/t.csv", 0o600), ("/.fingerprint", 0o600)
    ] {
      let attributes = try FileManager.default.attributesOfItem(atPath: out + name)
      #expect(attributes[.posixPermissions] as? Int == mode, "\(name)")
    }
  }

  /// An end between the two renames of a replacement leaves the old results aside.
  @Test func interruptedReplacementsAreUndone() throws {
    try build("A")
    try build("B", replace: true, finish: false, text: "y")
    try FileManager.default.moveItem(atPath: out, toPath: out + ".replaced")
    #expect(try state("A") == .finished(sameInputs: true))
    #expect(throws: OutputFolderError.otherInputs(path: out, isFinished: true)) { try build("C") }
    #expect(try data() == "x")
    try FileManager.default.moveItem(atPath: out, toPath: out + ".replaced")
    #expect(try build("B", replace: true, text: "y") == "resumed")
    #expect(try data() == "y")
    #expect(try names(scratch.place("results")) == ["day"])
  }

  @Test func replacedResultsLeftBehindAreRemoved() throws {
    try build("A")
    try FileManager.default.moveItem(atPath: out, toPath: out + ".replaced")
    try FileManager.default.copyItem(atPath: out + ".replaced", toPath: out)
    #expect(try build("A") == "already")
    #expect(try names(scratch.place("results")) == ["day"])
  }

  @Test func unwritablePlacesAreTold() throws {
    try scratch.write("results", "a file")
    #expect(throws: OutputFolderError.self) { try build("A") }
    #expect(try names(scratch.path) == ["results"])
  }

  @Test func theLockIsExclusive() throws {
    let folder = try SystemOutputFolderTests.building(out)
    let error = #expect(throws: OutputFolderError.self) { try build("A") }
    let owner = SystemOutputFolderTests.owner(error)
    #expect(error == .locked(path: out + ".lock", owner: owner))
    #expect(owner?.processID == getpid())
    #expect(owner?.host == ProcessInfo.processInfo.hostName)
    let staleOwner = folder.staleOwner
    #expect(staleOwner == nil)
    try folder.finish()
    #expect(try build("A") == "already")
  }

  @Test func anotherProcessIsKeptOut() async throws {
    let folder = try SystemOutputFolderTests.building(out)
    await #expect(processExitsWith: .success) {
      [out = out as String, owner = Int(getpid()) as Int] in
      let error = #expect(throws: OutputFolderError.self) {
        _ = try OutputFolder.begin(path: out, fingerprint: "A", replace: true)
      }
      let holder = SystemOutputFolderTests.owner(error)
      #expect(holder.map { Int($0.processID) } == owner)
      #expect(error?.description.contains("process \(owner) on ") == true)
    }
    try folder.finish()
    #expect(try names(out) == [".fingerprint"])
  }

  @Test func aKilledOwnerIsSucceeded() async throws {
    await #expect(processExitsWith: .signal(SIGKILL)) { [out = out as String] in
      let folder = try SystemOutputFolderTests.building(out)
      try "half".write(toFile: folder.workingPath + "/data", atomically: false, encoding: .utf8)
      kill(getpid(), SIGKILL)
    }
    #expect(try names(scratch.place("results")) == ["day.lock", "day.partial"])
    let folder = try SystemOutputFolderTests.building(out)
    let (isResumed, staleOwner) = (folder.isResumed, folder.staleOwner)
    #expect(isResumed)
    let stale = try #require(staleOwner)
    #expect(stale.processID != getpid())
    #expect(kill(stale.processID, 0) == -1)
    try folder.finish()
    #expect(try data() == "half")
    #expect(try names(scratch.place("results")) == ["day"])
  }

  /// Where the kernel keeps no lock, the record of a living process counts; that of a number which
  /// another process has taken over does not.
  @Test func aLivingOwnerIsRespectedWithoutAKernelLock() throws {
    try FileManager.default.createDirectory(
      atPath: scratch.place("results"), withIntermediateDirectories: false)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["sleep", "60"]
    try process.run()
    defer { process.terminate() }
    let number = process.processIdentifier
    let status = try String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8)
    let ticks = try #require(UInt64(status.split(separator: " ")[21]))
    let host = ProcessInfo.processInfo.hostName
    try scratch.write("results/day.lock", "\(number)\n\(host)\n\(ticks)\n0\n")
    let error = #expect(throws: OutputFolderError.self) { try build("A") }
    #expect(SystemOutputFolderTests.owner(error)?.processID == number)
    try scratch.write("results/day.lock", "\(number)\n\(host)\n\(ticks + 1)\n0\n")
    #expect(try build("A") == "new")
  }

  @Test(arguments: [
    "", "nonsense", "1\nhost\n", "-1\nhost\n2\n3\n", "1\nhost\n2\n9223372036854775807\n"
  ])
  func damagedLockFilesAreTakenOver(record: String) throws {
    try FileManager.default.createDirectory(
      atPath: scratch.place("results"), withIntermediateDirectories: false)
    try scratch.write("results/day.lock", record)
    #expect(try build("A") == "new")
    #expect(try names(scratch.place("results")) == ["day"])
  }
}
