// Surfaces fitted to the quotes of a book.

import PortfolioModel
import RiskNumerics

/// One expiry after calibration.
public struct CalibratedExpiry: Sendable, Equatable {
  /// What it is quoted at.
  public var quotes: ExpiryQuotes
  /// The slice; nil where quotes are too few.
  public var smile: FittedSmile?

  /// The slice for a market.
  public var slice: SVISlice? {
    guard let slice = smile?.slice else { return nil }
    return SVISlice(
      pair: quotes.pair, expiry: quotes.expiry,
      parameters: (slice.a, slice.b, slice.rho, slice.m, slice.sigma))
  }
}

/// The surfaces of all pairs of a book.
public struct SurfaceCalibration: Sendable, Equatable {
  /// By pair and expiry.
  public let expiries: [CalibratedExpiry]

  /// Fits every expiry with at least `SurfaceFit.quoteCountMin` quotes.
  public init(book: Book, model: SmileModel, source: QuoteSource) {
    let quoted = ExpiryQuotes.all(of: book, source: source)
    var expiries: [CalibratedExpiry] = []
    var first = 0
    while first < quoted.count {
      let end = quoted[first...].firstIndex { $0.pair != quoted[first].pair } ?? quoted.count
      expiries += Self.fitted(quoted[first..<end], model: model)
      first = end
    }
    self.expiries = expiries
  }

  private static func fitted(
    _ quoted: ArraySlice<ExpiryQuotes>, model: SmileModel
  ) -> [CalibratedExpiry] {
    let usable = quoted.compactMap(\.smileQuotes).filter { $0.count >= SurfaceFit.quoteCountMin }
    var smiles = SurfaceFit(usable, model: model).smiles[...]
    return quoted.map { quotes in
      let isFitted = quotes.quotes.count >= SurfaceFit.quoteCountMin
      return CalibratedExpiry(quotes: quotes, smile: isFitted ? smiles.popFirst() : nil)
    }
  }
}

extension RawSVI {
  /// The slice of a market.
  init(_ slice: SVISlice) {
    self.init(a: slice.a, b: slice.b, rho: slice.rho, m: slice.m, sigma: slice.sigma)
  }
}
