// Two-sided prices of options as volatilities: what surfaces are fitted to.

import PortfolioModel
import RiskNumerics

/// Bid and ask of one strike as annual volatilities.
public struct VolatilityBidAsk: Sendable, Equatable {
  /// Strike, quote asset per unit.
  public var strike: Double
  /// `ln(K/F)`.
  public var logMoneyness: Double
  /// Volatility of the bid.
  public var bid: Double
  /// Volatility of the ask, above that of the bid.
  public var ask: Double
}

/// What one expiry of one pair is quoted at.
public struct ExpiryQuotes: Sendable, Equatable {
  /// Underlying and quote.
  public var pair: AssetPair
  /// The expiry.
  public var expiry: UTCTime
  /// Years of 365 days to it.
  public var expiryYears: Double
  /// Forward, quote asset per unit.
  public var forward: Double
  /// By ascending strike.
  public var quotes: [VolatilityBidAsk] = []
  /// Options out of the money without bid or ask.
  public var oneSidedCount = 0
  /// Options out of the money whose bid is not below the ask, or has no volatility.
  public var unusableCount = 0

  /// For a fit; nil without quotes.
  var smileQuotes: SmileQuotes? {
    quotes.isEmpty
      ? nil
      : SmileQuotes(
        expiryYears: expiryYears, logMoneyness: quotes.map(\.logMoneyness),
        volatility: quotes.map { ($0.bid + $0.ask) / 2 }, spread: quotes.map { $0.ask - $0.bid })
  }
}

/// What a fit takes for quotes.
public enum QuoteSource: Sendable, Equatable {
  /// Bids and asks of marks, of the option out of the money at each strike: deep in the money a tick
  /// is worth many points of volatility.
  case bidsAndAsks
  /// The market's volatilities, each with the same spread, annual fraction.
  case volatilities(spread: Double)
}

extension ExpiryQuotes {
  /// All expiries of a book after its valuation time that have a forward, by pair and expiry.
  static func all(of book: Book, source: QuoteSource) -> [ExpiryQuotes] {
    let now = book.market.valuationTime
    let forwards = book.market.forwards.filter { $0.expiry > now }
    return forwards.map { forward in
      var expiry = ExpiryQuotes(
        pair: forward.pair, expiry: forward.expiry, expiryYears: now.years(to: forward.expiry),
        forward: forward.forward)
      switch source {
      case .bidsAndAsks:
        expiry.addBidsAndAsks(book, rateContinuous: forward.rateContinuous ?? 0)
      case .volatilities(let spread):
        let quotes = book.market.volatilities.filter {
          $0.pair == forward.pair && $0.expiry == forward.expiry
        }
        expiry.quotes = quotes.map { quote in
          VolatilityBidAsk(
            strike: quote.strike, logMoneyness: ScalarMath.log(quote.strike / forward.forward),
            bid: max(quote.volatilityAnnual - spread / 2, 0),
            ask: quote.volatilityAnnual + spread / 2)
        }
      }
      return expiry
    }
  }

  private struct Price {
    var strike: Double
    var side: OptionSide
    /// Undiscounted, quote asset per unit.
    var bid: Double
    var ask: Double
  }

  private mutating func addBidsAndAsks(_ book: Book, rateContinuous: Double) {
    let discount = ScalarMath.exp(-rateContinuous * expiryYears)
    var prices: [Price] = []
    for mark in book.market.marks {
      let instrument = book[mark.instrument]
      guard case .option(expiry, let strike, let type) = instrument.kind,
        AssetPair(underlying: instrument.underlying, quote: instrument.quote) == pair,
        type == (strike >= forward ? .call : .put)
      else { continue }
      guard let bid = mark.bid, let ask = mark.ask, bid > 0, ask > 0 else {
        oneSidedCount += 1
        continue
      }
      let scale = instrument.payout == .inverse ? forward : 1 / discount
      prices.append(
        Price(
          strike: strike, side: type == .call ? .call : .put, bid: bid * scale, ask: ask * scale))
    }
    prices.sort { $0.strike < $1.strike }
    let terms = prices.map {
      OptionTerms(strike: $0.strike, expiryYears: expiryYears, side: $0.side)
    }
    let bids = impliedVolatilities(prices.map(\.bid), terms)
    let asks = impliedVolatilities(prices.map(\.ask), terms)
    for (index, price) in prices.enumerated() {
      // Of two listings of one strike the first counts.
      guard let bid = bids[index], let ask = asks[index], bid < ask,
        quotes.last?.strike != price.strike
      else {
        unusableCount += 1
        continue
      }
      quotes.append(
        VolatilityBidAsk(
          strike: price.strike, logMoneyness: ScalarMath.log(price.strike / forward), bid: bid,
          ask: ask))
    }
  }

  private func impliedVolatilities(_ prices: [Double], _ terms: [OptionTerms]) -> [Double?] {
    var options = OptionStreams()
    for option in terms { options.append(forward: forward, volatility: 0, option: option) }
    let solved = ImpliedVolatility.solve(prices: prices, of: options)
    return terms.indices.map { solved.status[$0] == .ok ? solved.volatility[$0] : nil }
  }
}
