// Black-76 by QuantLib, one call an option as its users write it.
#include "protocol.hpp"

#include <cmath>
#include <ql/pricingengines/blackcalculator.hpp>
#include <ql/pricingengines/blackformula.hpp>

using namespace QuantLib;

static std::vector<Option::Type> types(const Doubles& sign) {
  std::vector<Option::Type> types;
  for (double s : sign) types.push_back(s > 0 ? Option::Call : Option::Put);
  return types;
}

static Job greeks(const Request& request) {
  Doubles forward = read<double>(request, "option_forward.f64");
  Doubles strike = read<double>(request, "option_strike.f64");
  Doubles years = read<double>(request, "option_expiry_years.f64");
  Doubles volatility = read<double>(request, "option_volatility.f64");
  auto type = types(read<double>(request, "option_sign.f64"));
  size_t n = forward.size();
  auto answer = std::make_shared<Doubles>(5 * n);
  return {double(n), [=] {
    double *value = answer->data(), *delta = value + n, *gamma = delta + n;
    double *vega = gamma + n, *theta = vega + n;
    for (size_t i = 0; i < n; i += 1) {
      BlackCalculator black(type[i], strike[i], forward[i], volatility[i] * std::sqrt(years[i]));
      value[i] = black.value();
      delta[i] = black.deltaForward();
      gamma[i] = black.gammaForward();
      vega[i] = black.vega(years[i]);
      // With the spot at the forward and no discounting there is no carry in it.
      theta[i] = black.theta(forward[i], years[i]);
    }
  }, answer};
}

static Job values(const Request& request) {
  Doubles forward = read<double>(request, "reval_forward.f64");
  Doubles volatility = read<double>(request, "reval_volatility.f64");
  Doubles strike = read<double>(request, "reval_strike.f64");
  Doubles years = read<double>(request, "reval_expiry_years.f64");
  auto type = types(read<double>(request, "reval_sign.f64"));
  size_t scenarios = forward.size(), options = strike.size();
  auto answer = std::make_shared<Doubles>(options * scenarios);
  return {double(answer->size()), [=] {
    double* value = answer->data();
    for (size_t o = 0; o < options; o += 1) {
      double root = std::sqrt(years[o]);
      for (size_t s = 0; s < scenarios; s += 1)
        *value++ = blackFormula(type[o], strike[o], forward[s], volatility[s] * root);
    }
  }, answer};
}

/// Li's successive over-relaxation from the start of Radoicic and Stefanica, the fastest that this
/// version has; where it does not converge, the safeguarded Newton iteration.
static double implied_deviation(Option::Type type, double strike, double forward, double price) {
  try {
    return blackFormulaImpliedStdDevLiRS(type, strike, forward, price, 1, 0, Null<Real>(), 1,
                                         1e-10);
  } catch (const Error&) {
    return blackFormulaImpliedStdDev(type, strike, forward, price, 1, 0, Null<Real>(), 1e-12,
                                     1000);
  }
}

static Job implied_volatility(const Request& request) {
  Doubles forward = read<double>(request, "implied_forward.f64");
  Doubles strike = read<double>(request, "implied_strike.f64");
  Doubles years = read<double>(request, "implied_expiry_years.f64");
  Doubles price = read<double>(request, "implied_price.f64");
  auto type = types(read<double>(request, "implied_sign.f64"));
  size_t n = forward.size();
  auto answer = std::make_shared<Doubles>(n);
  return {double(n), [=] {
    for (size_t i = 0; i < n; i += 1) {
      double deviation = implied_deviation(type[i], strike[i], forward[i], price[i]);
      (*answer)[i] = deviation / std::sqrt(years[i]);
    }
  }, answer};
}

Job offer_quantlib(const Request& request) {
  if (request.asks("quantlib", "black76_greeks")) return greeks(request);
  if (request.asks("quantlib", "black76_value")) return values(request);
  if (request.asks("quantlib", "implied_volatility")) return implied_volatility(request);
  return {};
}
