/* From unit P&L to risk units, and what is read from their columns before they are dropped. A tile
   is 64 scenarios by things, column-major; a ragged last tile has rows of zeros that the readings
   leave out by row_count. */

#define TILE_LANES (CMK_TILE_ROWS / LANE_COUNT)

/* Each element is one FMA chain in the order of the entries, so it does not depend on tiling. */
static void sparse_accumulate(
    int64_t unit_count, const int64_t *restrict offsets, const int32_t *restrict columns,
    const double *restrict quantities, const double *restrict tile, double *restrict out) {
  for (int64_t unit = 0; unit < unit_count; unit++) {
    lanes sums[TILE_LANES];
    for (int v = 0; v < TILE_LANES; v++) sums[v] = splat(0.0);
    for (int64_t entry = offsets[unit]; entry < offsets[unit + 1]; entry++) {
      const double *column = tile + (int64_t)columns[entry] * CMK_TILE_ROWS;
      lanes quantity = splat(quantities[entry]);
      for (int v = 0; v < TILE_LANES; v++) {
        sums[v] = fused(quantity, load(column + v * LANE_COUNT), sums[v]);
      }
    }
    double *target = out + unit * CMK_TILE_ROWS;
    for (int v = 0; v < TILE_LANES; v++) store(target + v * LANE_COUNT, sums[v]);
  }
}

INLINE integer_lanes row_numbers(int64_t first) {
  integer_lanes lane = {0, 1, 2, 3, 4, 5, 6, 7};
  return lane + first;
}

/* The smallest of eight running minima, ties to the lowest row. */
INLINE void least_lane(lanes best, integer_lanes rows, double *value, int64_t *row) {
  *value = best[0];
  *row = rows[0];
  for (int lane = 1; lane < LANE_COUNT; lane++) {
    if (best[lane] < *value || (best[lane] == *value && rows[lane] < *row)) {
      *value = best[lane];
      *row = rows[lane];
    }
  }
}

static int64_t worst_update(
    int64_t unit_count, int64_t row_count, int32_t first_scenario, const double *restrict profits,
    double *restrict worst_profit, int32_t *restrict worst_scenario) {
  int64_t first_nonfinite = -1;
  if (row_count <= 0) return first_nonfinite;
  for (int64_t unit = 0; unit < unit_count; unit++) {
    const double *column = profits + unit * CMK_TILE_ROWS;
    lanes best = splat(__builtin_inf());
    integer_lanes best_rows = row_numbers(0);
    integer_lanes nonfinite = (integer_lanes)0;
    for (int64_t row = 0; row < row_count; row += LANE_COUNT) {
      integer_lanes rows = row_numbers(row);
      integer_lanes counted = rows < (integer_lanes)row_count;
      lanes profit = load(column + row);
      nonfinite |= is_nonfinite(profit) & counted;
      integer_lanes better = (profit < best) & counted;
      best = choose(better, profit, best);
      best_rows = (better & rows) | (~better & best_rows);
    }
    if (any(nonfinite) && first_nonfinite < 0) first_nonfinite = unit;
    double profit;
    int64_t row;
    least_lane(best, best_rows, &profit, &row);
    int32_t scenario = first_scenario + (int32_t)row;
    if (profit < worst_profit[unit] ||
        (profit == worst_profit[unit] && scenario < worst_scenario[unit])) {
      worst_profit[unit] = profit;
      worst_scenario[unit] = scenario;
    }
  }
  return first_nonfinite;
}

static int64_t max_abs_difference_update(
    int64_t unit_count, int64_t row_count, int32_t first_scenario, const double *restrict left,
    const double *restrict right, double *restrict difference, int32_t *restrict scenario) {
  int64_t first_nonfinite = -1;
  if (row_count <= 0) return first_nonfinite;
  for (int64_t unit = 0; unit < unit_count; unit++) {
    const int64_t start = unit * CMK_TILE_ROWS;
    /* Minus the distance is minimised, so that ties fall as in worst_update. */
    lanes best = splat(__builtin_inf());
    integer_lanes best_rows = row_numbers(0);
    integer_lanes nonfinite = (integer_lanes)0;
    for (int64_t row = 0; row < row_count; row += LANE_COUNT) {
      integer_lanes rows = row_numbers(row);
      integer_lanes counted = rows < (integer_lanes)row_count;
      lanes distance = magnitude(load(left + start + row) - load(right + start + row));
      nonfinite |= is_nonfinite(distance) & counted;
      integer_lanes better = (-distance < best) & counted;
      best = choose(better, -distance, best);
      best_rows = (better & rows) | (~better & best_rows);
    }
    if (any(nonfinite) && first_nonfinite < 0) first_nonfinite = unit;
    double least;
    int64_t row;
    least_lane(best, best_rows, &least, &row);
    int32_t candidate = first_scenario + (int32_t)row;
    if (-least > difference[unit] ||
        (-least == difference[unit] && candidate < scenario[unit])) {
      difference[unit] = -least;
      scenario[unit] = candidate;
    }
  }
  return first_nonfinite;
}

