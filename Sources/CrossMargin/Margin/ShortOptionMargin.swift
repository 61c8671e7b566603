// The plain short-option formula, in dollars or in coin.

import RiskNumerics

/// An option as the formula sees it.
public struct QuotedOption: Sendable, Equatable {
  /// Price of the underlying (index or forward, as the venue says), USD, positive.
  public var underlyingUSD: Double
  /// Strike, USD.
  public var strikeUSD: Double
  /// Call or put.
  public var side: OptionSide
  /// Mark of one coin's option: USD if linear, coin if inverse.
  public var mark: Double
  /// Whether the option is settled in coin.
  public var isInverse: Bool

  /// An option.
  public init(
    underlyingUSD: Double, strikeUSD: Double, side: OptionSide, mark: Double, isInverse: Bool
  ) {
    precondition(underlyingUSD > 0, "an underlying has a positive price")
    self.underlyingUSD = underlyingUSD
    self.strikeUSD = strikeUSD
    self.side = side
    self.mark = mark
    self.isInverse = isInverse
  }

  /// The underlying in the unit of settlement: one coin, or its price.
  fileprivate var unit: Double { isInverse ? 1 : underlyingUSD }

  /// How far out of the money, in the unit of settlement, at least 0.
  fileprivate var outOfTheMoney: Double {
    let usd = max(side.rawValue * (strikeUSD - underlyingUSD), 0)
    return isInverse ? usd / underlyingUSD : usd
  }
}

extension ShortOptionTerms {
  /// Margin of one coin short, in the unit of settlement. `rateFactor` multiplies the rates (not the
  /// mark), as position tiers do; 1 without tiers.
  public func shortMargin(_ option: QuotedOption, rateFactor: Double) -> LevelPair {
    let rate = max(
      initialFraction * option.unit - option.outOfTheMoney, initialFractionMin * option.unit)
    let initial = rate * rateFactor + option.mark
    switch option.side {
    case .call:
      let maintenance = maintenanceCallFraction * option.unit * rateFactor + option.mark
      return LevelPair(initial: initial, maintenance: maintenance)
    case .put:
      let rate = max(
        maintenancePutFraction * option.unit, maintenancePutFraction * option.mark)
      let maintenance = rate * rateFactor + option.mark
      return LevelPair(
        initial: isPutInitialAtLeastMaintenance ? max(initial, maintenance) : initial,
        maintenance: maintenance)
    }
  }

  /// Margin of a position, in the unit of settlement, at least 0: a long option needs its premium to
  /// be opened and nothing to be kept.
  public func margin(_ option: QuotedOption, coins: Double, rateFactor: Double) -> LevelPair {
    if coins >= 0 { return LevelPair(initial: option.mark * coins, maintenance: 0) }
    return shortMargin(option, rateFactor: rateFactor) * -coins
  }
}
