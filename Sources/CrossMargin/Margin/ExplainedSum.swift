// A figure as a sum that a person can follow.

/// One figure and the rows that add up to it, in their order, to the last bit.
public struct ExplainedSum: Sendable, Equatable {
  /// One addend.
  public struct Row: Sendable, Equatable {
    /// What it is.
    public var label: String
    /// How much of it; nil where that has no meaning.
    public var quantity: Double?
    /// Value of one, USD; nil where that has no meaning.
    public var unitUSD: Double?
    /// What it adds, USD.
    public var amountUSD: Double

    /// An addend.
    public init(
      label: String, quantity: Double? = nil, unitUSD: Double? = nil, amountUSD: Double
    ) {
      self.label = label
      self.quantity = quantity
      self.unitUSD = unitUSD
      self.amountUSD = amountUSD
    }
  }

  /// Name of the figure.
  public var title: String
  /// The addends.
  public var rows: [Row]
  /// The figure as stored, USD.
  public var totalUSD: Double

  /// A figure with its addends. Where these, added in their order, miss the figure by the rounding
  /// of its own computation, a row says so.
  public init(title: String, rows: [Row], totalUSD: Double) {
    self.title = title
    self.rows = rows
    self.totalUSD = totalUSD
    let sum = rows.reduce(0) { $0 + $1.amountUSD }
    if sum != totalUSD { self.rows.append(Row(label: "rounding", amountUSD: totalUSD - sum)) }
  }
}