/* Whether (loss, scenario) stands before the other in the order loss descending, scenario
   ascending. */
INLINE int outranks(double loss, int32_t scenario, double other_loss, int32_t other_scenario) {
  return loss > other_loss || (loss == other_loss && scenario < other_scenario);
}

/* Puts an entry at the free place `hole` and lets it sink below all that it outranks. */
INLINE void heap_sink(
    double *losses, int32_t *scenarios, int64_t size, int64_t hole, double loss, int32_t scenario) {
  for (;;) {
    int64_t child = 2 * hole + 1;
    if (child >= size) break;
    if (child + 1 < size && outranks(losses[child], scenarios[child], losses[child + 1],
                                     scenarios[child + 1])) {
      child++;
    }
    if (!outranks(loss, scenario, losses[child], scenarios[child])) break;
    losses[hole] = losses[child];
    scenarios[hole] = scenarios[child];
    hole = child;
  }
  losses[hole] = loss;
  scenarios[hole] = scenario;
}

/* Adds an entry at the end and lets it rise above all that outrank it. */
INLINE void heap_append(
    double *losses, int32_t *scenarios, int64_t size, double loss, int32_t scenario) {
  int64_t hole = size;
  while (hole > 0) {
    int64_t parent = (hole - 1) / 2;
    if (!outranks(losses[parent], scenarios[parent], loss, scenario)) break;
    losses[hole] = losses[parent];
    scenarios[hole] = scenarios[parent];
    hole = parent;
  }
  losses[hole] = loss;
  scenarios[hole] = scenario;
}

INLINE void tail_offer(
    double *losses, int32_t *scenarios, int64_t capacity, int64_t *size, double loss,
    int32_t scenario) {
  if (*size < capacity) {
    heap_append(losses, scenarios, *size, loss, scenario);
    *size += 1;
  } else if (outranks(loss, scenario, losses[0], scenarios[0])) {
    heap_sink(losses, scenarios, capacity, 0, loss, scenario);
  }
}

static int64_t tail_update(
    int64_t unit_count, int64_t row_count, int32_t first_scenario, const double *restrict profits,
    int64_t capacity, double *restrict losses, int32_t *restrict scenarios,
    int64_t *restrict sizes) {
  int64_t first_nonfinite = -1;
  for (int64_t unit = 0; unit < unit_count; unit++) {
    const double *column = profits + unit * CMK_TILE_ROWS;
    double *heap_losses = losses + unit * capacity;
    int32_t *heap_scenarios = scenarios + unit * capacity;
    integer_lanes nonfinite = (integer_lanes)0;
    for (int64_t row = 0; row < row_count; row += LANE_COUNT) {
      integer_lanes counted = row_numbers(row) < (integer_lanes)row_count;
      /* Zero less the profit: a profit of zero is a loss of plus zero. */
      lanes loss = splat(0.0) - load(column + row);
      nonfinite |= is_nonfinite(loss) & counted;
      if (capacity <= 0) continue;
      if (sizes[unit] == capacity) counted &= loss >= splat(heap_losses[0]);
      if (!any(counted)) continue;
      for (int lane = 0; lane < LANE_COUNT; lane++) {
        if (!counted[lane]) continue;
        int32_t scenario = first_scenario + (int32_t)(row + lane);
        tail_offer(heap_losses, heap_scenarios, capacity, &sizes[unit], loss[lane], scenario);
      }
    }
    if (any(nonfinite) && first_nonfinite < 0) first_nonfinite = unit;
  }
  return first_nonfinite;
}
