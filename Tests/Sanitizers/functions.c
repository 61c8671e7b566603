/* Element-wise kernels: every target gives the bits of the generic one, for any input. */
#include "fuzz.h"

static const cmk_kernels *generic(void) { return cmk_kernels_for(CMK_TARGET_GENERIC); }

static double *random_values(int64_t count) {
  double *values = place_doubles(count);
  for (int64_t i = 0; i < count; i++) values[i] = random_value();
  return values;
}

void fuzz_functions(const cmk_kernels *kernels) {
  int64_t count = random_below(70);
  double *x = random_values(count), *b = random_values(count);
  double *got = place_doubles(count), *expected = place_doubles(count);
#define CHECK(function) \
  kernels->function(count, x, got); \
  generic()->function(count, x, expected); \
  require_same(#function, "value", count, got, expected)
  CHECK(exponential);
  CHECK(logarithm);
  CHECK(normal_density);
  CHECK(normal_cdf);
  CHECK(normal_complement);
  CHECK(normal_quantile);
  CHECK(mills_ratio);
#undef CHECK
  kernels->logarithm_of_ratio(count, x, b, got);
  generic()->logarithm_of_ratio(count, x, b, expected);
  require_same("logarithm_of_ratio", "value", count, got, expected);
  kernels->exponential(0, 0, 0);
}

/* What an option may be, or with one chance in eight any number. */
static double option_number(double low, double high) {
  return random_below(8) == 0 ? random_value() : random_between(low, high);
}

static cmk_option_streams random_options(int64_t count) {
  double *forward = place_doubles(count), *strike = place_doubles(count);
  double *years = place_doubles(count), *volatility = place_doubles(count);
  double *sign = place_doubles(count);
  for (int64_t i = 0; i < count; i++) {
    forward[i] = option_number(1, 2e5);
    strike[i] = option_number(1, 2e5);
    years[i] = option_number(0, 3);
    volatility[i] = option_number(0, 5);
    sign[i] = random_below(2) ? 1 : -1;
  }
  return (cmk_option_streams){forward, strike, years, volatility, sign};
}

static void fuzz_value(
    const cmk_kernels *kernels, int64_t count, const cmk_option_streams *options) {
  double strike = random_between(0, 2e5), years = random_between(0, 3);
  double sign = random_below(2) ? 1 : -1;
  double *got = place_doubles(count), *expected = place_doubles(count);
  kernels->black76_value(count, options->forward, options->volatility, strike, years, sign, got);
  generic()->black76_value(
      count, options->forward, options->volatility, strike, years, sign, expected);
  require_same("black76_value", "value", count, got, expected);
}

static void fuzz_implied_volatility(
    const cmk_kernels *kernels, int64_t count, const cmk_option_streams *options) {
  double *price = place_doubles(count);
  for (int64_t i = 0; i < count; i++) price[i] = option_number(0, 1e5);
  double *volatility[2], *error[2];
  int32_t *status[2];
  const cmk_kernels *both[2] = {kernels, generic()};
  for (int k = 0; k < 2; k++) {
    volatility[k] = place_doubles(count);
    error[k] = place_doubles(count);
    status[k] = place(count, sizeof(int32_t));
    both[k]->implied_volatility(count, options, price, volatility[k], error[k], status[k]);
  }
  require_same("implied_volatility", "volatility", count, volatility[0], volatility[1]);
  require_same("implied_volatility", "error", count, error[0], error[1]);
  for (int64_t i = 0; i < count; i++) {
    if (status[0][i] != status[1][i] || status[0][i] < 0 || status[0][i] > CMK_IMPLIED_INVALID) {
      fail("implied_volatility", "status", i, status[0][i], status[1][i]);
    }
  }
}

void fuzz_options(const cmk_kernels *kernels) {
  int64_t count = random_below(40);
  cmk_option_streams options = random_options(count);
  fuzz_value(kernels, count, &options);
  fuzz_implied_volatility(kernels, count, &options);
  const cmk_kernels *both[2] = {kernels, generic()};
  double *results[2][9];
  for (int k = 0; k < 2; k++) {
    for (int stream = 0; stream < 9; stream++) results[k][stream] = place_doubles(count);
    double **r = results[k];
    cmk_greek_streams greeks = {r[0], r[1], r[2], r[3], r[4]};
    both[k]->black76_greeks(count, &options, &greeks);
    cmk_higher_greek_streams higher = {r[5], r[6], r[7], r[8]};
    both[k]->black76_higher_greeks(count, &options, &higher);
  }
  static const char *const names[] = {
      "value", "delta", "gamma", "vega", "theta", "vanna", "volga", "charm", "speed"};
  for (int stream = 0; stream < 9; stream++) {
    require_same("black76_greeks", names[stream], count, results[0][stream], results[1][stream]);
  }
}

void fuzz_normals(const cmk_kernels *kernels) {
  int64_t rows = random_below(CMK_TILE_ROWS + 1), factors = random_below(5);
  uint64_t seed = random_word(), first = random_word();
  uint32_t stream = (uint32_t)random_word();
  double *got = place_doubles(CMK_TILE_ROWS * factors);
  double *expected = place_doubles(CMK_TILE_ROWS * factors);
  for (int64_t i = 0; i < CMK_TILE_ROWS * factors; i++) got[i] = expected[i] = -77;
  kernels->philox_normals(rows, factors, seed, stream, first, got);
  generic()->philox_normals(rows, factors, seed, stream, first, expected);
  require_same("philox_normals", "normal", CMK_TILE_ROWS * factors, got, expected);
  for (int64_t factor = 0; factor < factors; factor++) {
    for (int64_t row = rows; row < CMK_TILE_ROWS; row++) {
      double left = got[row + CMK_TILE_ROWS * factor];
      if (left != -77) fail("philox_normals", "row that was not asked for", row, left, -77);
    }
  }
}
