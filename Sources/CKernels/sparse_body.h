/* P = U Q in one tile. */

/* Each element is one FMA chain in the order of the entries, so it depends on no other unit and on no
   tiling. */
static void sparse_product(
    int64_t unit_count, const int64_t *restrict offsets, const int32_t *restrict columns,
    const double *restrict quantities, const double *restrict unit_profits, int64_t stride,
    double *restrict profits) {
  for (int64_t unit = 0; unit < unit_count; unit++) {
    lanes sums[TILE_LANES];
    for (int v = 0; v < TILE_LANES; v++) sums[v] = splat(0.0);
    for (int64_t entry = offsets[unit]; entry < offsets[unit + 1]; entry++) {
      const double *column = unit_profits + (int64_t)columns[entry] * CMK_TILE_ROWS;
      lanes quantity = splat(quantities[entry]);
      for (int v = 0; v < TILE_LANES; v++) {
        sums[v] = fused(quantity, load(column + v * LANE_COUNT), sums[v]);
      }
    }
    for (int v = 0; v < TILE_LANES; v++) store(profits + unit * stride + v * LANE_COUNT, sums[v]);
  }
}
