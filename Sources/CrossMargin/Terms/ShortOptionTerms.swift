// The plain formula by which most venues margin a short option, and the rate sets of some.

/// Rates of the short-option formula. With underlying U, mark V and the out-of-the-money amount O,
/// per coin:
///
/// - call: initial `max(a U - O, b U) + V`, maintenance `c U + V`;
/// - put: initial `max(a U - O, b U) + V`, maintenance `max(c U, c V) + V`.
///
/// Sources: Deribit documentation (standard margin), Aevo, Bit.com and OKX option margin pages.
public struct ShortOptionTerms: Sendable, Equatable {
  /// a: initial rate at the money, a fraction of the underlying.
  public var initialFraction: Double
  /// b: least initial rate, a fraction of the underlying.
  public var initialFractionMin: Double
  /// c: maintenance rate of calls, a fraction of the underlying.
  public var maintenanceCallFraction: Double
  /// c: maintenance rate of puts, a fraction of the underlying, or of the mark where that is more.
  public var maintenancePutFraction: Double
  /// Whether a put's initial margin is at least its maintenance margin.
  public var isPutInitialAtLeastMaintenance: Bool

  /// Rates of a venue.
  public init(
    initialFraction: Double, initialFractionMin: Double, maintenanceCallFraction: Double,
    maintenancePutFraction: Double, isPutInitialAtLeastMaintenance: Bool
  ) {
    self.initialFraction = initialFraction
    self.initialFractionMin = initialFractionMin
    self.maintenanceCallFraction = maintenanceCallFraction
    self.maintenancePutFraction = maintenancePutFraction
    self.isPutInitialAtLeastMaintenance = isPutInitialAtLeastMaintenance
  }

  /// a, b and one c for calls and puts, with the floor of puts.
  public init(initialFraction: Double, initialFractionMin: Double, maintenanceFraction: Double) {
    self.init(
      initialFraction: initialFraction, initialFractionMin: initialFractionMin,
      maintenanceCallFraction: maintenanceFraction, maintenancePutFraction: maintenanceFraction,
      isPutInitialAtLeastMaintenance: true)
  }

  /// Deribit, standard margin of BTC and ETH: 0.15, 0.10, 0.075.
  public static let deribit = ShortOptionTerms(
    initialFraction: 0.15, initialFractionMin: 0.10, maintenanceFraction: 0.075)
  /// Aevo: 0.15, 0.10, 0.10.
  public static let aevo = ShortOptionTerms(
    initialFraction: 0.15, initialFractionMin: 0.10, maintenanceFraction: 0.10)
  /// Bit.com, BTC and ETH: 0.15, 0.10, 0.075.
  public static let bitcom = deribit
  /// Bit.com, BCH: 0.25, 0.15, 0.125.
  public static let bitcomBCH = ShortOptionTerms(
    initialFraction: 0.25, initialFractionMin: 0.15, maintenanceFraction: 0.125)
  /// Bit.com, TON: 0.60, 0.50, 0.40.
  public static let bitcomTON = ShortOptionTerms(
    initialFraction: 0.60, initialFractionMin: 0.50, maintenanceFraction: 0.40)
  /// OKX outside portfolio margin, BTC: 0.15, 0.10, 0.03, where the initial margin of a put has no
  /// floor. Position tiers multiply the rates, not the mark.
  public static let okxBTC = okx(maintenanceFraction: 0.03)
  /// OKX outside portfolio margin, ETH: as BTC with 0.05.
  public static let okxETH = okx(maintenanceFraction: 0.05)

  private static func okx(maintenanceFraction: Double) -> ShortOptionTerms {
    ShortOptionTerms(
      initialFraction: 0.15, initialFractionMin: 0.10,
      maintenanceCallFraction: maintenanceFraction, maintenancePutFraction: maintenanceFraction,
      isPutInitialAtLeastMaintenance: false)
  }
}
