// Rules of deleveraging applied to a pool of winners from a file.

import CrossMargin
import PortfolioModel
import RiskNumerics

/// What `crossmargin deleverage` is asked to do.
public struct DeleverageOptions: Sendable {
  /// The file of the pool, plain or compressed.
  public var poolFile: String
  /// The folder of the results.
  public var outputFolder: String
  /// Money that is missing, USD.
  public var lossUSD: Double
  /// Notional that must be closed, USD; nil = only in wealth.
  public var closingUSD: Double?

  /// A question about a pool.
  public init(poolFile: String, outputFolder: String, lossUSD: Double, closingUSD: Double?) {
    self.poolFile = poolFile
    self.outputFolder = outputFolder
    self.lossUSD = lossUSD
    self.closingUSD = closingUSD
  }
}

/// What was found.
public struct DeleverageResults: Sendable {
  /// The pool.
  public var pool: DeleveragingPool
  /// All rules in wealth, then, where asked for, in contracts.
  public var outcomes: [DeleveragingOutcome]
}

/// Reads a pool and applies every rule.
public struct DeleverageJob: Sendable {
  private let options: DeleverageOptions

  /// A job.
  public init(_ options: DeleverageOptions) { self.options = options }

  /// Where results go.
  public var outputFolder: String { options.outputFolder }

  /// Applies the rules.
  public func run() throws -> DeleverageResults {
    let pool = DeleveragingPool(winners: try PoolReader.read(options.poolFile))
    var outcomes = pool.outcomes(.wealth, needUSD: options.lossUSD, lossUSD: options.lossUSD)
    if let closingUSD = options.closingUSD {
      outcomes += pool.outcomes(.contracts, needUSD: closingUSD, lossUSD: options.lossUSD)
    }
    return DeleverageResults(pool: pool, outcomes: outcomes)
  }

  /// Writes `deleveraging.csv`, `winners.csv` and `report.html`, each whole or not at all.
  public func write(_ results: DeleverageResults) throws {
    try StudyFolder.write(
      [
        ("deleveraging.csv", try DeleveragingTables.rules(results.outcomes)),
        ("winners.csv", try winners(results))
      ], page: page(results), to: options.outputFolder)
  }

  /// One row for each winner with what each rule takes.
  private func winners(_ results: DeleverageResults) throws(NonFiniteField) -> CSVTable {
    let winners = results.pool.winners
    let taken = results.outcomes.map { outcome in
      CSVColumn<Int>.required(outcome.numeraire.rawValue + "_" + outcome.rule.rawValue + "_usd") {
        .number(outcome.takenUSD[$0])
      }
    }
    return try CSVTable(
      [
        .required("account") { .text(winners[$0].name) },
        .required("profit_usd") { .number(winners[$0].profitUSD) },
        .required("equity_usd") { .number(winners[$0].equityUSD) },
        .required("notional_usd") { .number(winners[$0].notionalUSD) }
      ] + taken, rows: winners.indices)
  }

  private func page(_ results: DeleverageResults) -> String {
    PageSkeleton.study(
      "deleveraging", ofBook: options.poolFile,
      subtitle: "\(NumberText.count(results.pool.winners.count)) winners",
      style: LiquidateStyle.source
    ) { main in
      for numeraire in DeleveragingNumeraire.allCases {
        let outcomes = results.outcomes.filter { $0.numeraire == numeraire }
        if outcomes.isEmpty { continue }
        main.section(
          id: numeraire.rawValue, title: DeleveragingTables.title(numeraire, outcomes),
          lead: "The pool can give "
            + NumberText.compactUSD(results.pool.capacityUSD(numeraire)) + "; "
            + NumberText.compactUSD(options.lossUSD) + " are missing.", isLong: true
        ) { card in
          HaircutChart(outcomes: outcomes).write(into: &card)
          card.table(head: DeleveragingTables.head, rows: outcomes.map(DeleveragingTables.cells))
        }
      }
    }
  }
}

/// Reads a pool: `account, profit_usd, equity_usd, notional_usd, side [, requirement_change_usd]`. A
/// change of requirement that is not given is not known.
enum PoolReader {
  private static let schema = TableSchema(
    required: ["account", "profit_usd", "equity_usd", "notional_usd", "side"],
    optional: ["requirement_change_usd"])

  static func read(_ file: String) throws(BookError) -> [DeleveragingWinner] {
    // The reader of books finds each file plain or compressed.
    let plain = file.hasSuffix(".gz") ? String(file.dropLast(3)) : file
    let cut = plain.lastIndex(of: "/")
    let folder = cut.map { String(plain[..<$0]) } ?? "."
    let name = cut.map { String(plain[plain.index(after: $0)...]) } ?? plain
    let input = BookInput(folder: folder.isEmpty ? "/" : folder)
    var names = NameTable()
    var winners: [DeleveragingWinner] = []
    _ = input.readRows(name, schema) { table in
      let account = table.column("account")
      let known = names.count
      guard let position = table.intern(account, into: &names) else { return }
      guard position == known else {
        return table.refuse(account, expected: "every account once")
      }
      let profit = table.number(table.column("profit_usd"), .finite)
      let equity = table.number(table.column("equity_usd"), .finite)
      let notional = table.number(table.column("notional_usd"), .positive)
      let side = table.choice(
        table.column("side"), [(word: "long", meaning: false), (word: "short", meaning: true)])
      let requirementChange = table.optionalNumber(
        table.column("requirement_change_usd"), .finite)
      guard let profit, let equity, let notional, let side, table.isRowClean else { return }
      var winner = DeleveragingWinner(
        name: names.name(at: position), profitUSD: profit, equityUSD: equity,
        notionalUSD: notional, isShort: side)
      winner.requirementChangeUSD = requirementChange
      winners.append(winner)
    }
    if input.issues.totalCount > 0 {
      throw .malformed(issues: input.issues.first, totalCount: input.issues.totalCount)
    }
    return winners
  }
}
