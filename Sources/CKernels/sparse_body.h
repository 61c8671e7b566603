/* P = U Q with the readings of a unit's column. */

/* Units that are summed before they are read: their profits stay in the nearest cache, and the
   branches of the readings do not hold up the loads of the sums. */
#define SPARSE_GROUP 8

/* The profits of one unit. Each element is one FMA chain in the order of the entries, so it depends on
   no other unit and on no tiling. */
INLINE void sparse_sum(
    int64_t first, int64_t last, const int32_t *columns, const double *quantities,
    const double *unit_profits, double *profits) {
  lanes sums[TILE_LANES];
  for (int v = 0; v < TILE_LANES; v++) sums[v] = splat(0.0);
  for (int64_t entry = first; entry < last; entry++) {
    const double *column = unit_profits + (int64_t)columns[entry] * CMK_TILE_ROWS;
    lanes quantity = splat(quantities[entry]);
    for (int v = 0; v < TILE_LANES; v++) {
      sums[v] = fused(quantity, load(column + v * LANE_COUNT), sums[v]);
    }
  }
  for (int v = 0; v < TILE_LANES; v++) store(profits + v * LANE_COUNT, sums[v]);
}

static int64_t sparse_product(
    int64_t unit_count, const cmk_tile *restrict tile, const int64_t *restrict offsets,
    const int32_t *restrict columns, const double *restrict quantities,
    const double *restrict unit_profits, const cmk_readings *restrict readings) {
  double profits[SPARSE_GROUP * CMK_TILE_ROWS];
  int64_t first_nonfinite = -1;
  for (int64_t first = 0; first < unit_count; first += SPARSE_GROUP) {
    int64_t size = unit_count - first < SPARSE_GROUP ? unit_count - first : SPARSE_GROUP;
    for (int64_t unit = 0; unit < size; unit++) {
      sparse_sum(
          offsets[first + unit], offsets[first + unit + 1], columns, quantities, unit_profits,
          profits + unit * CMK_TILE_ROWS);
    }
    int64_t nonfinite = read_group(first, size, tile, profits, readings);
    if (first_nonfinite < 0) first_nonfinite = nonfinite;
  }
  return first_nonfinite;
}
