// `crossmargin generate`: accounts for a market, or a whole synthetic book.

import ArgumentParser
import CrossMarginIO
import Foundation

struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Make a book of synthetic accounts on a given market, or on a synthetic one.",
    discussion: """
      Example:
        crossmargin generate --market BOOK --accounts 10000 --seed 1 --output BOOK-10000
        crossmargin generate --synthetic --stress Data/stress/events.csv --output SAMPLE

      Accounts trade in kinds: directional perpetuals, basis trades, covered calls, short strangles,
      collars, market makers; an account depends on the market, the seed and its number alone.
      """)

  @Option(
    help: "A book whose market, instruments, settings and parameters are taken.",
    completion: .directory)
  var market: String?
  @Flag(help: "Make the synthetic market of the sample book.")
  var synthetic = false
  @Option(help: "With --synthetic: the stress events.", completion: .file())
  var stress: String?
  @Option(help: "Number of accounts.")
  var accounts = 1_000
  @Option(help: "Seed of the accounts, and with --synthetic of the market's history.")
  var seed: UInt64 = 7
  @OptionGroup var threads: ThreadOption
  @Option(name: .shortAndLong, help: "The folder to make; it must be absent or empty.")
  var output: String

  func validate() throws {
    if synthetic == (market != nil) { throw ValidationError("Give --market or --synthetic.") }
    if synthetic, stress == nil { throw ValidationError("--synthetic needs --stress.") }
    if accounts < 1 { throw ValidationError("--accounts must be at least 1.") }
  }

  func run() throws {
    if let market {
      let progress = ProgressLine()
      defer { progress.finish() }
      progress.stage("generating")
      try GeneratedBook(market: market, accountCount: accounts, seed: seed)
        .write(to: output, threadCount: threads.count) { done in
          progress.update(done: done, of: accounts, unit: "accounts")
        }
    } else if let stress {
      try SampleBook.write(
        SampleBook.files(
          stressEvents: String(contentsOfFile: stress, encoding: .utf8), accountCount: accounts,
          seed: seed), to: output)
    }
    print("\(accounts) accounts in \(output)")
  }
}
