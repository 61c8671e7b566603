// Which factor column moves which asset and which node, looked up once per scenario set.

import PortfolioModel

/// The columns of a scenario set as the market sees them.
struct ScenarioBinding: Sendable {
  /// Columns of one node: the more specific one wins in each scenario that names it.
  struct NodeColumns: Sendable {
    var volatilityOfExpiry: Int?
    var volatility: Int?
    /// Multiplier of a spreading volatility move at this expiry.
    var volatilitySpread: Double
    var basisOfExpiry: Int?
    var basis: Int?
    var rate: Int?
  }

  /// Column of each asset's own price.
  let spot: [Int?]
  /// Column of the price of the asset that each asset tracks; nil where it tracks none.
  let trackedSpot: [Int?]
  let nodes: [NodeColumns]

  init(set: ScenarioSet, market: PricedMarket, term: VolatilityTermStructure?) {
    let names = set.columns.map(\.name)
    func column(_ kind: FactorKind, _ asset: String, expiry: UTCTime? = nil) -> Int? {
      names.firstIndex(of: FactorName(kind, asset, expiry: expiry))
    }
    let ownSpot = market.assets.map { column(.spot, $0.name) }
    spot = ownSpot
    trackedSpot = market.assets.indices.map { asset in
      let root = market.trackedAsset[asset].position
      return root == asset ? nil : ownSpot[root]
    }
    nodes = market.nodes.map { node in
      let underlying = market.assets[node.pair.underlying.position].name
      let quote = market.assets[node.pair.quote.position].name
      return NodeColumns(
        volatilityOfExpiry: node.expiry.flatMap { column(.volatility, underlying, expiry: $0) },
        volatility: column(.volatility, underlying),
        volatilitySpread: term?.spread(expiryDays: node.expiryDays) ?? 1,
        basisOfExpiry: node.expiry.flatMap { column(.basis, underlying, expiry: $0) },
        basis: column(.basis, underlying),
        rate: column(.rate, quote))
    }
  }

  /// Whether some column moves an asset's price.
  func moves(_ asset: AssetIndex) -> Bool {
    spot[asset.position] != nil || trackedSpot[asset.position] != nil
  }
}
