// Price and sensitivities of one European option, on a spot with a carry or on a forward, to the
// third order. Streams of options go through BlackKernel; this is the same arithmetic for one.

import Glibc

/// European option on a spot that pays a continuous yield.
public struct SpotOption: Sendable, Equatable {
  /// Strike, expiry and side.
  public var terms: OptionTerms
  /// Price of the underlying, not negative, in the unit of the strike.
  public var spot: Double
  /// Annual volatility, per 1.00, not negative.
  public var volatilityAnnual: Double
  /// Continuous rate r per year, at which payments are discounted.
  public var rateContinuous: Double
  /// Continuous yield q per year that the underlying pays.
  public var dividendYieldContinuous: Double

  /// An option; every number is finite.
  public init(
    terms: OptionTerms, spot: Double, volatilityAnnual: Double, rateContinuous: Double,
    dividendYieldContinuous: Double
  ) {
    self.terms = terms
    self.spot = spot
    self.volatilityAnnual = volatilityAnnual
    self.rateContinuous = rateContinuous
    self.dividendYieldContinuous = dividendYieldContinuous
  }
}

/// European option on a forward, paid at expiry and discounted from there.
public struct ForwardOption: Sendable, Equatable {
  /// Strike, expiry and side.
  public var terms: OptionTerms
  /// Forward price of the underlying at expiry, not negative, in the unit of the strike.
  public var forward: Double
  /// Annual volatility, per 1.00, not negative.
  public var volatilityAnnual: Double
  /// Present value of one unit paid at expiry, positive; 1 = undiscounted.
  public var discountFactor: Double

  /// An option; every number is finite.
  public init(
    terms: OptionTerms, forward: Double, volatilityAnnual: Double, discountFactor: Double = 1
  ) {
    self.terms = terms
    self.forward = forward
    self.volatilityAnnual = volatilityAnnual
    self.discountFactor = discountFactor
  }
}

/// Price and sensitivities of a European option [Haug 2007, ch. 1 and 2].
///
/// With the underlying U (spot or forward), strike K, w = +1 call / -1 put, s = sigma sqrt T and
/// b = r - q (0 on a forward): F = U e^(bT), V = w e^(-rT) [F N(w d1) - K N(w d2)]. Rates and
/// volatility count per 1.00, time per year of calendar time: `theta`, `charm` and `color` are
/// derivatives in t = -T, negative for what decays.
///
/// Limits: without deviation (s = 0) or with U or K = 0 the option is certain, or undecided at F =
/// K, where N(w d1) = N(w d2) = 1/2; what carries the density phi(d1), gamma and vega among it, is
/// then 0. Nothing is NaN.
public struct OptionSensitivities: Sendable, Equatable {
  /// V, in the unit of the underlying.
  public let price: Double
  /// ln(F/K)/s + s/2; infinite by moneyness where s = 0, and 0 there at F = K.
  public let d1: Double
  /// d1 - s.
  public let d2: Double
  /// N(w d2): probability of exercise, risk-neutral with money as unit of account.
  public let cashProbability: Double
  /// N(w d1): the same with the underlying as unit of account.
  public let assetProbability: Double

  /// dV/dU.
  public let delta: Double
  /// d2V/dU2.
  public let gamma: Double
  /// dV/dsigma.
  public let vega: Double
  /// dV/dt at fixed U, sigma and rates.
  public let theta: Double
  /// dV/dr at fixed U: on a spot T K e^(-rT) w N(w d2), on a forward -T V.
  public let rho: Double
  /// dV/dq at fixed U: -T U delta on a spot, 0 on a forward.
  public let dividendRho: Double
  /// dV/dK.
  public let strikeSensitivity: Double
  /// d2V/dK2: the discounted risk-neutral density at K.
  public let strikeGamma: Double

  /// d2V/(dU dsigma).
  public let vanna: Double
  /// d2V/dsigma2.
  public let volga: Double
  /// d2V/(dU dt).
  public let charm: Double
  /// d3V/dU3.
  public let speed: Double
  /// d3V/(dU2 dsigma).
  public let zomma: Double
  /// d3V/(dU2 dt).
  public let color: Double

  /// Sensitivities to the spot.
  public init(_ option: SpotOption) {
    self.init(
      UnderlyingState(
        terms: option.terms, underlying: option.spot, volatilityAnnual: option.volatilityAnnual,
        rateContinuous: option.rateContinuous, yieldContinuous: option.dividendYieldContinuous),
      isForward: false)
  }

  /// Sensitivities to the forward.
  ///
  /// The rate behind `theta`, `charm` and `color` is -ln(discountFactor)/T; at T = 0, where a
  /// factor other than 1 names none, it is 0 and the factor still scales every number.
  public init(_ option: ForwardOption) {
    precondition(
      option.discountFactor > 0 && option.discountFactor.isFinite,
      "a discount factor is positive")
    let expiryYears = option.terms.expiryYears
    let rate = expiryYears > 0 ? -log(option.discountFactor) / expiryYears : 0
    // A forward does not grow: it is a spot that pays its whole rate out.
    var state = UnderlyingState(
      terms: option.terms, underlying: option.forward, volatilityAnnual: option.volatilityAnnual,
      rateContinuous: rate, yieldContinuous: rate)
    state.discount = option.discountFactor
    state.yieldDiscount = option.discountFactor
    self.init(state, isForward: true)
  }

