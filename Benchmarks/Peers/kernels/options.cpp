// Black-76 composed by hand for 8,192 options with Greeks, and for 192 options in 1,024 scenarios.
//
// Blocks that fit L1, one loop a step, one exponential for both normals, as F phi(d1) = K phi(d2).
// The contestants differ in whose logarithm and exponential they take: libmvec's or MKL's. The
// libraries' own erfc and CdfNorm, which take an exponential each, were slower.
#include "protocol.hpp"

#include <algorithm>
#include <cmath>

#ifdef WITH_MKL
#include <mkl.h>
#endif

static const size_t block = 256;
static const double inverse_root_two_pi = 0.398942280401432678;

struct Libmvec {
  static void log(const double* __restrict x, double* __restrict y, size_t n) {
#pragma omp simd
    for (size_t i = 0; i < n; i += 1) y[i] = std::log(x[i]);
  }
  static void exp(const double* __restrict x, double* __restrict y, size_t n) {
#pragma omp simd
    for (size_t i = 0; i < n; i += 1) y[i] = std::exp(x[i]);
  }
};

#ifdef WITH_MKL
struct Mkl {
  static void log(const double* x, double* y, size_t n) { vdLn(int(n), x, y); }
  static void exp(const double* x, double* y, size_t n) { vdExp(int(n), x, y); }
};
#endif

/// The normal distribution's upper tail at |x| over exp(-x^2 / 2): a rational function to 7.07 and
/// a continued fraction from there on (Hart 1968, 5666; West 2005).
static inline double tail_ratio(double signed_x) {
  double x = std::fabs(signed_x);
  double above = 3.52624965998911e-2;
  above = above * x + 0.700383064443688;
  above = above * x + 6.37396220353165;
  above = above * x + 33.912866078383;
  above = above * x + 112.079291497871;
  above = above * x + 221.213596169931;
  above = above * x + 220.206867912376;
  double below = 8.83883476483184e-2;
  below = below * x + 1.75566716318264;
  below = below * x + 16.064177579207;
  below = below * x + 86.7807322029461;
  below = below * x + 296.564248779674;
  below = below * x + 637.333633378831;
  below = below * x + 793.826512519948;
  below = below * x + 440.413735824752;
  return above / below;
}

/// Input and output columns from one option on.
struct Columns {
  const double *forward, *strike, *years, *volatility, *sign;
  double *value, *delta, *gamma, *vega, *theta;
};

template <class Functions> static void greeks(const Columns& at, size_t n) {
  const double *__restrict forward = at.forward, *__restrict strike = at.strike;
  const double *__restrict years = at.years, *__restrict volatility = at.volatility;
  const double* __restrict sign = at.sign;
  double *__restrict value = at.value, *__restrict delta = at.delta, *__restrict gamma = at.gamma;
  double *__restrict vega = at.vega, *__restrict theta = at.theta;
  alignas(64) double ratio[block], moneyness[block], root[block], deviation[block];
  alignas(64) double d1[block], power[block], bell[block];

#pragma omp simd
  for (size_t i = 0; i < n; i += 1) ratio[i] = forward[i] / strike[i];
  Functions::log(ratio, moneyness, n);
#pragma omp simd
  for (size_t i = 0; i < n; i += 1) {
    root[i] = std::sqrt(years[i]);
    deviation[i] = volatility[i] * root[i];
    d1[i] = moneyness[i] / deviation[i] + 0.5 * deviation[i];
    power[i] = -0.5 * d1[i] * d1[i];
  }
  Functions::exp(power, bell, n);
#pragma omp simd
  for (size_t i = 0; i < n; i += 1) {
    double d2 = d1[i] - deviation[i], inverse = 1 / deviation[i];
    double forward_bell = forward[i] * bell[i];
    double density = inverse_root_two_pi * bell[i], forward_density = forward[i] * density;
    double tail1 = bell[i] * tail_ratio(d1[i]), strike_tail2 = forward_bell * tail_ratio(d2);
    double normal1 = sign[i] * d1[i] > 0 ? 1 - tail1 : tail1;
    double strike_normal2 = sign[i] * d2 > 0 ? strike[i] - strike_tail2 : strike_tail2;
    value[i] = sign[i] * (forward[i] * normal1 - strike_normal2);
    delta[i] = sign[i] * normal1;
    gamma[i] = density * inverse / forward[i];
    vega[i] = forward_density * root[i];
    theta[i] = -0.5 * forward_density * volatility[i] * volatility[i] * inverse;
  }
}

