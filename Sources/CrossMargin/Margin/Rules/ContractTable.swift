// The contracts of a book as rule sets of venues see them: by underlying and expiry, with the
// confidences of their prices, resolved once.

import PortfolioModel
import RiskNumerics

/// A contract that can be valued.
struct ListedContract: Sendable {
  let pricing: PricedInstrument
  let node: PricingNode
  let underlying: AssetIndex
  /// Position in `ContractTable.chains`.
  let chain: Int
  /// Confidence of its mark in [0, 1]; 1 where the market states none.
  let confidence: Double

  var isOption: Bool { pricing.isOption }
  var isPerpetual: Bool { !isOption && node.expiry == nil }
  var isInverse: Bool { pricing.form == .inverseFuture || pricing.form == .inverseOption }

  /// Coins of a number of contracts. An inverse future is as many coins as its notional buys at
  /// its mark.
  func coins(_ quantity: Double) -> Double {
    let size = quantity * pricing.multiplier
    return pricing.form == .inverseFuture ? size / pricing.basePrice : size
  }

  /// One coin's option.
  var leg: OptionLeg {
    OptionLeg(
      strike: pricing.strike, side: pricing.side, coins: 1,
      volatilityAnnual: pricing.volatilityAnnual)
  }
}

/// All contracts on one underlying with one expiry; perpetuals are a chain of their own.
struct ContractChain: Sendable {
  let underlying: AssetIndex
  /// The expiry; nil for perpetuals.
  let expiry: UTCTime?
  let node: PricingNode
  /// Confidence of the forward in [0, 1]; 1 where the market states none.
  let forwardConfidence: Double
  /// Lowest confidence of a volatility of the expiry.
  let volatilityConfidence: Double

  var expirySeconds: Double { node.expiryDays * 86_400 }
}

/// Contracts by instrument, chains by underlying and expiry.
struct ContractTable: Sendable {
  /// Contracts; nil for what is not priced. [instruments]
  let contracts: [ListedContract?]
  /// Chains by underlying, perpetuals before expiries, these by time.
  let chains: [ContractChain]

  init(book: Book, market: PricedMarket) {
    let chains = Self.chains(book, market)
    var confidences = [Double](repeating: 1, count: book.instruments.count)
    for mark in book.market.marks { confidences[mark.instrument.position] = mark.confidence ?? 1 }
    contracts = market.pricings.enumerated().map { position, pricing in
      guard case .priced(let priced) = pricing else { return nil }
      let instrument = book.instruments[position]
      let key = (instrument.underlying, instrument.kind.expiry?.microseconds ?? .min)
      var (low, high) = (0, chains.count)
      while low < high {
        let middle = (low + high) / 2
        let other = (
          chains[middle].underlying, chains[middle].expiry?.microseconds ?? .min
        )
        if other < key { low = middle + 1 } else { high = middle }
      }
      return ListedContract(
        pricing: priced, node: market.nodes[priced.node], underlying: instrument.underlying,
        chain: low, confidence: confidences[position])
    }
    self.chains = chains
  }

  private static func chains(_ book: Book, _ market: PricedMarket) -> [ContractChain] {
    var keys: [(underlying: AssetIndex, time: Int64, node: Int)] = []
    for (position, pricing) in market.pricings.enumerated() {
      guard case .priced(let priced) = pricing else { continue }
      let instrument = book.instruments[position]
      keys.append(
        (instrument.underlying, instrument.kind.expiry?.microseconds ?? .min, priced.node))
    }
    keys.sort { ($0.underlying, $0.time, $0.node) < ($1.underlying, $1.time, $1.node) }
    var chains: [ContractChain] = []
    for (place, key) in keys.enumerated() {
      if place > 0, (keys[place - 1].underlying, keys[place - 1].time) == (key.underlying, key.time)
      {
        continue
      }
      let node = market.nodes[key.node]
      let forward = book.market.forwards.first { $0.pair == node.pair && $0.expiry == node.expiry }
      var volatilityConfidence = 1.0
      for quote in book.market.volatilities
      where quote.pair == node.pair && quote.expiry == node.expiry {
        volatilityConfidence = min(volatilityConfidence, quote.confidence ?? 1)
      }
      chains.append(
        ContractChain(
          underlying: key.underlying, expiry: node.expiry, node: node,
          forwardConfidence: forward?.confidence ?? 1,
          volatilityConfidence: volatilityConfidence))
    }
    return chains
  }
}

/// A number of contracts of one instrument.
struct HeldContract: Sendable {
  /// The instrument.
  var instrument: Int
  /// Signed contracts.
  var quantity: Double
}

/// What an account holds of one chain, in the order of instruments.
struct HeldChain: Sendable {
  /// Position in `ContractTable.chains`.
  var chain: Int
  var contracts: [HeldContract]
}

/// What an account holds of one underlying.
struct HeldUnderlying: Sendable {
  var underlying: AssetIndex
  /// Chains in the order of the table.
  var chains: [HeldChain]
}

extension ContractTable {
  /// The contract of an instrument that is known to be priced.
  func contract(_ held: HeldContract) -> ListedContract {
    guard let contract = contracts[held.instrument] else {
      preconditionFailure("only priced contracts are held")
    }
    return contract
  }

  /// Contracts of an account by underlying, then chain; contracts that net to nothing left out.
  func split(_ holdings: AccountHoldings) -> [HeldUnderlying] {
    var order = GroupOrder()
    let held = holdings.contracts.filter { $0.quantity != 0 }
    order.sort(count: held.count) { place in
      Int32(contracts[held[place].instrument.position]?.chain ?? 0)
    }
    var result: [HeldUnderlying] = []
    for place in 0..<order.count {
      let (instrument, quantity) = held[order.index(at: place)]
      let contract = HeldContract(instrument: instrument.position, quantity: quantity)
      let chain = Int(order.group(at: place))
      let underlying = chains[chain].underlying
      if result.last?.underlying != underlying {
        result.append(HeldUnderlying(underlying: underlying, chains: []))
      }
      let last = result.count - 1
      if result[last].chains.last?.chain != chain {
        result[last].chains.append(HeldChain(chain: chain, contracts: []))
      }
      result[last].chains[result[last].chains.count - 1].contracts.append(contract)
    }
    return result
  }

  /// The options among some contracts as legs of a chain.
  func legs(_ held: [HeldContract]) -> [OptionLeg] {
    held.compactMap { entry in
      let contract = contract(entry)
      guard contract.isOption else { return nil }
      var leg = contract.leg
      leg.coins = contract.coins(entry.quantity)
      return leg
    }
  }
}
