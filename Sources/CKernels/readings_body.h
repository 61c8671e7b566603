/* What is read from the P&L of a unit in one tile of 64 scenarios, still in registers, before it is
   dropped. */

#define TILE_LANES (CMK_TILE_ROWS / LANE_COUNT)

/* The rows of a tile that count. `is_full` is a constant where this is inlined: whole tiles need no
   masks. */
typedef struct row_mask {
  int is_full;
  int64_t row_count;
} row_mask;

INLINE integer_lanes counted_rows(row_mask mask, int v, integer_lanes rows) {
  if (mask.is_full) return rows;
  return rows & (row_numbers(v * LANE_COUNT) < (integer_lanes)mask.row_count);
}

/* The P&L of one unit in one tile. */
typedef struct profit_column {
  lanes rows[TILE_LANES];
} profit_column;

/* True where the first `row_count` rows hold NaN or infinity. */
INLINE int has_nonfinite(const profit_column *profits, row_mask mask) {
  /* A sum is finite if all its parts are; where it is not, the parts are looked at. */
  lanes sum = profits->rows[0];
  for (int v = 1; v < TILE_LANES; v++) sum += profits->rows[v];
  if (!any(is_nonfinite(sum))) return 0;
  integer_lanes found = (integer_lanes)0;
  for (int v = 0; v < TILE_LANES; v++) {
    found |= counted_rows(mask, v, is_nonfinite(profits->rows[v]));
  }
  return any(found);
}

/* The smallest profit and its scenario, ties to the lowest. */
INLINE void read_worst(
    const profit_column *profits, const cmk_tile *tile, row_mask mask, const cmk_readings *readings,
    int64_t unit) {
  lanes scaled[TILE_LANES];
  lanes least = splat(__builtin_inf());
  for (int v = 0; v < TILE_LANES; v++) {
    lanes profit = profits->rows[v];
    if (readings->loss_factors) {
      profit *= load(readings->loss_factors + tile->first_scenario + v * LANE_COUNT);
    }
    scaled[v] = choose(counted_rows(mask, v, (integer_lanes)-1), profit, splat(__builtin_inf()));
    least = choose(scaled[v] < least, scaled[v], least);
  }
  if (!any(least < splat(readings->worst_profits[unit]))) return;
  double worst = __builtin_reduce_min(least);
  for (int v = 0; v < TILE_LANES; v++) {
    for (int lane = 0; lane < LANE_COUNT; lane++) {
      if (scaled[v][lane] == worst) {
        readings->worst_profits[unit] = worst;
        readings->worst_scenarios[unit] = tile->first_scenario + v * LANE_COUNT + lane;
        return;
      }
    }
  }
}

INLINE void read_tail(
    const profit_column *profits, const cmk_tile *tile, row_mask mask, const cmk_tails *tails,
    int64_t unit) {
  lanes threshold = splat(tails->thresholds[unit]);
  lanes losses[TILE_LANES];
  integer_lanes selected[TILE_LANES];
  integer_lanes found = (integer_lanes)0;
  for (int v = 0; v < TILE_LANES; v++) {
    /* Zero less the profit: a profit of zero is a loss of plus zero. */
    losses[v] = splat(0.0) - profits->rows[v];
    selected[v] = counted_rows(mask, v, losses[v] > threshold);
    found |= selected[v];
  }
  if (!any(found)) return;
  loss_buffer buffer = {
      tails->losses + unit * tails->capacity, tails->scenarios + unit * tails->capacity,
      tails->sizes[unit]};
  for (int v = 0; v < TILE_LANES; v++) {
    scenario_lanes scenarios = {0, 1, 2, 3, 4, 5, 6, 7};
    scenarios += tile->first_scenario + v * LANE_COUNT;
    append_selected(&buffer, losses[v], scenarios, selected[v]);
  }
  if (buffer.size > tails->capacity - CMK_TILE_ROWS - LANE_COUNT) {
    tails->thresholds[unit] = cut_tail(&buffer, tails->count);
  }
  tails->sizes[unit] = buffer.size;
}

/* The largest |profit - approximation|. */
INLINE void read_gap(
    const profit_column *profits, row_mask mask, const cmk_readings *readings, int64_t unit) {
  const double *other = readings->approximation + unit * CMK_TILE_ROWS;
  lanes most = splat(readings->gaps[unit]);
  for (int v = 0; v < TILE_LANES; v++) {
    lanes gap = magnitude(profits->rows[v] - load(other + v * LANE_COUNT));
    most = choose(counted_rows(mask, v, gap > most), gap, most);
  }
  readings->gaps[unit] = __builtin_reduce_max(most);
}

/* All readings that are asked for. Returns whether the profits are finite. */
INLINE int read_column(
    const profit_column *profits, const cmk_tile *tile, row_mask mask, const cmk_readings *readings,
    int64_t unit) {
  if (has_nonfinite(profits, mask)) return 0;
  if (readings->worst_profits) read_worst(profits, tile, mask, readings, unit);
  if (readings->tails.count > 0) read_tail(profits, tile, mask, &readings->tails, unit);
  if (readings->gaps) read_gap(profits, mask, readings, unit);
  if (readings->columns) {
    for (int v = 0; v < TILE_LANES; v++) {
      store(readings->columns + unit * CMK_TILE_ROWS + v * LANE_COUNT, profits->rows[v]);
    }
  }
  return 1;
}

INLINE int64_t read_masked_group(
    int64_t first, int64_t unit_count, const cmk_tile *tile, row_mask mask, const double *profits,
    const cmk_readings *readings) {
  int64_t first_nonfinite = -1;
  for (int64_t unit = 0; unit < unit_count; unit++) {
    profit_column column;
    for (int v = 0; v < TILE_LANES; v++) {
      column.rows[v] = load(profits + unit * CMK_TILE_ROWS + v * LANE_COUNT);
    }
    int is_finite = read_column(&column, tile, mask, readings, first + unit);
    if (!is_finite && first_nonfinite < 0) first_nonfinite = first + unit;
  }
  return first_nonfinite;
}

/* Reads units from `first` on, whose profits stand in memory. Returns the first with NaN or infinity,
   or -1. */
static int64_t read_group(
    int64_t first, int64_t unit_count, const cmk_tile *tile, const double *profits,
    const cmk_readings *readings) {
  if (tile->row_count == CMK_TILE_ROWS) {
    return read_masked_group(first, unit_count, tile, (row_mask){1, 0}, profits, readings);
  }
  row_mask mask = {0, tile->row_count};
  return read_masked_group(first, unit_count, tile, mask, profits, readings);
}

static int64_t read_columns(
    int64_t unit_count, const cmk_tile *restrict tile, const double *restrict profits,
    const cmk_readings *restrict readings) {
  return read_group(0, unit_count, tile, profits, readings);
}

static void sort_tails(
    int64_t unit_count, const cmk_tails *restrict tails, double *restrict losses,
    int32_t *restrict scenarios, int32_t *restrict by_scenario) {
  for (int64_t unit = 0; unit < unit_count; unit++) {
    loss_buffer buffer = {
        tails->losses + unit * tails->capacity, tails->scenarios + unit * tails->capacity,
        tails->sizes[unit]};
    tails->sizes[unit] = sort_tail(
        &buffer, tails->count, losses + unit * tails->count, scenarios + unit * tails->count,
        by_scenario + unit * tails->count);
  }
}