  private init(_ state: UnderlyingState, isForward: Bool) {
    let (terms, black, normal) = (state.terms, state.black, state.normal)
    let (underlying, sign) = (state.underlying, terms.side.rawValue)
    let (rate, yield) = (state.rateContinuous, state.yieldContinuous)
    d1 = normal.d1
    d2 = normal.d2
    cashProbability = NormalDistribution.cdf(sign * normal.d2)
    assetProbability = NormalDistribution.cdf(sign * normal.d1)
    price = state.discount * black.value[0]
    delta = state.yieldDiscount * black.delta[0]
    vega = state.discount * black.vega[0]
    strikeSensitivity = -sign * state.discount * cashProbability
    theta =
      state.discount * black.theta[0] + yield * underlying * delta
      + rate * terms.strike * strikeSensitivity
    rho = -terms.expiryYears * (isForward ? price : terms.strike * strikeSensitivity)
    dividendRho = isForward ? 0 : -terms.expiryYears * underlying * delta
    vanna = state.yieldDiscount * state.higher.vanna[0]
    volga = state.discount * state.higher.volga[0]
    let shape = DensityTerms(state)
    (gamma, strikeGamma) = (shape.gamma, shape.strikeGamma)
    charm = yield * delta + shape.charm
    (speed, zomma, color) = (shape.speed, shape.zomma, shape.color)
  }
}

/// An option on an underlying that grows at r - q, with what all its sensitivities share.
private struct UnderlyingState {
  let terms: OptionTerms
  let underlying: Double
  let volatilityAnnual: Double
  let rateContinuous: Double
  let yieldContinuous: Double
  /// e^(bT) = F / U.
  let growth: Double
  /// e^(-rT).
  var discount: Double
  /// e^(-qT).
  var yieldDiscount: Double
  /// Undiscounted, on the forward.
  let black: GreekStreams
  let higher: HigherGreekStreams
  let normal: NormalArguments

  init(
    terms: OptionTerms, underlying: Double, volatilityAnnual: Double, rateContinuous: Double,
    yieldContinuous: Double
  ) {
    terms.check()
    precondition(underlying >= 0 && underlying.isFinite, "an underlying is finite, not negative")
    precondition(
      volatilityAnnual >= 0 && volatilityAnnual.isFinite, "a volatility is finite, not negative")
    precondition(rateContinuous.isFinite && yieldContinuous.isFinite, "rates are finite")
    self.terms = terms
    self.underlying = underlying
    self.volatilityAnnual = volatilityAnnual
    self.rateContinuous = rateContinuous
    self.yieldContinuous = yieldContinuous
    let expiryYears = terms.expiryYears
    growth = exp((rateContinuous - yieldContinuous) * expiryYears)
    discount = exp(-rateContinuous * expiryYears)
    yieldDiscount = exp(-yieldContinuous * expiryYears)
    let forward = underlying * growth
    precondition(forward.isFinite, "the forward of these rates is not finite")
    var streams = OptionStreams()
    streams.append(forward: forward, volatility: volatilityAnnual, option: terms)
    black = BlackKernel.greeks(of: streams)
    higher = BlackKernel.higherGreeks(of: streams)
    normal = NormalArguments(
      forward: forward, strike: terms.strike,
      deviation: volatilityAnnual * expiryYears.squareRoot())
  }
}

/// d1 and d2 of Black (1976), with their limits.
struct NormalArguments {
  let d1: Double
  let d2: Double
  /// sigma sqrt T.
  let deviation: Double
  /// Whether deviation, forward and strike are positive, so that the density is defined.
  let isRegular: Bool

  init(forward: Double, strike: Double, deviation: Double) {
    self.deviation = deviation
    let low = min(forward, strike)
    isRegular = deviation > 0 && low >= Double.leastNormalMagnitude
    guard isRegular else {
      let side: Double = forward > strike ? 1 : -1
      d1 = forward == strike ? 0 : side * .infinity
      d2 = d1
      return
    }
    let logMoneyness = ElementaryKernel.logarithmOfRatio(forward, strike)
    d1 = logMoneyness / deviation + deviation / 2
    d2 = logMoneyness / deviation - deviation / 2
  }
}

/// What carries the density phi(d1) over a power of s; all 0 where it vanishes.
private struct DensityTerms {
  var gamma = 0.0
  var strikeGamma = 0.0
  /// Without the part q delta, which carries no density.
  var charm = 0.0
  var speed = 0.0
  var zomma = 0.0
  var color = 0.0

  init(_ state: UnderlyingState) {
    let (d1, d2, s) = (state.normal.d1, state.normal.d2, state.normal.deviation)
    let density = state.normal.isRegular ? NormalDistribution.density(d1) : 0
    // Where the density has underflowed, 1 / s may be infinite; their product is 0.
    guard density > 0 else { return }
    let carry = state.rateContinuous - state.yieldContinuous
    let expiryYears = state.terms.expiryYears
    gamma = state.yieldDiscount * state.growth * state.black.gamma[0]
    strikeGamma =
      state.discount * NormalDistribution.density(d2) / (state.terms.strike * s)
    // -phi(d1) e^(-qT) dd1/dT, where dd1/dT = b / s - d2 / (2 T).
    charm = state.yieldDiscount * (state.higher.charm[0] - density * carry / s)
    speed = state.yieldDiscount * state.growth * state.growth * state.higher.speed[0]
    zomma = gamma * (d1 * d2 - 1) / state.volatilityAnnual
    color =
      gamma
      * (state.yieldContinuous + carry * d1 / s + (1 - d1 * d2) / (2 * expiryYears))
  }
}