/// One option's values in `n` scenarios.
template <class Functions>
static void values(const double* __restrict forward, const double* __restrict log_forward,
                   const double* __restrict volatility, const double* __restrict inverse_volatility,
                   double strike, double years, double sign, double* __restrict value, size_t n) {
  double root = std::sqrt(years), inverse_root = 1 / root, log_strike = std::log(strike);
  alignas(64) double d1[block], power[block], bell[block];
#pragma omp simd
  for (size_t i = 0; i < n; i += 1) {
    double inverse = inverse_volatility[i] * inverse_root;
    d1[i] = (log_forward[i] - log_strike) * inverse + 0.5 * root * volatility[i];
    power[i] = -0.5 * d1[i] * d1[i];
  }
  Functions::exp(power, bell, n);
#pragma omp simd
  for (size_t i = 0; i < n; i += 1) {
    double d2 = d1[i] - root * volatility[i], forward_bell = forward[i] * bell[i];
    double tail1 = forward_bell * tail_ratio(d1[i]), tail2 = forward_bell * tail_ratio(d2);
    double forward_normal1 = sign * d1[i] > 0 ? forward[i] - tail1 : tail1;
    double strike_normal2 = sign * d2 > 0 ? strike - tail2 : tail2;
    value[i] = sign * (forward_normal1 - strike_normal2);
  }
}

template <class Functions> static Job offer_greeks(const Request& request) {
  Doubles forward = read<double>(request, "option_forward.f64");
  Doubles strike = read<double>(request, "option_strike.f64");
  Doubles years = read<double>(request, "option_expiry_years.f64");
  Doubles volatility = read<double>(request, "option_volatility.f64");
  Doubles sign = read<double>(request, "option_sign.f64");
  size_t n = forward.size();
  auto answer = std::make_shared<Doubles>(5 * n);
  return {double(n), [=] {
    for (size_t i = 0; i < n; i += block) {
      double* out = answer->data() + i;
      greeks<Functions>({&forward[i], &strike[i], &years[i], &volatility[i], &sign[i],
                         out, out + n, out + 2 * n, out + 3 * n, out + 4 * n},
                        std::min(block, n - i));
    }
  }, answer};
}

template <class Functions> static Job offer_values(const Request& request) {
  Doubles forward = read<double>(request, "reval_forward.f64");
  Doubles volatility = read<double>(request, "reval_volatility.f64");
  Doubles strike = read<double>(request, "reval_strike.f64");
  Doubles years = read<double>(request, "reval_expiry_years.f64");
  Doubles sign = read<double>(request, "reval_sign.f64");
  size_t n = forward.size();
  Doubles log_forward(n), inverse_volatility(n);
  auto answer = std::make_shared<Doubles>(strike.size() * n);
  return {double(answer->size()), [=]() mutable {
    Functions::log(forward.data(), log_forward.data(), n);
    for (size_t i = 0; i < n; i += 1) inverse_volatility[i] = 1 / volatility[i];
    for (size_t option = 0; option < strike.size(); option += 1)
      for (size_t i = 0; i < n; i += block)
        values<Functions>(&forward[i], &log_forward[i], &volatility[i], &inverse_volatility[i],
                          strike[option], years[option], sign[option], &(*answer)[option * n + i],
                          std::min(block, n - i));
  }, answer};
}

Job offer_options(const Request& request) {
  if (request.asks("libmvec", "black76_greeks")) return offer_greeks<Libmvec>(request);
  if (request.asks("libmvec", "black76_value")) return offer_values<Libmvec>(request);
#ifdef WITH_MKL
  if (request.asks("mkl", "black76_greeks")) return offer_greeks<Mkl>(request);
  if (request.asks("mkl", "black76_value")) return offer_values<Mkl>(request);
#endif
  return {};
}
