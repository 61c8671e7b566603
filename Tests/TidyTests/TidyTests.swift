// The house rules, explained to the newcomer by the test that fails.

import Foundation
import Testing

@Suite struct TidyTests {
  private static let lineCountMax = 400
  private static let columnCountMax = 100

  @Test func filesAreShort() throws {
    for folder in ["Sources", "Tests"] {
      for ending in [".swift", ".c", ".h"] {
        for file in try SourceFile.all(in: folder, ending: ending) {
          #expect(
            file.lines.count <= Self.lineCountMax + 1,
            "\(file) has \(file.lines.count) lines: is it still one thing?")
        }
      }
    }
  }

  @Test func filesSayWhatTheyAreFor() throws {
    for file in try SourceFile.all(in: "Sources") + SourceFile.all(in: "Tests") {
      #expect(
        file.lines.first?.hasPrefix("//") == true, "\(file) begins with one to five lines of prose")
    }
  }

  /// Modules that each module may import (the arrows between rooms).
  private static let imports: [String: Set<String>] = [
    "PortfolioModel": [],
    "RiskNumerics": ["Glibc", "Dispatch", "Synchronization", "CKernels", "COpenBLAS", "CLAPACKE"],
    "CrossMargin": ["RiskNumerics", "PortfolioModel"],
    "CrossMarginIO": [
      "CrossMargin", "PortfolioModel", "RiskNumerics", "Foundation", "Glibc", "Yams", "GRDB",
      "GRDBSQLite", "CZlib", "CLibCrypto"
    ],
    "CrossMarginCLI": [
      "CrossMargin", "CrossMarginIO", "PortfolioModel", "RiskNumerics", "Foundation", "Dispatch",
      "ArgumentParser", "Logging"
    ]
  ]

  @Test func importsFollowTheArrows() throws {
    for file in try SourceFile.all(in: "Sources") {
      let allowed = try #require(Self.imports[file.module], "\(file) is in a room without a rule")
      for line in file.code {
        guard
          let match = line.firstMatch(
            of: /^(?:@\w+ )*(?:public |package )?import (?:struct |func |enum |class )?(\w+)/)
        else { continue }
        #expect(allowed.contains(String(match.1)), "\(file) imports \(match.1)")
      }
    }
  }

  /// Stages of the engine from left to right: a file names types of its own folder and of folders
  /// to its left.
  private static let stages = [
    "Terms", "Market", "Scenarios", "Valuation", "Aggregation", "Backtest", "Analytic",
    "Margin", "Liquidation", "Contagion", "Results"
  ]

  @Test func earlierStagesDoNotNameLaterOnes() throws {
    let files = try SourceFile.all(in: "Sources/CrossMargin")
    func stage(_ file: SourceFile) -> Int? {
      file.folders.compactMap(Self.stages.firstIndex(of:)).first
    }
    var declared: [(name: String, stage: Int)] = []
    for file in files {
      guard let place = stage(file) else {
        #expect(file.path == "Sources/CrossMargin/RiskRun.swift", "\(file) stands in no stage")
        continue
      }
      for line in file.code {
        let pattern =
          /^(?:@\w+ )?(?:public |package |private |fileprivate )?(?:final )?(?:struct|enum|class|protocol|actor) (\w+)/
        if let match = line.firstMatch(of: pattern) { declared.append((String(match.1), place)) }
      }
    }
    #expect(declared.count > 30)
    for file in files {
      guard let place = stage(file) else { continue }
      let words = Set(
        file.code.flatMap { $0.matches(of: /[A-Za-z_]\w*/).map { String($0.output) } })
      for (name, other) in declared where other > place && words.contains(name) {
        Issue.record("\(file) names \(name), which stands in \(Self.stages[other])")
      }
    }
  }

  /// Rooms that may contain the word `unsafe`.
  private static let unsafeRooms = [
    "Sources/RiskNumerics/", "Sources/CrossMarginIO/Scan/", "Sources/CrossMarginIO/System/",
    "Sources/CrossMarginC/"
  ]

  @Test func unsafeCodeStaysInItsRooms() throws {
    for file in try SourceFile.all(in: "Sources")
    where !Self.unsafeRooms.contains(where: file.path.hasPrefix) {
      for (number, line) in file.code.enumerated() where line.contains(/\bunsafe\b/) {
        Issue.record("\(file):\(number + 1): unsafe")
      }
    }
  }

  @Test func onlyTheCommandLinePrints() throws {
    for file in try SourceFile.all(in: "Sources") where file.module != "CrossMarginCLI" {
      for (number, line) in file.code.enumerated() where line.contains(/(^|[^\w.])print\(/) {
        Issue.record("\(file):\(number + 1): print")
      }
    }
  }

  @Test func threadsStartInOneFile() throws {
    let starters = /pthread_create|concurrentPerform|DispatchQueue|Task\s*\{|Thread\(/
    for file in try SourceFile.all(in: "Sources")
    where file.path != "Sources/RiskNumerics/Runtime/Parallel.swift" {
      for (number, line) in file.code.enumerated() where line.contains(starters) {
        Issue.record("\(file):\(number + 1): a thread starts outside Parallel.swift")
      }
    }
  }

  /// In the engine and the numerics no dictionary or set may be walked, since its order is none.
  @Test func dictionariesAreNotWalkedInTheEngine() throws {
    for folder in ["Sources/CrossMargin", "Sources/RiskNumerics", "Sources/PortfolioModel"] {
      for file in try SourceFile.all(in: folder) {
        var unordered: Set<String> = []
        for line in file.code {
          if let match = line.firstMatch(of: /(?:let|var) (\w+)(?:: (?:Set<|\[\[?\w+\]?: )| = Set)/)
          {
            unordered.insert(String(match.1))
          }
        }
        for (number, line) in file.code.enumerated() {
          guard let match = line.firstMatch(of: /\bfor .* in (\w+)\b/) else { continue }
          #expect(
            !unordered.contains(String(match.1)),
            "\(file):\(number + 1): \(match.1) has no order")
        }
      }
    }
  }

  @Test func nothingIsForcedOrLeftUndone() throws {
    let forbidden = /\btry!|\bfatalError\(|\bas!|\bTODO\b|\bFIXME\b|\bXXX\b/
    for file in try SourceFile.all(in: "Sources") {
      for (number, line) in file.lines.enumerated() where line.contains(forbidden) {
        Issue.record("\(file):\(number + 1): \(line)")
      }
    }
  }

  @Test func publicDeclarationsAreDocumented() throws {
    let declaration =
      /^\s*(?:@\w+ )*public (?:static |final |mutating |consuming |indirect |nonisolated )*(?:func|struct|class|enum|protocol|init|var|let|subscript|typealias)/
    for file in try SourceFile.all(in: "Sources") {
      var previous = ""
      for (number, line) in file.lines.enumerated() {
        if line.contains(declaration) {
          let isDocumented =
            previous.contains("///") || previous.hasPrefix("@") || previous.hasSuffix("*/")
          #expect(isDocumented, "\(file):\(number + 1): a public declaration without a docstring")
        }
        let text = line.trimmingCharacters(in: .whitespaces)
        if !text.isEmpty { previous = text }
      }
    }
  }

  @Test func noUnsafeFlags() throws {
    let manifest = try String(
      contentsOf: SourceFile.root.appending(path: "Package.swift"), encoding: .utf8)
    #expect(!manifest.contains("unsafeFlags"))
  }

  @Test func theTopLevelIsFixed() throws {
    let allowed: Set<String> = [
      "Package.swift", "Sources", "Tests", "Benchmarks", "Data", "README.md", "LICENSE",
      "Package.resolved"
    ]
    let names = try FileManager.default.contentsOfDirectory(atPath: SourceFile.root.path)
    for name in names.sorted() where !name.hasPrefix(".") {
      #expect(allowed.contains(name), "\(name) does not belong at the top")
    }
  }
}
