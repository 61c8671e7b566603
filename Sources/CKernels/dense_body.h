/* P = X C with the readings of a unit's column. */

/* Units and lanes that one step keeps in registers: their sums, the panel's lanes and one coefficient
   fill the register file of the target. */
#ifdef KERNEL_AVX512
#define DENSE_UNITS 3
#define DENSE_LANES TILE_LANES
#else
#define DENSE_UNITS 3
#define DENSE_LANES 2
#endif

/* Sums of `units` (a constant) units from `first` on, into `profits`. Each element is one FMA chain in
   the order of the terms, so it depends on no other unit and on no tiling. */
INLINE void dense_sums(
    int64_t units, int64_t first, int64_t term_count, const double *panel,
    const double *coefficients, double *profits) {
  for (int part = 0; part < TILE_LANES; part += DENSE_LANES) {
    lanes partial[DENSE_UNITS][DENSE_LANES];
    for (int64_t unit = 0; unit < units; unit++) {
      for (int v = 0; v < DENSE_LANES; v++) partial[unit][v] = splat(0.0);
    }
    const double *rows = panel + part * LANE_COUNT;
    const double *own = coefficients + first * term_count;
    for (int64_t term = 0; term < term_count; term++) {
      for (int v = 0; v < DENSE_LANES; v++) {
        lanes move = load(rows + term * CMK_TILE_ROWS + v * LANE_COUNT);
        for (int64_t unit = 0; unit < units; unit++) {
          partial[unit][v] = fused(splat(own[unit * term_count + term]), move, partial[unit][v]);
        }
      }
    }
    for (int64_t unit = 0; unit < units; unit++) {
      double *own_profits = profits + unit * CMK_TILE_ROWS + part * LANE_COUNT;
      for (int v = 0; v < DENSE_LANES; v++) store(own_profits + v * LANE_COUNT, partial[unit][v]);
    }
  }
}

static int64_t dense_product(
    int64_t unit_count, const cmk_tile *restrict tile, int64_t term_count,
    const double *restrict panel, const double *restrict coefficients,
    const cmk_readings *restrict readings) {
  double profits[DENSE_UNITS * CMK_TILE_ROWS];
  int64_t first_nonfinite = -1;
  for (int64_t first = 0; first < unit_count; first += DENSE_UNITS) {
    int64_t units = unit_count - first < DENSE_UNITS ? unit_count - first : DENSE_UNITS;
    if (units == DENSE_UNITS) {
      dense_sums(DENSE_UNITS, first, term_count, panel, coefficients, profits);
    } else {
      for (int64_t unit = 0; unit < units; unit++) {
        dense_sums(
            1, first + unit, term_count, panel, coefficients, profits + unit * CMK_TILE_ROWS);
      }
    }
    int64_t nonfinite = read_group(first, units, tile, profits, readings);
    if (first_nonfinite < 0) first_nonfinite = nonfinite;
  }
  return first_nonfinite;
}
