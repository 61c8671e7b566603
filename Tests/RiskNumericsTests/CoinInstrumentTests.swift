// Options and futures that are paid in coin: derivatives, relations to their dollar values, limits.

import RiskNumerics
import Testing

@Suite struct CoinInstrumentTests {
  private func randomOption(_ random: inout SeededGenerator) -> ForwardOption {
    let side: OptionSide = Bool.random(using: &random) ? .call : .put
    let strike = random.uniform(20_000, 120_000)
    return ForwardOption(
      terms: OptionTerms(strike: strike, expiryYears: random.uniform(0.02, 1), side: side),
      forward: strike * random.uniform(0.6, 1.6), volatilityAnnual: random.uniform(0.3, 1.2),
      discountFactor: random.uniform(0.9, 1))
  }

  @Test(arguments: [1, 2] as [UInt64]) func coinSensitivitiesAreDerivatives(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<500 {
      let option = randomOption(&random)
      let at = CoinOption(option)
      func coin(_ forward: Double, _ volatility: Double) -> CoinOption {
        var moved = option
        moved.forward = forward
        moved.volatilityAnnual = volatility
        return CoinOption(moved)
      }
      let (forward, volatility) = (option.forward, option.volatilityAnnual)
      let deviation = volatility * option.terms.expiryYears.squareRoot()
      let (df, dv) = (1e-3 * forward * deviation, 1e-3 * volatility)
      let (up, down) = (coin(forward + df, volatility), coin(forward - df, volatility))
      let (more, less) = (coin(forward, volatility + dv), coin(forward, volatility - dv))
      // Central differences of a thousandth of a deviation: truncation near 1e-6 of the peak.
      let tolerance = 1e-5
      let slope = (up.valueCoin - down.valueCoin) / (2 * df)
      #expect(abs(slope - at.valueCoinPerForward) <= tolerance / (forward * deviation))
      let curve = (up.valueCoinPerForward - down.valueCoinPerForward) / (2 * df)
      let peak = 1 / (forward * deviation) + 1 / forward
      #expect(abs(curve - at.valueCoinPerForwardSquared) <= tolerance * peak * peak)
      let vega = (more.valueCoin - less.valueCoin) / (2 * dv)
      #expect(abs(vega - at.vegaCoin) <= tolerance / volatility)
    }
  }

  @Test(arguments: [3, 4] as [UInt64]) func coinAndDollarValuesAgree(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<1_000 {
      var option = randomOption(&random)
      option.terms.side = .call
      let call = CoinOption(option)
      let dollar = OptionSensitivities(option)
      option.terms.side = .put
      let put = CoinOption(option)
      let (forward, discount) = (option.forward, option.discountFactor)
      #expect(abs(call.valueCoin * forward - dollar.price) <= 4 * dollar.price.ulp)
      #expect(call.valueCoin < discount)
      // One coin and a dollar bond of K, both in coin.
      let bond = option.terms.strike / forward
      let parity = call.valueCoin - put.valueCoin - discount * (1 - bond)
      #expect(abs(parity) <= 1e-14 * (1 + bond))
      for (side, dollarDelta) in [(call, dollar.delta), (put, dollar.delta - discount)] {
        #expect(abs(side.blackDelta - dollarDelta) <= 1e-14)
        let displayed = CoinOption.netTransactionDelta(
          blackDelta: side.blackDelta, valueCoin: side.valueCoin)
        // The subtraction rounds numbers up to 1 + K/F.
        #expect(abs(side.netTransactionDelta - displayed) <= 1e-13 * (1 + bond))
      }
    }
  }

  @Test func farCallsKeepTheirPremiumAdjustedDelta() {
    // Delta and coin value are both 1 - 1e-6 and a little: their difference, K/F, keeps its digits.
    let terms = OptionTerms(strike: 0.06, expiryYears: 0.1, side: .call)
    let at = CoinOption(ForwardOption(terms: terms, forward: 60_000, volatilityAnnual: 0.5))
    #expect(relativeDistance(at.netTransactionDelta, 0.06 / 60_000) < 1e-15)
  }

