// The option that is quoted in dollars and paid in coin: coin value, coin sensitivities, expiry.

/// Value and sensitivities of a coin-settled option, in coin per coin of notional [Alexander and
/// Imeraj 2021, section 2].
///
/// The payoff is max(w (S - K), 0) / S coin; the value is V_c = V / F, V the Black value on the
/// forward F. By the quotient rule dV_c/dF = (Delta - V_c) / F, and since V = D w [F N(w d1) - K N(w
/// d2)] the difference Delta - V_c is exactly D w (K/F) N(w d2): nothing is subtracted here, so deep
/// options keep their digits. Venues quote the undiscounted value, `discountFactor` 1.
public struct CoinOption: Sendable, Equatable {
  /// V_c in coin; a call is worth less than `discountFactor`.
  public let valueCoin: Double
  /// Delta = dV/dF of the dollar value, per unit of forward.
  public let blackDelta: Double
  /// Delta - V_c: coins of the underlying that hedge the option and the premium held in coin, as
  /// venues display it (premium-adjusted).
  public let netTransactionDelta: Double
  /// dV_c/dF, coin per dollar of forward.
  public let valueCoinPerForward: Double
  /// d2V_c/dF2, coin per dollar of forward squared.
  public let valueCoinPerForwardSquared: Double
  /// dV_c/dsigma, coin per 1.00 of volatility.
  public let vegaCoin: Double

  /// Value and sensitivities; the forward is positive.
  public init(_ option: ForwardOption) {
    precondition(option.forward > 0, "a coin value needs a positive forward")
    let dollar = OptionSensitivities(option)
    let forward = option.forward
    valueCoin = dollar.price / forward
    blackDelta = dollar.delta
    netTransactionDelta = -dollar.strikeSensitivity * option.terms.strike / forward
    valueCoinPerForward = netTransactionDelta / forward
    valueCoinPerForwardSquared = (dollar.gamma - 2 * valueCoinPerForward) / forward
    vegaCoin = dollar.vega / forward
  }

  /// Delta - V_c from a displayed Black delta and a coin value.
  public static func netTransactionDelta(blackDelta: Double, valueCoin: Double) -> Double {
    blackDelta - valueCoin
  }

  /// What one coin of notional pays at a delivery price: max(w (S - K), 0) / S coin.
  public static func payoffCoin(
    strike: Double, side: OptionSide, deliveryPrice: Double
  ) -> Double {
    precondition(deliveryPrice > 0, "a coin payoff needs a positive delivery price")
    return max(side.rawValue * (deliveryPrice - strike), 0) / deliveryPrice
  }

  /// Payoff less the premium paid, in coin: the holder's profit.
  public static func profitCoin(
    strike: Double, side: OptionSide, deliveryPrice: Double, premiumCoin: Double
  ) -> Double {
    payoffCoin(strike: strike, side: side, deliveryPrice: deliveryPrice) - premiumCoin
  }
}
