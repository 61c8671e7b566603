// The volatility surface of the synthetic market: an SSVI surface, which has no static arbitrage.

import Foundation
import PortfolioModel

/// Surface SSVI with a power law [Gatheral and Jacquier 2014, eq. 4.1, 4.5]:
/// `w(k, theta) = theta / 2 (1 + rho phi k + sqrt((phi k + rho)^2 + 1 - rho^2))`,
/// `phi = eta / sqrt(theta (1 + theta))`, theta the at-the-money total variance of the expiry.
///
/// It is free of butterfly arbitrage as `eta (1 + |rho|) <= 2`, and of calendar arbitrage as theta
/// grows with the expiry.
struct SyntheticSurface: Sendable {
  /// At-the-money volatility of very short and very long expiries, annual.
  var shortVolatilityAnnual: Double
  var longVolatilityAnnual: Double
  /// Years over which it passes from one to the other.
  var transitionYears: Double
  /// Skew in (-1, 1) and curvature of the smile.
  var rho: Double
  var eta: Double

  /// At-the-money volatility of an expiry: exponential passage in variance.
  func atTheMoneyVolatilityAnnual(expiryYears: Double) -> Double {
    let long = longVolatilityAnnual * longVolatilityAnnual
    let short = shortVolatilityAnnual * shortVolatilityAnnual
    let weight = exp(-expiryYears / transitionYears)
    return (long + (short - long) * weight).squareRoot()
  }

  /// The slice of an expiry as raw SVI parameters [Gatheral and Jacquier 2014, eq. 4.2].
  func slice(pair: AssetPair, expiry: UTCTime, expiryYears: Double) -> SVISlice {
    let volatility = atTheMoneyVolatilityAnnual(expiryYears: expiryYears)
    let theta = volatility * volatility * expiryYears
    let phi = eta / (theta * (1 + theta)).squareRoot()
    let rest = 1 - rho * rho
    return SVISlice(
      pair: pair, expiry: expiry,
      parameters: (
        a: theta / 2 * rest, b: theta * phi / 2, rho: rho, m: -rho / phi,
        sigma: rest.squareRoot() / phi
      ))
  }
}
