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

/* Profits [scenarios x units], a column after the other: that of (scenario, unit) stands at
   scenario + stride unit. The stride is at least the number of scenarios filled up to whole tiles;
   rows of the fill may hold anything. */

/* P = U Q in one tile: the profit of a unit is the sum over its entries, in their order, of quantity
   x unit_profits[row + 64 column]. offsets has unit_count + 1 elements and counts from the start of
   columns and quantities. profits starts at the tile's first scenario. */
typedef void (*cmk_sparse_product_function)(
    int64_t unit_count, const int64_t *_Nullable restrict offsets,
    const int32_t *_Nullable restrict columns, const double *_Nullable restrict quantities,
    const double *_Nullable restrict unit_profits, int64_t stride,
    double *_Nullable restrict profits);

/* P = X C in one tile: panel X [64 x terms], coefficients C [terms x units], terms in their order.
   profits starts at the tile's first scenario. */
typedef void (*cmk_dense_product_function)(
    int64_t unit_count, int64_t term_count, const double *_Nullable restrict panel,
    const double *_Nullable restrict coefficients, int64_t stride,
    double *_Nullable restrict profits);

/* Profits of all scenarios, at least one. */
typedef struct cmk_profit_columns {
  int64_t scenario_count;
  int64_t stride;
  const double *_Nullable profits;
} cmk_profit_columns;

/* Elements that the kernel may write behind the losses it keeps and the room it works in. */
#define CMK_READING_ROOM 24

/* What is read from the profits of units. Null, or a tail count of zero: not asked for.
   - worst_losses, worst_scenarios [units]: the largest of 0 - profit times loss_factors [scenarios,
     filled up to whole tiles; null: one] and its scenario, ties to the lowest.
   - gaps [units]: the largest |profit - approximation|, which has the shape and stride of profits.
   - tail_losses, tail_scenarios [tail_count x units]: the largest of 0 - profit in the order (loss
     descending, scenario ascending); tail_ranks: the places of a unit's losses by ascending
     scenario. All three have CMK_READING_ROOM more elements. tail_count is at most scenario_count.
   - work_profits, work_scenarios [stride + CMK_READING_ROOM]: room for the kernel, needed for tails. */
typedef struct cmk_readings {
  const double *_Nullable loss_factors;
  double *_Nullable worst_losses;
  int32_t *_Nullable worst_scenarios;
  const double *_Nullable approximation;
  double *_Nullable gaps;
  int64_t tail_count;
  double *_Nullable tail_losses;
  int32_t *_Nullable tail_scenarios;
  int32_t *_Nullable tail_ranks;
  double *_Nullable work_profits;
  int32_t *_Nullable work_scenarios;
} cmk_readings;

/* Returns the first unit with NaN or infinity in a profit or an approximation, beyond which nothing is
   read, or -1. */
typedef int64_t (*cmk_read_columns_function)(
    int64_t unit_count, const cmk_profit_columns *restrict columns,
    const cmk_readings *restrict readings);

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
  cmk_sparse_product_function sparse_product;
  cmk_dense_product_function dense_product;
  cmk_read_columns_function read_columns;
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

/* Dimensions of the Sobol sequence that the table knows. */
#define CMK_SOBOL_DIMENSIONS 1024

/* Direction numbers of the first `dimension_count` dimensions of the Sobol sequence, at most
   CMK_SOBOL_DIMENSIONS: 32 each, dimension after dimension, the first one for the lowest bit of an
   index. */
void cmk_sobol_directions(int64_t dimension_count, uint32_t *numbers);

#pragma clang assume_nonnull end
