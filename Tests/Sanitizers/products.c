/* Products and readings beside plain loops and a plain sort. */
#include <math.h>
#include <stdlib.h>

#include "fuzz.h"

typedef struct scored {
  double profit;
  int64_t scenario;
} scored;

static int by_profit(const void *left, const void *right) {
  const scored *a = left, *b = right;
  if (a->profit != b->profit) return a->profit < b->profit ? -1 : 1;
  return a->scenario < b->scenario ? -1 : 1;
}

/* Profits of one kind: smooth, heavy-tailed, of few values, all equal, sorted. */
static void fill_profits(double *profits, int64_t count) {
  int64_t kind = random_below(6);
  double level = random_between(-10, 10);
  for (int64_t i = 0; i < count; i++) {
    switch (kind) {
      case 0: profits[i] = random_between(-1, 1); break;
      case 1: profits[i] = 1 / random_between(-1, 1); break;
      case 2: profits[i] = (double)random_below(3) - 1; break;
      case 3: profits[i] = level; break;
      case 4: profits[i] = level - (double)i; break;
      default: profits[i] = ldexp(random_between(-1, 1), (int)random_below(2000) - 1000);
    }
  }
}

static void check_unit(
    const double *profits, const double *approximation, int64_t scenarios, int64_t unit,
    const cmk_readings *readings) {
  scored *order = malloc((size_t)scenarios * sizeof *order);
  const double *factors = readings->loss_factors;
  double gap = 0;
  for (int64_t i = 0; i < scenarios; i++) {
    order[i] = (scored){factors ? profits[i] * factors[i] : profits[i], i};
    gap = fmax(gap, fabs(profits[i] - approximation[i]));
  }
  qsort(order, (size_t)scenarios, sizeof *order, by_profit);
  if (readings->worst_losses[unit] != -order[0].profit) {
    fail("read_columns", "worst loss", unit, readings->worst_losses[unit], -order[0].profit);
  }
  if (readings->worst_scenarios[unit] != order[0].scenario) {
    fail(
        "read_columns", "worst scenario", unit, readings->worst_scenarios[unit],
        (double)order[0].scenario);
  }
  if (readings->gaps[unit] != gap) {
    fail("read_columns", "gap", unit, readings->gaps[unit], gap);
  }
  for (int64_t i = 0; i < scenarios; i++) order[i] = (scored){profits[i], i};
  qsort(order, (size_t)scenarios, sizeof *order, by_profit);
  int64_t before = -1;
  for (int64_t rank = 0; rank < readings->tail_count; rank++) {
    int64_t place = unit * readings->tail_count + rank;
    double loss = readings->tail_losses[place];
    if (loss != -order[rank].profit) fail("read_columns", "loss", place, loss, -order[rank].profit);
    int64_t scenario = readings->tail_scenarios[place];
    if (scenario != order[rank].scenario) {
      fail("read_columns", "scenario", place, (double)scenario, (double)order[rank].scenario);
    }
    int64_t next = order[readings->tail_ranks[unit * readings->tail_count + rank]].scenario;
    if (next <= before) fail("read_columns", "order of ranks", place, (double)next, (double)before);
    before = next;
  }
  free(order);
}

static void fuzz_readings(const cmk_kernels *kernels) {
  int64_t units = random_below(4), scenarios = 1 + random_below(random_below(4) ? 200 : 2000);
  int64_t tiles = (scenarios + CMK_TILE_ROWS - 1) / CMK_TILE_ROWS * CMK_TILE_ROWS;
  int64_t stride = tiles + random_below(10);
  /* What is behind a column's whole tiles need not be there for the last one. */
  int64_t length = units > 0 ? (units - 1) * stride + tiles : 0;
  double *profits = place_doubles(length), *approximation = place_doubles(length);
  double *factors = place_doubles(tiles);
  for (int64_t i = 0; i < length; i++) {
    profits[i] = NAN;
    approximation[i] = -INFINITY;
  }
  for (int64_t unit = 0; unit < units; unit++) {
    fill_profits(profits + unit * stride, scenarios);
    fill_profits(approximation + unit * stride, scenarios);
  }
  for (int64_t i = 0; i < tiles; i++) factors[i] = i < scenarios ? random_between(0.1, 2) : NAN;
  int64_t tail = random_below((scenarios < 100 || random_below(4) == 0 ? scenarios : 100) + 1);
  cmk_readings readings = {
      .loss_factors = random_below(2) ? factors : 0,
      .worst_losses = place_doubles(units),
      .worst_scenarios = place(units, sizeof(int32_t)),
      .approximation = approximation,
      .gaps = place_doubles(units),
      .tail_count = tail,
      .tail_losses = place_doubles(units * tail + CMK_READING_ROOM),
      .tail_scenarios = place(units * tail + CMK_READING_ROOM, sizeof(int32_t)),
      .tail_ranks = place(units * tail + CMK_READING_ROOM, sizeof(int32_t)),
      .work_profits = place_doubles(stride + CMK_READING_ROOM),
      .work_scenarios = place(stride + CMK_READING_ROOM, sizeof(int32_t))};
  cmk_profit_columns columns = {scenarios, stride, profits};
  int64_t bad = kernels->read_columns(units, &columns, &readings);
  if (bad != -1) fail("read_columns", "finite profit called bad", bad, (double)bad, -1);
  for (int64_t unit = 0; unit < units; unit++) {
    check_unit(
        profits + unit * stride, approximation + unit * stride, scenarios, unit, &readings);
  }
  if (units == 0) return;
  int64_t unit = random_below(units), scenario = random_below(scenarios);
  double *changed = random_below(2) ? profits : approximation;
  changed[unit * stride + scenario] = random_below(2) ? NAN : -INFINITY;
  bad = kernels->read_columns(units, &columns, &readings);
  if (bad != unit) fail("read_columns", "unit with a bad profit", unit, (double)bad, (double)unit);
}

