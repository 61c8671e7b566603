// Terms of Dederi's portfolio margin [Dederi documentation, "Portfolio Margin"].

/// Portfolio margin of one underlying.
public struct DederiTerms: Sendable, Equatable {
  /// The scanned grid: 15 % in five steps each way, volatility up, same and down.
  public var grid: PriceVolatilityGrid
  /// Charge on futures, fraction of the index price per coin.
  public var futureContingencyFraction: Double
  /// Charge on unpaired short options, fraction of the index price per coin.
  public var optionContingencyFraction: Double
  /// Pieces whose exact form the venue does not publish.
  public var unconfirmed: [String]

  /// All terms in order.
  public init(
    grid: PriceVolatilityGrid, futureContingencyFraction: Double,
    optionContingencyFraction: Double, unconfirmed: [String]
  ) {
    self.grid = grid
    self.futureContingencyFraction = futureContingencyFraction
    self.optionContingencyFraction = optionContingencyFraction
    self.unconfirmed = unconfirmed
  }

  /// What is not known of the model, whatever its parameters.
  public static let unconfirmedOfModel = [
    "which options the option contingency is charged on", "initial and maintenance level"
  ]
}
