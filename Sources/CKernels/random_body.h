/* Standard normals addressed by (seed, stream, scenario, factor): Philox 4x32-10 [Salmon et al.
   2011] keyed by the seed, counter (scenario low word, scenario high word, factor / 2, stream); an
   even factor takes the first 64 of the 128 bits, an odd one the last; uniform (bits >> 11 + 1/2)
   2^-53; normal by inverse distribution. */

#define PHILOX_MULTIPLIER_0 0xD2511F53u
#define PHILOX_MULTIPLIER_1 0xCD9E8D57u
#define PHILOX_WEYL_0 0x9E3779B9u
#define PHILOX_WEYL_1 0xBB67AE85u
#define LOW_WORD 0xffffffffull

/* (bits >> 11 + 1/2) 2^-53. Adding the half rounds in the top half of the range, so the largest is
   cut: a uniform of exactly one would be an infinite normal. */
INLINE lanes uniform_lanes(word_lanes bits) {
  lanes count = __builtin_convertvector((integer_lanes)(bits >> 11), lanes);
  return at_most((count + splat(0.5)) * splat(0x1p-53), 0x1.fffffffffffffp-1);
}

static void philox_normals(
    int64_t row_count, int64_t factor_count, uint64_t seed, uint32_t stream,
    uint64_t first_scenario, double *restrict tile) {
  word_lanes lane = {0, 1, 2, 3, 4, 5, 6, 7};
  for (int64_t factor = 0; factor < factor_count; factor += 2) {
    for (int64_t row = 0; row < row_count; row += LANE_COUNT) {
      word_lanes scenario = lane + (first_scenario + (uint64_t)row);
      word_lanes c0 = scenario & LOW_WORD;
      word_lanes c1 = scenario >> 32;
      word_lanes c2 = (word_lanes)((uint64_t)factor / 2 & LOW_WORD);
      word_lanes c3 = (word_lanes)((uint64_t)stream);
      uint32_t key0 = (uint32_t)seed;
      uint32_t key1 = (uint32_t)(seed >> 32);
      for (int round = 0; round < 10; round++) {
        /* Both factors stay below 2^32, so the 64-bit product is the full one. */
        word_lanes product0 = c0 * (word_lanes)((uint64_t)PHILOX_MULTIPLIER_0);
        word_lanes product1 = c2 * (word_lanes)((uint64_t)PHILOX_MULTIPLIER_1);
        c0 = (product1 >> 32) ^ c1 ^ (uint64_t)key0;
        c2 = (product0 >> 32) ^ c3 ^ (uint64_t)key1;
        c1 = product1 & LOW_WORD;
        c3 = product0 & LOW_WORD;
        key0 += PHILOX_WEYL_0;
        key1 += PHILOX_WEYL_1;
      }
      int64_t rest = row_count - row < LANE_COUNT ? row_count - row : LANE_COUNT;
      double *column = tile + factor * CMK_TILE_ROWS + row;
      store_ragged(column, quantile_lanes(uniform_lanes(c0 | (c1 << 32))), rest);
      if (factor + 1 < factor_count) {
        lanes second = quantile_lanes(uniform_lanes(c2 | (c3 << 32)));
        store_ragged(column + CMK_TILE_ROWS, second, rest);
      }
    }
  }
}
