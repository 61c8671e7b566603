// exp, log, the normal distribution and its inverse: libmvec by loops, MKL by VML at high accuracy.
#include "protocol.hpp"

#include <cmath>

#ifdef WITH_MKL
#include <mkl.h>
#endif

using Function = void (*)(const double* x, double* y, int n);

static void libmvec_exp(const double* __restrict x, double* __restrict y, int n) {
#pragma omp simd
  for (int i = 0; i < n; i += 1) y[i] = std::exp(x[i]);
}

static void libmvec_log(const double* __restrict x, double* __restrict y, int n) {
#pragma omp simd
  for (int i = 0; i < n; i += 1) y[i] = std::log(x[i]);
}

static void libmvec_normal_cdf(const double* __restrict x, double* __restrict y, int n) {
#pragma omp simd
  for (int i = 0; i < n; i += 1) y[i] = 0.5 * std::erfc(-M_SQRT1_2 * x[i]);
}

#ifdef WITH_MKL
static void mkl_exp(const double* x, double* y, int n) { vdExp(n, x, y); }
static void mkl_log(const double* x, double* y, int n) { vdLn(n, x, y); }
static void mkl_normal_cdf(const double* x, double* y, int n) { vdCdfNorm(n, x, y); }
static void mkl_normal_quantile(const double* x, double* y, int n) { vdCdfNormInv(n, x, y); }
#endif

static Function find(const Request& request) {
  if (request.asks("libmvec", "exp")) return libmvec_exp;
  if (request.asks("libmvec", "log")) return libmvec_log;
  if (request.asks("libmvec", "normal_cdf")) return libmvec_normal_cdf;
#ifdef WITH_MKL
  if (request.asks("mkl", "exp")) return mkl_exp;
  if (request.asks("mkl", "log")) return mkl_log;
  if (request.asks("mkl", "normal_cdf")) return mkl_normal_cdf;
  if (request.asks("mkl", "normal_quantile")) return mkl_normal_quantile;
#endif
  return nullptr;
}

Job offer_elementary(const Request& request) {
  Function function = find(request);
  if (!function) return {};
  Doubles x = read<double>(request, request.kernel + "_x.f64");
  int n = int(x.size());
  auto answer = std::make_shared<Doubles>(n);
  return {double(n), [=] { function(x.data(), answer->data(), n); }, answer};
}
