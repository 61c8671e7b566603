// `crossmargin liquidate`: how near accounts are to liquidation, and what liquidations leave unpaid.

import ArgumentParser
import CrossMargin
import CrossMarginIO
import RiskNumerics

struct LiquidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "liquidate",
    abstract: "Liquidation prices of every account, ladders of moves, bad debt and who pays it.",
    discussion: """
      Examples:
        crossmargin liquidate BOOK
        crossmargin liquidate BOOK --step 0.01 --furthest-fall 0.9 --json
        crossmargin liquidate BOOK --compare at_market,derive,dydx

      Prices of each underlying alone, then all factors together by their regression on the leading one,
      are swept outwards; at every step all requirements are scanned again under each account's own rule
      set. Bad debt is that of all accounts in the first sampled scenario set of run.yaml; the section
      liquidation there names the cost of closing, the tiers that pay, and what the options below are where
      they are not given. Probabilities are those of a
      surplus below zero at any time of correlated paths drawn as the first Monte Carlo set is. Results
      are distances.csv, ladder.csv, nearest_points.csv, refined_points.csv, roots.csv,
      cures.csv, surfaces.csv, probabilities.csv, sensitivities.csv, bad_debt.csv, contributions.csv,
      fund.csv, waterfall.csv, deleveraging.csv where the tiers do not suffice, mechanics.csv and
      mechanics_accounts.csv with --compare or the key mechanics of run.yaml, report.html; and of contagion,
      which needs depth_usd_1pct, or adv_usd and a history, of every coin that accounts hold, contagion.csv,
      contagion_prices.csv, cascade.csv, direction_cascade.csv, forced_volume.csv, systemic.csv,
      contagion_margin.csv, contagion_margin_by_asset.csv, and stressed_moves.csv where accounts are
      liquidated in part and a history tells how prices move without them. A book with market/feeds.csv, or
      confidences in assets.csv, has oracles.csv, oracle_errors.csv and oracle_opening.csv too.
      """)

  @OptionGroup var input: BookArgument
  @Option(name: .shortAndLong, help: "The folder of the results. Default: BOOK/liquidate.")
  var output: String?
  @Option(help: "Log move between steps of the sweep.")
  var step: Double?
  @Option(help: "Relative fall at which the sweep ends.")
  var furthestFall: Double?
  @Option(help: "Relative rise at which the sweep ends.")
  var furthestRise: Double?
  @Option(help: "Accounts whose prices are found to the last digit: those nearest to liquidation.")
  var refine: Int?
  @Option(help: "Days within which probabilities of liquidation are meant.")
  var horizonDays: Double?
  @Option(help: "Steps of the paths over the horizon.")
  var steps: Int?
  @Option(help: "Paths of the market.")
  var paths: Int?
  @Option(
    help:
      "Mechanisms to compare on the same accounts and paths, with commas between them, or all: \(LiquidationMechanism.all.map(\.name).joined(separator: ", "))."
  )
  var compare: String?
  @Flag(help: "Print the wall time of each part, in all and per account.")
  var times = false
  @OptionGroup var threads: ThreadOption
  @OptionGroup var json: JSONFlag

  private var comparedNames: [String]? {
    guard let compare else { return nil }
    return compare == "all" ? [] : compare.split(separator: ",").map(String.init)
  }

  func validate() throws {
    for name in comparedNames ?? [] where LiquidationMechanism.named(name) == nil {
      throw ValidationError("--compare: there is no mechanism \(name).")
    }
    if let step, !(step >= 0.001 && step <= 0.5) {
      throw ValidationError("--step must be from 0.001 to 0.5.")
    }
    if let furthestFall, !(furthestFall > 0 && furthestFall < 1) {
      throw ValidationError("--furthest-fall must be above 0 and below 1.")
    }
    if let furthestRise, !(furthestRise > 0 && furthestRise <= 100) {
      throw ValidationError("--furthest-rise must be above 0 and at most 100.")
    }
    if let horizonDays, !(horizonDays > 0 && horizonDays <= 365) {
      throw ValidationError("--horizon-days must be above 0 and at most 365.")
    }
    if let steps, !(1...365).contains(steps) {
      throw ValidationError("--steps must be from 1 to 365.")
    }
    if let paths, !(2...1_000_000).contains(paths) {
      throw ValidationError("--paths must be from 2 to 1000000.")
    }
    if let refine, refine < 0 { throw ValidationError("--refine must be at least 0.") }
  }

  func run() throws {
    try Numerics.prepare()
    var options = LiquidateOptions(bookFolder: input.book)
    options.outputFolder = output
    options.changes.step = step
    options.changes.furthestFallFraction = furthestFall
    options.changes.furthestRiseFraction = furthestRise
    options.changes.refinedCount = refine
    options.changes.horizonDays = horizonDays
    options.changes.pathStepCount = steps
    options.changes.pathCount = paths
    options.changes.comparedNames = comparedNames
    options.threadCount = threads.count
    let job = LiquidateJob(options)
    let results = try study(job)
    try job.write(results)
    let summary = LiquidateJSON(results)
    if json.json {
      try printJSON(summary)
    } else {
      summary.write()
      if times { printTimes(results) }
      print("results: \(job.outputFolder)")
    }
  }
}

