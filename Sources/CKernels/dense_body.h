/* P = X C in one tile. */

/* Units and lanes that one step keeps in registers: their sums, the panel's lanes and one coefficient
   fit the register file of the target, where eight lanes are one register or two. */
#ifdef KERNEL_AVX512
#define DENSE_UNITS 3
#define DENSE_LANES TILE_LANES
#else
#define DENSE_UNITS 4
#define DENSE_LANES 1
#endif

/* Profits of `units` (a constant) units. Each element is one FMA chain in the order of the terms, so
   it depends on no other unit and on no tiling. */
INLINE void dense_sums(
    int64_t units, int64_t term_count, const double *panel, const double *coefficients,
    int64_t stride, double *profits) {
  for (int part = 0; part < TILE_LANES; part += DENSE_LANES) {
    lanes sums[DENSE_UNITS][DENSE_LANES];
    for (int64_t unit = 0; unit < units; unit++) {
      for (int v = 0; v < DENSE_LANES; v++) sums[unit][v] = splat(0.0);
    }
    const double *rows = panel + part * LANE_COUNT;
    for (int64_t term = 0; term < term_count; term++) {
      for (int v = 0; v < DENSE_LANES; v++) {
        lanes move = load(rows + term * CMK_TILE_ROWS + v * LANE_COUNT);
        for (int64_t unit = 0; unit < units; unit++) {
          sums[unit][v] = fused(splat(coefficients[unit * term_count + term]), move, sums[unit][v]);
        }
      }
    }
    for (int64_t unit = 0; unit < units; unit++) {
      double *own = profits + unit * stride + part * LANE_COUNT;
      for (int v = 0; v < DENSE_LANES; v++) store(own + v * LANE_COUNT, sums[unit][v]);
    }
  }
}

static void dense_product(
    int64_t unit_count, int64_t term_count, const double *restrict panel,
    const double *restrict coefficients, int64_t stride, double *restrict profits) {
  int64_t unit = 0;
  for (; unit + DENSE_UNITS <= unit_count; unit += DENSE_UNITS) {
    dense_sums(
        DENSE_UNITS, term_count, panel, coefficients + unit * term_count, stride,
        profits + unit * stride);
  }
  for (; unit < unit_count; unit++) {
    dense_sums(
        1, term_count, panel, coefficients + unit * term_count, stride, profits + unit * stride);
  }
}
