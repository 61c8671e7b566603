// The value of one unit of everything that can be held, at the base point and in a tile of
// scenarios. A column is an asset, then an instrument; one unit is one coin or one contract.

import PortfolioModel
import RiskNumerics

/// Columns of `U`: assets first, then instruments.
struct UnitColumns: Sendable, Equatable {
  let assetCount: Int
  let instrumentCount: Int

  var count: Int { assetCount + instrumentCount }
  func column(of asset: AssetIndex) -> Int { asset.position }
  func column(of instrument: InstrumentIndex) -> Int { assetCount + instrument.position }

  /// Name of the asset or instrument of a column.
  func name(ofColumn column: Int, in book: Book) -> String {
    column < assetCount
      ? book.market.assets[column].name : book.instruments[column - assetCount].name
  }
}

/// Base values per unit, USD.
struct UnitValue: Sendable {
  let columns: UnitColumns
  /// Price of assets, model value of options, 0 for futures, whose gain from the mark is 0 at the
  /// mark, and for what cannot be valued. [columns]
  let baseUSD: [Double]

  init(market: PricedMarket) {
    columns = UnitColumns(
      assetCount: market.assets.count, instrumentCount: market.pricings.count)
    let prices = market.assetPricesUSD.map { $0 ?? 0 }
    let instruments = market.pricings.map { pricing -> Double in
      guard case .priced(let instrument) = pricing, instrument.isOption else { return 0 }
      let node = market.nodes[instrument.node]
      let black = BlackKernel.value(
        forward: instrument.basePrice, volatility: instrument.volatilityAnnual,
        option: instrument.optionTerms(expiryYears: node.expiryYears))
      let settlementUSD = market.priceUSD(instrument.settlement)
      let discount = ScalarMath.exp(-node.rateContinuous * node.expiryYears)
      return instrument.optionValueUSD(
        black: black, forward: instrument.basePrice, discount: discount,
        settlementUSD: settlementUSD)
    }
    baseUSD = prices + instruments
  }
}

extension PricedInstrument {
  func optionTerms(expiryYears: Double) -> OptionTerms {
    OptionTerms(strike: strike, expiryYears: expiryYears, side: side)
  }

  /// Value of an option from its undiscounted Black value, USD per contract. The base point and
  /// every scenario go through these same operations, so that no move is exactly no gain.
  func optionValueUSD(
    black: Double, forward: Double, discount: Double, settlementUSD: Double
  ) -> Double {
    let inSettlement = form == .inverseOption ? black / forward : black * discount
    return multiplier * inSettlement * settlementUSD
  }
}

/// Values one tile of scenarios; owns the scratch columns of one worker.
struct TileValuation {
  private let market: PricedMarket
  private let base: UnitValue
  private var states = OptionStates()
  private var values = [Double](repeating: 0, count: ShockedTile.rowCount)

  init(market: PricedMarket, base: UnitValue) {
    self.market = market
    self.base = base
  }

  /// Writes the profit of one unit of each column, USD, for the first `rowCount` rows of a tile.
  mutating func writeProfits(
    _ tile: ShockedTile, rowCount: Int, into block: inout MutableSpan<Double>
  ) {
    for column in 0..<base.columns.count {
      writeProfit(ofColumn: column, tile, rowCount: rowCount, at: column, into: &block)
    }
  }

  /// Writes the profit of one unit of a column, USD, to a place among the columns of a block.
  mutating func writeProfit(
    ofColumn column: Int, _ tile: ShockedTile, rowCount: Int, at place: Int,
    into block: inout MutableSpan<Double>
  ) {
    let start = place * ShockedTile.rowCount
    guard column >= base.columns.assetCount else {
      guard let price = market.assetPricesUSD[column] else { return }
      for row in 0..<rowCount { block[start + row] = price * (tile.assetRatios[column][row] - 1) }
      return
    }
    guard case .priced(let instrument) = market.pricings[column - base.columns.assetCount] else {
      return
    }
    let settlementUSD = market.priceUSD(instrument.settlement)
    switch instrument.form {
    case .linearFuture, .inverseFuture:
      Self.writeFuture(
        instrument, tile, settlementUSD: settlementUSD, destination: start..<start + rowCount,
        into: &block)
    case .linearOption, .inverseOption:
      states.set(instrument, tile, market, rowCount: rowCount)
      states.value(
        instrument, tile, settlementUSD: settlementUSD, rowCount: rowCount, into: &values)
      for row in 0..<rowCount { block[start + row] = values[row] - base.baseUSD[column] }
    }
  }

  private static func writeFuture(
    _ instrument: PricedInstrument, _ tile: ShockedTile, settlementUSD: Double,
    destination: Range<Int>, into block: inout MutableSpan<Double>
  ) {
    let ratios = tile.nodes[instrument.node].forwardRatios
    let settlementRatios = tile.assetRatios[instrument.settlement.position]
    if instrument.form == .linearFuture {
      let notionalUSD = instrument.multiplier * instrument.basePrice * settlementUSD
      for (row, place) in destination.enumerated() {
        block[place] = notionalUSD * (ratios[row] - 1) * settlementRatios[row]
      }
    } else {
      // 1/F - 1/F' = (1 - F/F') / F.
      let notionalUSD = instrument.multiplier / instrument.basePrice * settlementUSD
      for (row, place) in destination.enumerated() {
        block[place] = notionalUSD * (1 - 1 / ratios[row]) * settlementRatios[row]
      }
    }
  }
}