extension LiquidateCommand {
  private func study(_ job: LiquidateJob) throws -> LiquidateResults {
    let line = ProgressLine()
    defer { line.finish() }
    return try job.run { line.show($0) }
  }

  /// Wall time of each part, in all and per account, and the memory that was needed until its end.
  private func printTimes(_ results: LiquidateResults) {
    let accountCount = Double(max(results.accountNames.count, 1))
    for part in results.partCosts {
      let microseconds = part.elapsedSeconds * 1e6 / accountCount
      print(
        "time of \(part.name): \((part.elapsedSeconds * 1_000).rounded() / 1_000) s, "
          + "\((microseconds * 10).rounded() / 10) us per account, memory so far at most "
          + "\(part.peakResidentBytes >> 20) MiB")
    }
  }
}

/// The figures of a study as JSON and as lines.
private struct LiquidateJSON: Encodable {
  struct Account: Encodable {
    var account: String
    var surplusUsd: Double
    var direction: String?
    var liquidationPriceUsd: Double?
    var probability: Double?
  }

  struct Tier: Encodable {
    var name: String
    var probability: Double
  }

  var marginedAccounts: Int
  var liquidatableAccounts: Int
  var nearest: [Account]
  var badDebtSet: String?
  var badDebtVarUsd: Double?
  var badDebtEsUsd: Double?
  var badDebtEsErrorUsd: Double?
  var badDebtTodayUsd: Double?
  var badDebtProbability: Double?
  var contagionVarUsd: Double?
  var contagionEsUsd: Double?
  var contagionUnknownMarkets: [String]
  var tiers: [Tier]

  init(_ results: LiquidateResults) {
    marginedAccounts = results.today.count { $0 != nil }
    liquidatableAccounts = results.liquidatableCount
    let accounts = results.nearestAccounts.prefix(10)
    let passages = results.passages(of: accounts)
    nearest = accounts.map { account in
      let near = results.nearestMoves[account.position]
      return Account(
        account: results.accountNames[account.position],
        surplusUsd: results.today[account.position]?.surplusUSD ?? 0,
        direction: near.map { results.directions[Int($0.direction)].name },
        liquidationPriceUsd: near.map {
          results.pricesUSD[Int($0.direction)] * ScalarMath.exp($0.move)
        }, probability: passages[account]?.probability)
    }
    badDebtSet = results.badDebt?.set
    badDebtVarUsd = results.badDebt?.tail.valueAtRiskUSD
    badDebtEsUsd = results.badDebt?.tail.expectedShortfallUSD
    badDebtEsErrorUsd = results.badDebt?.tail.expectedShortfallErrorUSD
    badDebtTodayUsd = results.badDebt?.todayUSD
    badDebtProbability = results.badDebt?.probability
    contagionUnknownMarkets = []
    switch results.contagion {
    case .found(let contagion, _, _):
      contagionVarUsd = contagion.after.tail.valueAtRiskUSD
      contagionEsUsd = contagion.after.tail.expectedShortfallUSD
    case .unknownMarkets(let unknown): contagionUnknownMarkets = unknown.map(\.asset)
    case nil: break
    }
    let names = results.settings.tiers.map(\.name) + ["left to all"]
    tiers =
      results.badDebt.map { badDebt in
        zip(names, badDebt.tierProbabilities).map { Tier(name: $0, probability: $1) }
      } ?? []
  }

  func write() {
    print(
      "\(liquidatableAccounts) of \(marginedAccounts) margined accounts are liquidatable today; "
        + "nearest of the others:")
    for account in nearest {
      var line = "\(account.account): surplus \(account.surplusUsd.toCents) USD"
      if let direction = account.direction, let price = account.liquidationPriceUsd {
        line += ", crosses zero with \(direction) at \(price.toCents) USD"
      }
      if let probability = account.probability {
        line += ", liquidated with \((probability * 10_000).rounded() / 100) %"
      }
      print(line)
    }
    guard let badDebtSet, let badDebtVarUsd, let badDebtEsUsd, let badDebtProbability else {
      print("no scenario set is a sample: no bad debt")
      return
    }
    print(
      "bad debt in \(badDebtSet): VaR \(badDebtVarUsd.toCents) USD, expected shortfall "
        + "\(badDebtEsUsd.toCents) USD; above today's \((badDebtTodayUsd ?? 0).toCents) USD in \((badDebtProbability * 10_000).rounded() / 100) % of scenarios"
    )
    if let contagionVarUsd, let contagionEsUsd {
      print(
        "after liquidations moved prices: VaR \(contagionVarUsd.toCents) USD, expected shortfall "
          + "\(contagionEsUsd.toCents) USD")
    } else if !contagionUnknownMarkets.isEmpty {
      print(
        "liquidations move no prices: no depth of "
          + contagionUnknownMarkets.joined(separator: ", "))
    }
    for tier in tiers {
      print("  \(tier.name) pays with \((tier.probability * 10_000).rounded() / 100) %")
    }
  }
}
