// What goes wrong is said clearly, ends with 2, and leaves nothing half-written.

import Foundation
import Testing

@Suite struct FailureTests {
  let scratch: Scratch
  let book: String

  init() throws {
    scratch = try Scratch()
    book = try scratch.book()
  }

  private func expectRefusal(_ place: String = "out", _ words: String...) throws {
    let run = try Program("run", book, "--output", scratch.place(place))
    #expect(run.exitCode == 2)
    for word in words { #expect(run.errors.contains(word), "\(run.errors)") }
    #expect(!FileManager.default.fileExists(atPath: scratch.place(place)))
    #expect(!FileManager.default.fileExists(atPath: scratch.place(place) + ".partial"))
  }

  @Test func aDamagedFieldIsNamed() throws {
    try scratch.edit(book + "/positions.csv") { text in
      var lines = text.split(separator: "\n").map(String.init)
      lines[3] = "A0000002,BTC-PERPETUAL,abc,,"
      return lines.joined(separator: "\n") + "\n"
    }
    try expectRefusal("out", "positions.csv:4: quantity: found \"abc\"")
  }

  @Test func aMissingFileIsNamed() throws {
    try FileManager.default.removeItem(atPath: book + "/instruments.csv")
    try expectRefusal("out", "instruments.csv", "no such file")
  }

  @Test func aMissingBookIsNamed() throws {
    let run = try Program("run", scratch.place("nowhere"))
    #expect(run.exitCode == 2)
    #expect(run.errors.contains("run.yaml"))
  }

  @Test func anUnwritablePlaceIsNamed() throws {
    try "a file".write(toFile: scratch.place("file"), atomically: false, encoding: .utf8)
    try expectRefusal("file/out", "file")
  }

  @Test func aFullDiskDamagesNothing() throws {
    let disk = scratch.place("disk")
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
    guard try mount(disk) else {
      print("a full disk was not tried: this process may not mount a small file system")
      return
    }
    defer { _ = try? system(["umount", disk]) }
    let run = try Program("run", book, "--output", disk + "/out")
    #expect(run.exitCode == 2)
    #expect(run.errors.contains("no space"), "\(run.errors)")
    #expect(!FileManager.default.fileExists(atPath: disk + "/out"))
  }

  private func mount(_ place: String) throws -> Bool {
    try system(["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", place]) == 0
  }

  private func system(_ arguments: [String]) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  @Test func aLimitOnTheSizeOfFilesIsAnError() throws {
    let output = scratch.place("out")
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = [
      "-c", "ulimit -f 40; exec \"$0\" \"$@\"", Program.path, "run", book, "--output", output
    ]
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 2)
    #expect(!FileManager.default.fileExists(atPath: output))
    #expect(try Program("run", book, "--output", output).exitCode == 1, "it goes on afterwards")
  }

  @Test func unknownOptionsEndWithTwo() throws {
    for arguments in [["run"], ["run", book, "--nonsense"], ["explain", book, "nobody"], ["fly"]] {
      let run = try Program(arguments: arguments)
      #expect(run.exitCode == 2, "\(arguments)")
      #expect(!run.errors.isEmpty)
    }
  }

  @Test(arguments: [
    "run", "check", "explain", "import", "generate", "backtest", "report", "export", "doctor"
  ])
  func everyCommandHasHelpWithAnExample(command: String) throws {
    let help = try Program(command, "--help")
    #expect(help.exitCode == 0)
    #expect(help.output.contains("Example:"))
    #expect(help.output.contains("crossmargin \(command)"))
  }

  @Test func explanationsAreThoseOfTheResults() throws {
    _ = try Program("run", book, "--output", scratch.place("out"))
    let explained = try Program("explain", book, "A0000007", "--json")
    #expect(explained.exitCode == 0)
    let root = try JSONDecoder().decode(Explained.self, from: Data(explained.output.utf8))
    let margin = try Program("export", scratch.place("out"), "--table", "margin_house").output
    let row = try #require(margin.split(separator: "\r\n").first { $0.hasPrefix("6,") })
    let initial = try #require(root.sums.first { $0.title == "initial surplus" })
    // Six components of the initial level stand behind the account.
    let parts = row.split(separator: ",")[1...6].compactMap { Double($0) }
    #expect(parts.count == 6 && parts.reduce(0, +) == initial.totalUSD)
  }

  /// What the test reads of an explanation; its decoder keeps every bit of a number.
  private struct Explained: Decodable {
    struct Sum: Decodable {
      var title: String
      var totalUSD: Double

      enum CodingKeys: String, CodingKey {
        case title
        case totalUSD = "total_usd"
      }
    }

    var sums: [Sum]
  }

  @Test func aSoundBookIsSaidToBeSound() throws {
    let check = try Program("check", book)
    #expect(check.exitCode == 1, "one account of the sample is unmargined on purpose")
    #expect(check.output.contains("unmargined: A0000300: instrument of XRP_USDC-PERPETUAL"))
  }
}