  @Test func settlementByHand() {
    func payoff(_ side: OptionSide, _ delivery: Double) -> Double {
      CoinOption.payoffCoin(strike: 100_000, side: side, deliveryPrice: delivery)
    }
    #expect(payoff(.call, 125_000) == 0.2)
    #expect(payoff(.call, 100_000) == 0)
    #expect(payoff(.call, 80_000) == 0)
    #expect(payoff(.put, 80_000) == 0.25)
    #expect(payoff(.put, 125_000) == 0)
    let profit = CoinOption.profitCoin(
      strike: 100_000, side: .put, deliveryPrice: 125_000, premiumCoin: 0.125)
    #expect(profit == -0.125)
  }

  @Test(arguments: [5, 6] as [UInt64]) func inverseFutures(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<1_000 {
      let future = InverseFuture(
        notionalUSD: random.uniform(-1e6, 1e6), entryPriceUSD: random.uniform(1e4, 1e5))
      let (price, coins) = (random.uniform(1e4, 1e5), random.uniform(-1, 30))
      let profit = future.profitCoin(atPriceUSD: price)
      // The textbook form, which cancels for near prices: its terms are of this size.
      let size = abs(future.notionalUSD) * (1 / future.entryPriceUSD + 1 / price)
      let textbook = future.notionalUSD * (1 / future.entryPriceUSD - 1 / price)
      #expect(abs(profit - textbook) <= 1e-15 * size)
      let dollars = future.profitUSD(atPriceUSD: price)
      #expect(abs(dollars - profit * price) <= 1e-15 * abs(dollars))
      let equity = future.equityUSD(collateralCoin: coins, atPriceUSD: price)
      let inCoin = future.equityCoin(collateralCoin: coins, atPriceUSD: price)
      #expect(abs(equity - inCoin * price) <= 1e-15 * (abs(coins) * price + abs(dollars)) * 2)
      let step = price * 1e-4
      let (up, down) = (price + step, price - step)
      let slope =
        (future.profitCoin(atPriceUSD: up) - future.profitCoin(atPriceUSD: down)) / (2 * step)
      let delta = future.deltaCoin(atPriceUSD: price)
      // Truncation is the square of the relative step.
      #expect(abs(slope - delta) <= 2e-8 * abs(delta))
      let curve =
        (future.deltaCoin(atPriceUSD: up) - future.deltaCoin(atPriceUSD: down)) / (2 * step)
      let gamma = future.gammaCoin(atPriceUSD: price)
      #expect(abs(curve - gamma) <= 3e-8 * abs(gamma))
      if let zero = future.zeroEquityPriceUSD(collateralCoin: coins) {
        let rest = future.equityUSD(collateralCoin: coins, atPriceUSD: zero)
        // Near C = -N/S0 the root is far and its own rounding grows with it.
        let terms = abs(coins) * zero + abs(future.profitUSD(atPriceUSD: zero))
        #expect(zero > 0)
        #expect(abs(rest) <= 1e-12 * (terms + abs(future.notionalUSD)))
      } else {
        // No price on a wide grid changes the sign of equity.
        let signs = (-20...20).map { power in
          future.equityUSD(
            collateralCoin: coins, atPriceUSD: 1e5 * ScalarMath.power(10, Double(power) / 4)) > 0
        }
        #expect(signs.allSatisfy { $0 == signs[0] })
      }
    }
  }

  @Test func zeroEquityByHand() throws {
    let long = InverseFuture(notionalUSD: 100_000, entryPriceUSD: 50_000)
    #expect(long.zeroEquityPriceUSD(collateralCoin: 3) == 20_000)
    // A short of 5 coins of notional: covered by 5 coins at any price, by 2 up to a price.
    let short = InverseFuture(notionalUSD: -250_000, entryPriceUSD: 50_000)
    #expect(short.zeroEquityRootUSD(collateralCoin: 5) == nil)
    #expect(short.zeroEquityPriceUSD(collateralCoin: 6) == nil)
    #expect(short.zeroEquityRootUSD(collateralCoin: 6) == -250_000)
    let price = try #require(short.zeroEquityPriceUSD(collateralCoin: 2))
    #expect(relativeDistance(price, 250_000.0 / 3) < 1e-15)
  }
}
