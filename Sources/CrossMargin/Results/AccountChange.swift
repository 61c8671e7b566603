// What a change of one account's holdings does to its figures.

import PortfolioModel

/// Why a change cannot be judged.
public enum AccountChangeError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The book has no such account.
  case unknownAccount(String)
  /// The market has no such asset.
  case unknownAsset(String)
  /// The book has no such instrument.
  case unknownInstrument(String)
  /// The account has no margin, before or after.
  case unmargined(MissingData)
  /// The run refuses the book.
  case run(RunError)

  /// One sentence for a person.
  public var description: String {
    switch self {
    case .unknownAccount(let name): "no account \"\(name)\""
    case .unknownAsset(let name): "no asset \"\(name)\""
    case .unknownInstrument(let name): "no instrument \"\(name)\""
    case .unmargined(let missing):
      "the account has no margin: \(missing.reason.rawValue) of \(missing.subject)"
    case .run(let error): "\(error)"
    }
  }
}

/// Deposits, withdrawals and trades of one account.
public struct AccountChange: Sendable, Equatable {
  /// So much of an asset or an instrument.
  public struct Amount: Sendable, Equatable {
    /// Name of the asset or instrument.
    public var name: String
    /// Signed amount: negative = withdrawn or sold.
    public var amount: Double

    /// An amount.
    public init(name: String, amount: Double) {
      self.name = name
      self.amount = amount
    }
  }

  /// Name of the account.
  public var account: String
  /// Amounts added to balances.
  public var deposits: [Amount]
  /// Contracts added to positions. Futures are entered at their marks, at no cost; options are paid
  /// at their model values, in their settlement asset.
  public var trades: [Amount]

  /// A change.
  public init(account: String, deposits: [Amount], trades: [Amount]) {
    self.account = account
    self.deposits = deposits
    self.trades = trades
  }

  /// The account before and after, each computed by the same operations as in a run.
  public func effect(
    on book: Book, settings: RunSettings
  ) throws(AccountChangeError) -> ChangeEffect {
    guard let place = firstIndex(in: book.portfolio.accounts, named: account, name: \.name) else {
      throw .unknownAccount(account)
    }
    var settings = settings
    settings.analytic = nil
    let prepared: PreparedRun
    do {
      prepared = try PreparedRun(book: book, settings: settings, threadCount: 1) { _ in }
    } catch {
      throw .run(error)
    }
    let before = prepared.holdings.holdings(of: AccountIndex(place))
    let after = try changed(before, prepared)
    let rule = prepared.modelOfAccount[place]
    return ChangeEffect(
      account: account, model: settings.models[rule].name, schema: prepared.rules[rule].schema,
      before: try state(before, prepared, rule), after: try state(after, prepared, rule))
  }

  /// Holdings after the change. Names are those of the run's book.
  func changed(
    _ holdings: AccountHoldings, _ run: PreparedRun
  ) throws(AccountChangeError) -> AccountHoldings {
    var result = holdings
    for deposit in deposits {
      guard let asset = run.book.market.assetIndex(named: deposit.name) else {
        throw .unknownAsset(deposit.name)
      }
      result.add(deposit.amount, of: asset)
    }
    for trade in trades {
      guard
        let place = firstIndex(in: run.book.instruments, named: trade.name, name: \.name)
      else { throw .unknownInstrument(trade.name) }
      let instrument = InstrumentIndex(place)
      result.addContract(trade.amount, of: instrument)
      let settlement = run.book[instrument].settlement
      let valueUSD = run.base.baseUSD[run.base.columns.column(of: instrument)]
      if valueUSD != 0 {
        result.add(-trade.amount * valueUSD / run.market.priceUSD(settlement), of: settlement)
      }
    }
    return result
  }

  private func state(
    _ holdings: AccountHoldings, _ run: PreparedRun, _ rule: Int
  ) throws(AccountChangeError) -> ChangeEffect.State {
    if let missing = holdings.missing { throw .unmargined(missing) }
    let outcome: MarginOutcome
    do {
      outcome = try run.rules[rule].outcomes([holdings])[0]
    } catch {
      throw .run(error)
    }
    switch outcome {
    case .notCovered(let missing): throw .unmargined(missing)
    case .margin(let row):
      let equityUSD = EquityReading(holdings, base: run.base).equityUSD
      return ChangeEffect.State(
        equityUSD: equityUSD, margin: row, status: .of(equityUSD: equityUSD, margin: row))
    }
  }
}

/// An account before and after a change.
public struct ChangeEffect: Sendable, Equatable {
  /// How the account stands.
  public struct State: Sendable, Equatable {
    /// Equity before haircuts, USD.
    public var equityUSD: Double
    /// Its margin.
    public var margin: MarginRow
    /// Its status.
    public var status: AccountStatus
  }

  /// A figure before and after, USD.
  public struct Figure: Sendable, Equatable {
    /// What it is.
    public var name: String
    /// Before.
    public var beforeUSD: Double
    /// After.
    public var afterUSD: Double
    /// What it changes by.
    public var changeUSD: Double { afterUSD - beforeUSD }
  }

  /// Name of the account.
  public var account: String
  /// Name of its rule set.
  public var model: String
  /// Levels and components of the rule set.
  public var schema: MarginSchema
  /// Before.
  public var before: State
  /// After.
  public var after: State

  /// Equity, then the components and the surplus of each level.
  public var figures: [Figure] {
    var figures = [
      Figure(name: "equity", beforeUSD: before.equityUSD, afterUSD: after.equityUSD)
    ]
    for (place, level) in schema.levels.enumerated() {
      let (old, new) = (before.margin.levels[place], after.margin.levels[place])
      for (component, described) in schema.components.enumerated() {
        figures.append(
          Figure(
            name: level + " " + described.name.split(separator: "_").joined(separator: " "),
            beforeUSD: old.componentsUSD[component], afterUSD: new.componentsUSD[component]))
      }
      figures.append(
        Figure(name: level + " surplus", beforeUSD: old.surplusUSD, afterUSD: new.surplusUSD))
    }
    return figures
  }
}

extension AccountHoldings {
  /// Adds to the contracts of an instrument.
  fileprivate mutating func addContract(_ quantity: Double, of instrument: InstrumentIndex) {
    var place = contracts.count
    while place > 0, contracts[place - 1].instrument > instrument { place -= 1 }
    if place > 0, contracts[place - 1].instrument == instrument {
      contracts[place - 1].quantity += quantity
    } else {
      contracts.insert((instrument, quantity), at: place)
    }
  }
}
