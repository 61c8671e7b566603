// CME SPAN: spread charges and credits around the scan, and the requirement they make.
//
// [CME Group, "Spread calculations"; "SPAN methodology" overview.]

/// Requirement of one combined commodity, in its currency.
public struct SpanRequirement: Sendable, Equatable {
  /// Scan risk.
  public var scanRisk: Double
  /// Charge for spreads between months.
  public var intraCommodityCharge: Double
  /// Charge for contracts near delivery.
  public var deliveryCharge: Double
  /// Credit for spreads with other commodities, positive; lowers the requirement.
  public var interCommodityCredit: Double
  /// Least requirement of short options.
  public var shortOptionMinimum: Double
  /// Value of long less short options.
  public var netOptionValue: Double

  /// All parts in order.
  public init(
    scanRisk: Double, intraCommodityCharge: Double, deliveryCharge: Double,
    interCommodityCredit: Double, shortOptionMinimum: Double, netOptionValue: Double
  ) {
    self.scanRisk = scanRisk
    self.intraCommodityCharge = intraCommodityCharge
    self.deliveryCharge = deliveryCharge
    self.interCommodityCredit = interCommodityCredit
    self.shortOptionMinimum = shortOptionMinimum
    self.netOptionValue = netOptionValue
  }

  /// `((scan + intra) + delivery) - inter`.
  public var spreadRisk: Double {
    ((scanRisk + intraCommodityCharge) + deliveryCharge) - interCommodityCredit
  }
  /// What is missing to the short option minimum.
  public var shortOptionTopUp: Double { max(shortOptionMinimum - spreadRisk, 0) }
  /// Spread risk and what is missing to the minimum.
  public var risk: Double { spreadRisk + shortOptionTopUp }
  /// Risk that option value does not cover.
  public var maintenance: Double { max(risk - netOptionValue, 0) }
  /// Initial requirement.
  public func initial(ratio: Double) -> Double { maintenance * ratio }
}

/// Charge for spreads between months, or between other groups of deltas within a commodity.
public struct SpanSpreadCharge: Sendable, Equatable {
  /// Charge for one spread.
  public var charge: Double
  /// Delta of each leg that one spread uses, positive.
  public var deltaPerSpread: Double

  /// A charge.
  public init(charge: Double, deltaPerSpread: Double) {
    self.charge = charge
    self.deltaPerSpread = deltaPerSpread
  }

  /// Charge for all spreads that opposite deltas of two groups form.
  public func total(firstDelta: Double, secondDelta: Double) -> Double {
    guard firstDelta * secondDelta < 0 else { return 0 }
    return min(abs(firstDelta), abs(secondDelta)) / deltaPerSpread * charge
  }
}

/// A spread between commodities.
public struct SpanInterSpread: Sendable, Equatable {
  /// A side of the spread.
  public struct Leg: Sendable, Equatable {
    /// Net delta of the commodity that is not used by other spreads, signed.
    public var availableDelta: Double
    /// Delta that one spread uses, positive.
    public var deltaPerSpread: Double
    /// Price risk per unit of delta.
    public var weightedPriceRisk: Double
    /// Whether the leg is on the first side; a spread needs the sides' deltas to be opposite.
    public var isFirstSide: Bool

    /// A leg.
    public init(
      availableDelta: Double, deltaPerSpread: Double, weightedPriceRisk: Double, isFirstSide: Bool
    ) {
      self.availableDelta = availableDelta
      self.deltaPerSpread = deltaPerSpread
      self.weightedPriceRisk = weightedPriceRisk
      self.isFirstSide = isFirstSide
    }
  }

  /// The legs.
  public var legs: [Leg]
  /// Share of the price risk of used deltas that is credited, in [0, 1].
  public var creditRate: Double

  /// A spread.
  public init(legs: [Leg], creditRate: Double) {
    self.legs = legs
    self.creditRate = creditRate
  }

  /// Spreads that the deltas form; 0 where the sides are not opposite.
  public var spreadCount: Double {
    guard let first = legs.first else { return 0 }
    // Sign that the first side has; deltas of the other side must have the opposite one.
    let sign = first.isFirstSide ? first.availableDelta : -first.availableDelta
    var count = Double.infinity
    for leg in legs {
      let aligned = leg.isFirstSide ? leg.availableDelta : -leg.availableDelta
      guard aligned * sign > 0 else { return 0 }
      count = min(count, abs(leg.availableDelta) / leg.deltaPerSpread)
    }
    return count
  }

  /// Credit of each leg: `weighted price risk x deltas used x rate`.
  public var credits: [Double] {
    let count = spreadCount
    return legs.map { $0.weightedPriceRisk * (count * $0.deltaPerSpread) * creditRate }
  }
}

/// The simple forms on outright requirements, as exchanges print them.
public enum SpanOutright {
  /// A spread between commodities.
  public struct InterSpread: Sendable, Equatable {
    /// Sum of the outright requirements.
    public let outright: Double
    /// What the spread saves.
    public let credit: Double
    /// What is left.
    public var margin: Double { outright - credit }
  }

  /// A spread of `(requirement of one contract, contracts)` at a credit rate in [0, 1].
  public static func interSpread(
    _ legs: [(outright: Double, quantity: Double)], creditRate: Double
  ) -> InterSpread {
    var sum = 0.0
    for leg in legs { sum += leg.outright * abs(leg.quantity) }
    return InterSpread(outright: sum, credit: sum * creditRate)
  }

  /// A spread between months: the difference of both requirements and a charge.
  public static func intraSpread(_ first: Double, _ second: Double, charge: Double) -> Double {
    abs(first - second) + charge
  }
}
