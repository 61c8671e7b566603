// `market/feeds.csv`: what the sources of prices say.

import PortfolioModel

enum FeedReader {
  static let path = "market/feeds.csv"
  static let schema = TableSchema(
    required: ["asset", "source", "price_usd", "time"], optional: ["confidence", "weight"])

  /// Feeds, sorted by asset and source; none where there is no such file.
  static func read(
    _ input: BookInput, _ assets: AssetList, valuationTime: UTCTime?
  ) -> [PriceFeed] {
    var rows = KeyedRows<PriceFeed>()
    var file = path
    input.readRows(path, schema, isRequired: false) { table in
      file = table.file
      let assetColumn = table.column("asset")
      let asset = assets.index(&table, assetColumn)
      if asset == assets.usd {
        table.refuse(assetColumn, expected: "another asset than USD, whose price is 1")
      }
      let source = table.name(table.column("source"))
      let price = table.number(table.column("price_usd"), .positive)
      let timeColumn = table.column("time")
      let time = table.time(timeColumn)
      if let time, let valuationTime, time > valuationTime {
        table.refuse(
          timeColumn, expected: "a time not after the valuation time, \(valuationTime)")
      }
      let confidence = table.optionalNumber(table.column("confidence"), .fraction)
      let weight = table.optionalNumber(table.column("weight"), .positive)
      guard let asset, let source, let price, let time, table.isRowClean else { return }
      var feed = PriceFeed(asset: asset, source: source, priceUSD: price, time: time)
      feed.confidence = confidence
      feed.weight = weight
      rows.append(feed, line: table.line)
    }
    return rows.sorted(file: file, key: "asset, source", issues: &input.issues) {
      $0.asset == $1.asset ? precedesByBytes($0.source, $1.source) : $0.asset < $1.asset
    }
  }
}
