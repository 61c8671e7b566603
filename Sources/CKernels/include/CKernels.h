/* The SIMD core of CrossMargin: plain C, no allocation, no errno, no state.

   One body per kernel is compiled for several instruction sets; cmk_kernels_for returns the table
   of one of them. Every target does the same operations in the same order, so results agree bit for
   bit. Counts come first, inputs next, outputs last. A count of zero does nothing; ragged tails are
   handled. */
#pragma once

#include <stdint.h>

#pragma clang assume_nonnull begin

/* Rows of a tile of scenarios; also the leading dimension of every tile. */
#define CMK_TILE_ROWS 64

typedef enum cmk_target : int32_t {
  CMK_TARGET_GENERIC = 0,
  CMK_TARGET_AVX2 = 1,
  CMK_TARGET_AVX512 = 2
} cmk_target;

/* Undiscounted Black (1976) value of options of one strike and expiry on many forwards.
   forward >= 0 finite; volatility annual, at or below zero counts as zero; strike >= 0;
   expiry_years >= 0; sign is +1 for a call, -1 for a put. NaN in a stream gives NaN in the value.
   */
typedef void (*cmk_black76_value_function)(
    int64_t count, const double *_Nullable restrict forward,
    const double *_Nullable restrict volatility, double strike, double expiry_years, double sign,
    double *_Nullable restrict value);

/* Streams of cmk_black76_greeks, each of `count` elements. */
typedef struct cmk_option_streams {
  const double *_Nullable forward;
  const double *_Nullable strike;
  const double *_Nullable expiry_years;
  const double *_Nullable volatility;
  const double *_Nullable sign;
} cmk_option_streams;

/* Undiscounted value and derivatives: delta dV/dF, gamma d2V/dF2, vega dV/dsigma, theta dV/dt per
   year at fixed forward and volatility. No stream may overlap another. */
typedef struct cmk_greek_streams {
  double *_Nullable value;
  double *_Nullable delta;
  double *_Nullable gamma;
  double *_Nullable vega;
  double *_Nullable theta;
} cmk_greek_streams;

/* Further derivatives: vanna d2V/(dF dsigma), volga d2V/dsigma2, charm d2V/(dF dt) at fixed forward
   and volatility, speed d3V/dF3. No stream may overlap another. */
typedef struct cmk_higher_greek_streams {
  double *_Nullable vanna;
  double *_Nullable volga;
  double *_Nullable charm;
  double *_Nullable speed;
} cmk_higher_greek_streams;

typedef void (*cmk_black76_greeks_function)(
    int64_t count, const cmk_option_streams *restrict options,
    const cmk_greek_streams *restrict greeks);

typedef void (*cmk_black76_higher_greeks_function)(
    int64_t count, const cmk_option_streams *restrict options,
    const cmk_higher_greek_streams *restrict greeks);

/* What an implied volatility is. */
typedef enum cmk_implied_status : int32_t {
  CMK_IMPLIED_OK = 0,
  CMK_IMPLIED_ZERO_VOLATILITY = 1, /* the price is the intrinsic value */
  CMK_IMPLIED_BELOW_INTRINSIC = 2,
  CMK_IMPLIED_ABOVE_MAXIMUM = 3, /* the forward for a call, the strike for a put, or more */
  CMK_IMPLIED_INVALID = 4        /* not a number, not finite, or no time to expiry */
} cmk_implied_status;

/* Annual volatilities that give undiscounted prices; options->volatility is not read. Without a root
   the volatility is NaN, or zero for CMK_IMPLIED_ZERO_VOLATILITY. attainable_error is the relative
   change of the volatility that half a unit in the last place of the price makes; NaN without a root.
 */
typedef void (*cmk_implied_volatility_function)(
    int64_t count, const cmk_option_streams *restrict options,
    const double *_Nullable restrict price, double *_Nullable restrict volatility,
    double *_Nullable restrict attainable_error, int32_t *_Nullable restrict status);

/* y[i] = f(x[i]). */
typedef void (*cmk_elementary_function)(
    int64_t count, const double *_Nullable restrict x, double *_Nullable restrict y);

/* y[i] = ln(a[i] / b[i]). */
typedef void (*cmk_logarithm_of_ratio_function)(
    int64_t count, const double *_Nullable restrict a, const double *_Nullable restrict b,
    double *_Nullable restrict y);

/* Standard normals tile[row + 64 factor] = normal(seed, stream, first_scenario + row, factor): a
   pure function of its four coordinates. Rows from row_count (at most 64) on are left as they are.
   */
typedef void (*cmk_philox_normals_function)(
    int64_t row_count, int64_t factor_count, uint64_t seed, uint32_t stream,
    uint64_t first_scenario, double *_Nullable restrict tile);

/* A tile of scenarios: `row_count` (at most 64) of them from `first_scenario` on. */
typedef struct cmk_tile {
  int64_t row_count;
  int32_t first_scenario;
} cmk_tile;

