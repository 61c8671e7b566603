// Short options that no long option of the same strike pairs with.

import PortfolioModel

/// The strikes of a book: options of the same underlying, expiry and strike stand at one.
struct StrikeTable: Sendable {
  /// What an option is to the floor of unpaired shorts.
  private struct Option: Sendable {
    /// Rank of its strike by underlying, expiry and strike.
    var strike: Int32
    var isCall: Bool
    /// Coins of one contract.
    var multiplier: Double
  }

  /// Options by instrument; nil for other instruments.
  private let options: [Option?]
  /// Underlying of each strike.
  private let underlyings: [AssetIndex]

  init(_ instruments: [Instrument]) {
    var keys: [(underlying: AssetIndex, expiry: UTCTime, strike: Double, instrument: Int)] = []
    for (position, instrument) in instruments.enumerated() {
      guard case .option(let expiry, let strike, _) = instrument.kind else { continue }
      keys.append((instrument.underlying, expiry, strike, position))
    }
    keys.sort { ($0.underlying, $0.expiry, $0.strike) < ($1.underlying, $1.expiry, $1.strike) }
    var options = [Option?](repeating: nil, count: instruments.count)
    var underlyings: [AssetIndex] = []
    for (index, key) in keys.enumerated() {
      let isNew =
        index == 0
        || (keys[index - 1].underlying, keys[index - 1].expiry, keys[index - 1].strike)
          != (key.underlying, key.expiry, key.strike)
      if isNew { underlyings.append(key.underlying) }
      guard case .option(_, _, let type) = instruments[key.instrument].kind else { continue }
      options[key.instrument] = Option(
        strike: Int32(underlyings.count - 1), isCall: type == .call,
        multiplier: instruments[key.instrument].multiplier)
    }
    self.options = options
    self.underlyings = underlyings
  }

  /// An option position of one account.
  fileprivate struct Leg {
    var strike: Int32
    var isCall: Bool
    /// Signed coins.
    var coins: Double
  }

  /// Memory that is used again for every account, and what was found of the last one.
  struct Workspace {
    /// Coins of unpaired short options of each underlying that the account holds options of, by
    /// underlying.
    fileprivate(set) var shorts: [(underlying: AssetIndex, coins: Double)] = []
    fileprivate var legs: [Leg] = []
    fileprivate var order = GroupOrder()
  }

  /// Finds the unpaired short options of an account, strike by strike as `NakedShorts` counts them.
  func findNakedShorts(
    _ contracts: [(instrument: InstrumentIndex, quantity: Double)], in workspace: inout Workspace
  ) {
    workspace.shorts.removeAll(keepingCapacity: true)
    workspace.legs.removeAll(keepingCapacity: true)
    for (instrument, quantity) in contracts {
      guard let option = options[instrument.position] else { continue }
      workspace.legs.append(
        Leg(strike: option.strike, isCall: option.isCall, coins: quantity * option.multiplier))
    }
    let legs = workspace.legs
    workspace.order.sort(count: legs.count) { legs[$0].strike }
    var next = 0
    while next < workspace.order.count {
      let strike = workspace.order.group(at: next)
      var callCoins = 0.0
      var putCoins = 0.0
      while next < workspace.order.count, workspace.order.group(at: next) == strike {
        let leg = legs[workspace.order.index(at: next)]
        if leg.isCall { callCoins += leg.coins } else { putCoins += leg.coins }
        next += 1
      }
      let naked = NakedShorts.coins(callCoins: callCoins, putCoins: putCoins)
      let underlying = underlyings[Int(strike)]
      if workspace.shorts.last?.underlying == underlying {
        workspace.shorts[workspace.shorts.count - 1].coins += naked
      } else {
        workspace.shorts.append((underlying, naked))
      }
    }
  }
}
