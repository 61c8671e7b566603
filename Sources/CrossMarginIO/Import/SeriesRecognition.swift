// Which shape a file of past levels has, from the names of its columns.

import PortfolioModel

extension SeriesFile {
  /// A file of levels whose shape its header tells.
  ///
  /// - Parameters:
  ///   - path: where it lies; a name that ends in `.gz` is decompressed.
  ///   - symbol: the asset within a file of many assets, such as `BTC-USD`; nil for other files.
  ///   - factor: what the levels are levels of.
  /// - Throws: `ImportError.malformed` when the file cannot be read or is of no known shape.
  public init(recognizing path: String, symbol: String?, factor: FactorName) throws(ImportError) {
    let header: [String]
    do throws(InputError) {
      header = try CSVScanner(try ByteSource(path: path, file: path)).header
    } catch {
      var issues = FieldIssues()
      issues.append(error.issue)
      throw .malformed(issues)
    }
    let shapes: [(columns: [String], shape: SeriesShape)] = [
      (["ts_utc", "close"], .hourlyPrices), (["open_time", "close"], .binanceDailyPrices),
      (["timestamp", "dvol_close"], .volatilityIndex)
    ]
    if let symbol, ["asset", "date", "close"].allSatisfy(header.contains) {
      self.init(factor: factor, path: path, shape: .yahooDailyPrices(symbol: symbol))
      return
    }
    guard symbol == nil, let known = shapes.first(where: { $0.columns.allSatisfy(header.contains) })
    else {
      var issues = FieldIssues()
      issues.append(
        FieldIssue(
          file: path, line: 1, field: nil, found: "columns of no known shape of price file",
          expected: "hourly prices, daily prices, DVOL, or a file of many assets with a symbol"))
      throw .malformed(issues)
    }
    self.init(factor: factor, path: path, shape: known.shape)
  }
}