/* The `count` largest losses of each unit, in the order (loss descending, scenario ascending), while
   tiles come by ascending scenario. losses and scenarios are [capacity x units] with a capacity of at
   least count + 144, sizes [units] start at zero, thresholds [units] at -infinity. */
typedef struct cmk_tails {
  int64_t count;
  int64_t capacity;
  double *_Nullable losses;
  int32_t *_Nullable scenarios;
  int64_t *_Nullable sizes;
  double *_Nullable thresholds;
} cmk_tails;

/* What is read from the profits of units. Null, or a tail count of zero: not asked for.
   - worst_profits, worst_scenarios [units]: the smallest profit times loss_factors [scenarios, filled
     up to whole tiles; null: one] and its scenario, ties to the lowest; start at +infinity and
     INT32_MAX, tiles come by ascending scenario.
   - gaps [units]: the largest |profit - approximation|, approximation [64 x units] being that of the
     tile; start at zero.
   - columns [64 x units]: the profits themselves. */
typedef struct cmk_readings {
  const double *_Nullable loss_factors;
  double *_Nullable worst_profits;
  int32_t *_Nullable worst_scenarios;
  cmk_tails tails;
  const double *_Nullable approximation;
  double *_Nullable gaps;
  double *_Nullable columns;
} cmk_readings;

/* Readings of profits [64 x units]. All three kernels return the first unit with NaN or infinity in
   the tile, which is read no further, or -1. */
typedef int64_t (*cmk_read_columns_function)(
    int64_t unit_count, const cmk_tile *restrict tile, const double *_Nullable restrict profits,
    const cmk_readings *restrict readings);

/* Readings of P = U Q: the profit of a unit is the sum over its entries, in their order, of quantity
   x unit_profits[row + 64 column]. offsets has unit_count + 1 elements and counts from the start of
   columns and quantities. */
typedef int64_t (*cmk_sparse_product_function)(
    int64_t unit_count, const cmk_tile *restrict tile, const int64_t *_Nullable restrict offsets,
    const int32_t *_Nullable restrict columns, const double *_Nullable restrict quantities,
    const double *_Nullable restrict unit_profits, const cmk_readings *restrict readings);

/* Readings of P = X C: panel X [64 x terms], coefficients C [terms x units], terms in their order. */
typedef int64_t (*cmk_dense_product_function)(
    int64_t unit_count, const cmk_tile *restrict tile, int64_t term_count,
    const double *_Nullable restrict panel, const double *_Nullable restrict coefficients,
    const cmk_readings *restrict readings);

/* The tails in their order: losses, scenarios [count x units]; by_scenario [count x units] holds the
   places of a unit's losses by ascending scenario. All three have room for 16 more. sizes become the numbers of losses. The buffers
   of the tails are used up. */
typedef void (*cmk_sort_tails_function)(
    int64_t unit_count, const cmk_tails *restrict tails, double *_Nullable restrict losses,
    int32_t *_Nullable restrict scenarios, int32_t *_Nullable restrict by_scenario);

/* The kernels of one target. */
typedef struct cmk_kernels {
  cmk_target target;
  cmk_black76_value_function black76_value;
  cmk_black76_greeks_function black76_greeks;
  cmk_black76_higher_greeks_function black76_higher_greeks;
  cmk_implied_volatility_function implied_volatility;
  cmk_elementary_function exponential;
  cmk_elementary_function logarithm;
  cmk_logarithm_of_ratio_function logarithm_of_ratio;
  cmk_elementary_function normal_density;
  cmk_elementary_function normal_cdf;
  cmk_elementary_function normal_complement;
  cmk_elementary_function normal_quantile;
  cmk_elementary_function mills_ratio;
  cmk_philox_normals_function philox_normals;
  cmk_read_columns_function read_columns;
  cmk_sparse_product_function sparse_product;
  cmk_dense_product_function dense_product;
  cmk_sort_tails_function sort_tails;
} cmk_kernels;

/* The table of a target, or null when this build or this CPU lacks it. The generic one always
   exists. */
const cmk_kernels *_Nullable cmk_kernels_for(cmk_target target);

/* Philox bijections with a chosen number of rounds, in place: counter in, random words out
   [Salmon et al. 2011, section 3]. Ten rounds are standard. */
void cmk_philox2x32(int64_t rounds, uint32_t key, uint32_t counter[_Nonnull 2]);
void cmk_philox4x32(int64_t rounds, const uint32_t key[_Nonnull 2], uint32_t counter[_Nonnull 4]);
void cmk_philox2x64(int64_t rounds, uint64_t key, uint64_t counter[_Nonnull 2]);
void cmk_philox4x64(int64_t rounds, const uint64_t key[_Nonnull 2], uint64_t counter[_Nonnull 4]);

#pragma clang assume_nonnull end