/* Columns of one tile for `units` units, as a kernel and as a plain loop fill them. Rows between
   columns are not to be touched. */
typedef struct product_columns {
  int64_t stride, length;
  double *got, *expected;
} product_columns;

static product_columns place_columns(int64_t units) {
  int64_t stride = CMK_TILE_ROWS * (1 + random_below(3)) + random_below(9);
  int64_t length = units > 0 ? (units - 1) * stride + CMK_TILE_ROWS : 0;
  product_columns columns = {stride, length, place_doubles(length), place_doubles(length)};
  for (int64_t i = 0; i < length; i++) columns.got[i] = columns.expected[i] = -77;
  return columns;
}

static void fuzz_sparse_product(const cmk_kernels *kernels) {
  int64_t units = random_below(6), columns = 1 + random_below(9);
  int64_t entries = units > 0 ? random_below(60) : 0;
  int64_t *offsets = place(units + 1, sizeof(int64_t));
  offsets[0] = 0;
  for (int64_t unit = 1; unit <= units; unit++) {
    offsets[unit] =
        unit == units ? entries : offsets[unit - 1] + random_below(entries - offsets[unit - 1] + 1);
  }
  int32_t *column = place(entries, sizeof(int32_t));
  double *quantities = place_doubles(entries);
  double *tile = place_doubles(CMK_TILE_ROWS * columns);
  for (int64_t i = 0; i < entries; i++) {
    column[i] = (int32_t)random_below(columns);
    quantities[i] = random_between(-10, 10);
  }
  for (int64_t i = 0; i < CMK_TILE_ROWS * columns; i++) tile[i] = random_value();
  product_columns profits = place_columns(units);
  for (int64_t unit = 0; unit < units; unit++) {
    for (int64_t row = 0; row < CMK_TILE_ROWS; row++) {
      double sum = 0;
      for (int64_t i = offsets[unit]; i < offsets[unit + 1]; i++) {
        sum = fma(quantities[i], tile[row + CMK_TILE_ROWS * column[i]], sum);
      }
      profits.expected[unit * profits.stride + row] = sum;
    }
  }
  kernels->sparse_product(units, offsets, column, quantities, tile, profits.stride, profits.got);
  require_same("sparse_product", "profit", profits.length, profits.got, profits.expected);
}

static void fuzz_dense_product(const cmk_kernels *kernels) {
  int64_t units = random_below(12), terms = random_below(30);
  double *panel = place_doubles(CMK_TILE_ROWS * terms);
  double *coefficients = place_doubles(terms * units);
  for (int64_t i = 0; i < CMK_TILE_ROWS * terms; i++) panel[i] = random_value();
  for (int64_t i = 0; i < terms * units; i++) coefficients[i] = random_between(-10, 10);
  product_columns profits = place_columns(units);
  for (int64_t unit = 0; unit < units; unit++) {
    for (int64_t row = 0; row < CMK_TILE_ROWS; row++) {
      double sum = 0;
      for (int64_t term = 0; term < terms; term++) {
        sum = fma(panel[row + CMK_TILE_ROWS * term], coefficients[term + terms * unit], sum);
      }
      profits.expected[unit * profits.stride + row] = sum;
    }
  }
  kernels->dense_product(units, terms, panel, coefficients, profits.stride, profits.got);
  require_same("dense_product", "profit", profits.length, profits.got, profits.expected);
}

void fuzz_products(const cmk_kernels *kernels) {
  fuzz_readings(kernels);
  fuzz_sparse_product(kernels);
  fuzz_dense_product(kernels);
}
