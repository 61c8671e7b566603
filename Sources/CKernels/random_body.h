/* Standard normals addressed by (seed, stream, scenario, factor): Philox 4x32-10 [Salmon et al.
   2011] keyed by the seed, counter (scenario low word, scenario high word, factor / 2, stream); an
   even factor takes the first 64 of the 128 bits, an odd one the last; uniform (bits >> 11 + 1/2)
   2^-53; normal by inverse distribution. */

#define PHILOX_MULTIPLIER_0 0xD2511F53u
#define PHILOX_MULTIPLIER_1 0xCD9E8D57u
#define PHILOX_WEYL_0 0x9E3779B9u
#define PHILOX_WEYL_1 0xBB67AE85u
#define LOW_WORD 0xffffffffull
/* Columns of a tile that are drawn at once. */
#define NORMAL_COLUMNS (QUANTILE_BATCH / CMK_TILE_ROWS)

/* The uniform less 1/2. Unlike the uniform itself it always fits a double. */
INLINE lanes centred_uniform(word_lanes bits) {
  lanes count = __builtin_convertvector((integer_lanes)(bits >> 11), lanes);
  return (count - splat(0x1p52) + splat(0.5)) * splat(0x1p-53);
}

/* Centred uniforms of 64 scenarios and two factors, from the even one on, as two columns. */
INLINE void philox_columns(
    uint64_t seed, uint32_t stream, uint64_t first_scenario, uint64_t factor, double *restrict q) {
  word_lanes lane = {0, 1, 2, 3, 4, 5, 6, 7};
  for (int64_t row = 0; row < CMK_TILE_ROWS; row += LANE_COUNT) {
    word_lanes scenario = lane + (first_scenario + (uint64_t)row);
    /* Only the low word of each lane counts until the end; what stands above it is masked by the
       multiplication. */
    word_lanes c0 = scenario;
    word_lanes c1 = scenario >> 32;
    word_lanes c2 = (word_lanes)(factor / 2);
    word_lanes c3 = (word_lanes)((uint64_t)stream);
    uint32_t key0 = (uint32_t)seed;
    uint32_t key1 = (uint32_t)(seed >> 32);
#pragma clang loop unroll(full)
    for (int round = 0; round < 10; round++) {
      word_lanes product0 = (c0 & LOW_WORD) * (word_lanes)((uint64_t)PHILOX_MULTIPLIER_0);
      word_lanes product1 = (c2 & LOW_WORD) * (word_lanes)((uint64_t)PHILOX_MULTIPLIER_1);
      c0 = (product1 >> 32) ^ c1 ^ (uint64_t)key0;
      c2 = (product0 >> 32) ^ c3 ^ (uint64_t)key1;
      c1 = product1;
      c3 = product0;
      key0 += PHILOX_WEYL_0;
      key1 += PHILOX_WEYL_1;
    }
    store(q + row, centred_uniform((c0 & LOW_WORD) | (c1 << 32)));
    store(q + CMK_TILE_ROWS + row, centred_uniform((c2 & LOW_WORD) | (c3 << 32)));
  }
}

static void philox_normals(
    int64_t row_count, int64_t factor_count, uint64_t seed, uint32_t stream,
    uint64_t first_scenario, double *restrict tile) {
  quantile_tails tails;
  double q[QUANTILE_BATCH];
  for (int64_t factor = 0; factor < factor_count; factor += NORMAL_COLUMNS) {
    int64_t rest = factor_count - factor;
    int64_t column_count = rest < NORMAL_COLUMNS ? rest : NORMAL_COLUMNS;
    for (int64_t column = 0; column < column_count; column += 2) {
      philox_columns(
          seed, stream, first_scenario, (uint64_t)(factor + column), q + column * CMK_TILE_ROWS);
    }
    int64_t count = column_count * CMK_TILE_ROWS;
    tails.count = 0;
    for (int64_t i = 0; i < count; i++) {
      note_tail(&tails, (int32_t)i, q[i], 0.5 - __builtin_fabs(q[i]));
    }
    for (int64_t i = 0; i < count; i += LANE_COUNT) {
      store(q + i, quantile_centre(load(q + i)));
    }
    place_tails(&tails, q);
    for (int64_t column = 0; column < column_count; column++) {
      memcpy(
          tile + (factor + column) * CMK_TILE_ROWS, q + column * CMK_TILE_ROWS,
          (size_t)row_count * sizeof(double));
    }
  }
}
