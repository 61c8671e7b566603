/* What is read of the profits of a unit over all scenarios. Each reading is a pass over the column,
   which the first pass has brought into the nearest cache. */

/* The lanes of a tile that belong to its first `row_count` rows, a constant where tiles are whole. */
INLINE integer_lanes counted_rows(int64_t row_count, int v) {
  if (row_count >= CMK_TILE_ROWS) return (integer_lanes)-1;
  return row_numbers(v * LANE_COUNT) < (integer_lanes)row_count;
}

/* The least profits of 64 groups of scenarios: group g holds those that are g mod 64. */
typedef struct group_minima {
  lanes least[TILE_LANES];
  lanes nonfinite[4]; /* zero, or NaN where a profit is NaN or infinite */
} group_minima;

INLINE group_minima add_tile(group_minima minima, const double *profits, int64_t row_count) {
#pragma clang loop unroll(full)
  for (int v = 0; v < TILE_LANES; v++) {
    integer_lanes counted = counted_rows(row_count, v);
    lanes profit = load(profits + v * LANE_COUNT);
    minima.nonfinite[v % 4] =
        fused(choose(counted, profit, splat(0.0)), splat(0.0), minima.nonfinite[v % 4]);
    minima.least[v] = lesser(choose(counted, profit, splat(__builtin_inf())), minima.least[v]);
  }
  return minima;
}

/* Returns whether all profits are finite. */
INLINE int find_group_minima(const double *profits, int64_t scenario_count, lanes *least) {
  group_minima minima;
  for (int v = 0; v < TILE_LANES; v++) minima.least[v] = splat(__builtin_inf());
  for (int i = 0; i < 4; i++) minima.nonfinite[i] = splat(0.0);
  int64_t first = 0;
  for (; first + CMK_TILE_ROWS <= scenario_count; first += CMK_TILE_ROWS) {
    minima = add_tile(minima, profits + first, CMK_TILE_ROWS);
  }
  if (first < scenario_count) minima = add_tile(minima, profits + first, scenario_count - first);
  for (int v = 0; v < TILE_LANES; v++) least[v] = minima.least[v];
  lanes nonfinite =
      (minima.nonfinite[0] + minima.nonfinite[1]) + (minima.nonfinite[2] + minima.nonfinite[3]);
  return !any(nonfinite != splat(0.0));
}

/* The least profit times its factor. */
INLINE double least_scaled(const double *profits, const double *factors, int64_t scenario_count) {
  lanes least = splat(__builtin_inf());
  for (int64_t i = 0; i < scenario_count; i += LANE_COUNT) {
    lanes scaled = load(profits + i) * load(factors + i);
    integer_lanes counted = row_numbers(i) < (integer_lanes)scenario_count;
    least = lesser(choose(counted, scaled, splat(__builtin_inf())), least);
  }
  return least_lane(least);
}

/* The first scenario whose profit times its factor is `worst`; there is one. */
INLINE int32_t find_scenario(const double *profits, const double *factors, double worst) {
  for (int32_t first = 0;; first += LANE_COUNT) {
    lanes profit = load(profits + first);
    if (factors) profit *= load(factors + first);
    uint64_t found = lane_bits(profit == splat(worst));
    if (found) return first + __builtin_ctzll(found);
  }
}

/* The largest |profit - approximation|; NaN if an approximation is NaN or infinite. */
INLINE double largest_gap(
    const double *profits, const double *approximation, int64_t scenario_count) {
  lanes most = splat(0.0), nonfinite = splat(0.0);
  for (int64_t i = 0; i < scenario_count; i += LANE_COUNT) {
    lanes gap = magnitude(load(profits + i) - load(approximation + i));
    integer_lanes counted = row_numbers(i) < (integer_lanes)scenario_count;
    gap = choose(counted, gap, splat(0.0));
    nonfinite = fused(gap, splat(0.0), nonfinite);
    most = choose(gap > most, gap, most);
  }
  return any(nonfinite != splat(0.0)) ? __builtin_nan("") : greatest_lane(most);
}

static int64_t read_columns(
    int64_t unit_count, const cmk_profit_columns *restrict columns,
    const cmk_readings *restrict readings) {
  const double *factors = readings->loss_factors;
  int64_t tail_count = readings->tail_count;
  for (int64_t unit = 0; unit < unit_count; unit++) {
    const double *profits = columns->profits + unit * columns->stride;
    lanes least[TILE_LANES];
    if (!find_group_minima(profits, columns->scenario_count, least)) return unit;
    if (readings->gaps) {
      double gap = largest_gap(
          profits, readings->approximation + unit * columns->stride, columns->scenario_count);
      if (gap != gap) return unit;
      readings->gaps[unit] = gap;
    }
    if (tail_count > 0) read_tail(columns, profits, least, readings, unit);
    if (readings->worst_losses && tail_count > 0 && !factors) {
      readings->worst_losses[unit] = readings->tail_losses[unit * tail_count];
      readings->worst_scenarios[unit] = readings->tail_scenarios[unit * tail_count];
    } else if (readings->worst_losses) {
      double worst;
      if (factors) {
        worst = least_scaled(profits, factors, columns->scenario_count);
      } else {
        for (int v = 1; v < TILE_LANES; v++) least[0] = lesser(least[v], least[0]);
        worst = least_lane(least[0]);
      }
      readings->worst_losses[unit] = 0.0 - worst;
      readings->worst_scenarios[unit] = find_scenario(profits, factors, worst);
    }
  }
  return -1;
}
