// What the README and `Data/` say is so.

import CrossMarginIO
import Foundation
import Testing

@Suite struct ReadmeTests {
  private static func text(_ path: String) throws -> String {
    try String(contentsOfFile: Scratch.package + "/" + path, encoding: .utf8)
  }

  /// Code blocks of a language, in order.
  private static func blocks(_ language: String, of text: String) -> [String] {
    text.components(separatedBy: "```" + language + "\n").dropFirst().map {
      $0.components(separatedBy: "```")[0]
    }
  }

  @Test func examplesAreThoseThatAreCompiled() throws {
    let readme = Self.blocks("swift", of: try Self.text("README.md"))
    #expect(readme.count == 2)
    #expect(readme[0] == (try Self.text("Tests/Consumer/main.swift")))
    let source = try Self.text("Tests/CommandLineTests/ReadmeExample.swift")
    let marked = source.components(separatedBy: "    // begin\n")[1]
      .components(separatedBy: "    // end\n")[0]
    let lines = marked.components(separatedBy: "\n").map { $0.replacing(/^ {4}/, with: "") }
    let imports = "import CrossMargin\nimport CrossMarginIO\nimport PortfolioModel\n\n"
    #expect(readme[1] == imports + lines.joined(separator: "\n"))
  }

  @Test func theBookExampleGivesTheResultsOfTheRun() throws {
    let scratch = try Scratch()
    let book = Scratch.package + "/Data/book"
    let example = try ReadmeExample(folder: book)
    #expect(try Program("run", book, "--output", scratch.place("out")).exitCode == 0)
    let stored = try #require(try ResultReader(scratch.place("out")).account(named: "A0000007"))
    #expect(stored.row.equityUSD == example.equityUSD)
    #expect(stored.measures.map(\.worstLossUSD) == example.worstLossesUSD)
  }

  @Test func theSampleIsMadeAgainToTheSameBytes() throws {
    let scratch = try Scratch()
    let made = try scratch.sample("sample", accounts: 1_000)
    let stored = Scratch.package + "/Data/book"
    let names = try FileManager.default.subpathsOfDirectory(atPath: made).filter {
      $0.hasSuffix(".csv") || $0.hasSuffix(".yaml")
    }
    #expect(names.count == 13)
    for name in names {
      #expect(
        FileManager.default.contentsEqual(
          atPath: made + "/" + name, andPath: stored + "/" + name), "\(name)")
    }
  }

  @Test func dataAreListedWithTheirHashes() throws {
    let readme = try Self.text("Data/README.md")
    let folder = Scratch.package + "/Data"
    let files = try FileManager.default.subpathsOfDirectory(atPath: folder).filter { name in
      let kind = try FileManager.default.attributesOfItem(atPath: folder + "/" + name)[.type]
      return kind as? FileAttributeType == .typeRegular && name != "README.md"
        && !name.contains("results") && !name.contains("__pycache__")
    }
    for file in files {
      let hash = try FileHash.sha256(folder + "/" + file)
      #expect(
        readme.components(separatedBy: "\n").contains {
          $0.hasPrefix("| `\(file)`") && $0.contains(hash)
        }, "\(file) \(hash)")
    }
    #expect(readme.components(separatedBy: "\n| `").count == files.count + 1)
  }
}
