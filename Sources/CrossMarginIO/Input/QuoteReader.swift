// `market/forwards.csv`, and `market/vols.csv` or `market/surfaces.csv`.

import PortfolioModel

enum QuoteReader {
  static let forwardPath = "market/forwards.csv"
  static let volatilityPath = "market/vols.csv"
  static let surfacePath = "market/surfaces.csv"

  static let forwardSchema = TableSchema(
    required: ["underlying", "quote", "expiry", "forward"], optional: ["rate", "confidence"])
  static let volatilitySchema = TableSchema(
    required: ["underlying", "expiry", "strike", "vol"], optional: ["quote", "confidence"])
  static let surfaceSchema = TableSchema(
    required: ["underlying", "expiry", "a", "b", "rho", "m", "sigma"], optional: ["quote"])

  /// Forwards, sorted by pair and expiry.
  static func readForwards(_ input: BookInput, _ assets: AssetList) -> [ForwardQuote] {
    var rows = KeyedRows<ForwardQuote>()
    var file = forwardPath
    input.readRows(forwardPath, forwardSchema) { table in
      file = table.file
      let pair = readPair(&table, assets)
      let expiry = table.time(table.column("expiry"))
      let forward = table.number(table.column("forward"), .positive)
      let rate = table.optionalNumber(table.column("rate"), .finite)
      let confidence = table.optionalNumber(table.column("confidence"), .fraction)
      guard let pair, let expiry, let forward, table.isRowClean else { return }
      var quote = ForwardQuote(pair: pair, expiry: expiry, forward: forward, rateContinuous: rate)
      quote.confidence = confidence
      rows.append(quote, line: table.line)
    }
    return rows.sorted(file: file, key: "underlying, quote, expiry", issues: &input.issues) {
      ($0.pair, $0.expiry) < ($1.pair, $1.expiry)
    }
  }

  /// Volatilities by strike, or slices; a book has one of the two.
  static func readVolatilities(
    _ input: BookInput, _ assets: AssetList
  ) -> (volatilities: [VolatilityQuote], surfaces: [SVISlice]) {
    let hasSurfaces = input.exists(surfacePath) || input.exists(surfacePath + ".gz")
    let hasQuotes = input.exists(volatilityPath) || input.exists(volatilityPath + ".gz")
    if hasSurfaces && hasQuotes {
      input.report(
        surfacePath, found: "both \(volatilityPath) and \(surfacePath)", expected: "one of the two")
    }
    return (
      hasQuotes || !hasSurfaces ? readQuotes(input, assets) : [],
      hasSurfaces ? readSurfaces(input, assets) : []
    )
  }

  private static func readQuotes(_ input: BookInput, _ assets: AssetList) -> [VolatilityQuote] {
    var rows = KeyedRows<VolatilityQuote>()
    var file = volatilityPath
    input.readRows(volatilityPath, volatilitySchema) { table in
      file = table.file
      let pair = readPair(&table, assets)
      let expiry = table.time(table.column("expiry"))
      let strike = table.number(table.column("strike"), .positive)
      let volatility = table.number(table.column("vol"), .notNegative)
      let confidence = table.optionalNumber(table.column("confidence"), .fraction)
      guard let pair, let expiry, let strike, let volatility, table.isRowClean else { return }
      var quote = VolatilityQuote(
        pair: pair, expiry: expiry, strike: strike, volatilityAnnual: volatility)
      quote.confidence = confidence
      rows.append(quote, line: table.line)
    }
    let key = "underlying, quote, expiry, strike"
    return rows.sorted(file: file, key: key, issues: &input.issues) {
      ($0.pair, $0.expiry, $0.strike) < ($1.pair, $1.expiry, $1.strike)
    }
  }

  private static func readSurfaces(_ input: BookInput, _ assets: AssetList) -> [SVISlice] {
    var rows = KeyedRows<SVISlice>()
    var file = surfacePath
    input.readRows(surfacePath, surfaceSchema) { table in
      file = table.file
      let pair = readPair(&table, assets)
      let expiry = table.time(table.column("expiry"))
      let a = table.number(table.column("a"), .finite)
      let b = table.number(table.column("b"), .notNegative)
      let rho = table.number(table.column("rho"), .correlation)
      let m = table.number(table.column("m"), .finite)
      let sigma = table.number(table.column("sigma"), .positive)
      guard let pair, let expiry, let a, let b, let rho, let m, let sigma, table.isRowClean else {
        return
      }
      // The least total variance of a raw slice [Gatheral, Jacquier 2014, section 3.1].
      guard a + b * sigma * (1 - rho * rho).squareRoot() >= 0 else {
        return table.refuse(table.column("a"), expected: "a slice of total variance at least 0")
      }
      let slice = SVISlice(pair: pair, expiry: expiry, parameters: (a, b, rho, m, sigma))
      rows.append(slice, line: table.line)
    }
    return rows.sorted(file: file, key: "underlying, quote, expiry", issues: &input.issues) {
      ($0.pair, $0.expiry) < ($1.pair, $1.expiry)
    }
  }

  private static func readPair(_ table: inout BookTable, _ assets: AssetList) -> AssetPair? {
    let underlying = assets.index(&table, table.column("underlying"))
    let quoteColumn = table.column("quote")
    let quote = assets.indexOrUSD(&table, quoteColumn)
    guard let underlying, let quote else { return nil }
    if underlying == quote {
      table.refuse(table.column("underlying"), expected: "another asset than the quote")
      return nil
    }
    return AssetPair(underlying: underlying, quote: quote)
  }
}
