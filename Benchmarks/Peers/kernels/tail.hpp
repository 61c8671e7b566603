// The readings every product peer takes from an account's 1,024 profits, contiguous in memory.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#ifdef __AVX512F__
#include <immintrin.h>
#endif

static const int scenarios = 1024;
/// The 11th largest loss is the value at risk, 25.6 of the largest make the expected shortfall.
static const int tail_size = 26, var_rank = 11;

struct Reading {
  double worst, scenario, var, shortfall;
};

/// Copies what can be among the smallest `tail_size` profits to `kept`; returns how many.
static inline int keep_candidates(const double* profits, double* kept);

#ifdef __AVX512F__
/// At least 32 profits lie at or below the fourth smallest of every lane's eight group minima, so
/// the largest of these eight is a threshold that never keeps too few, and about 75 as a rule.
static inline int keep_candidates(const double* profits, double* kept) {
  __m512d m[8];
  for (int j = 0; j < 8; j += 1) m[j] = _mm512_load_pd(profits + 8 * j);
  for (int i = 64; i < scenarios; i += 64)
    for (int j = 0; j < 8; j += 1) m[j] = _mm512_min_pd(m[j], _mm512_load_pd(profits + i + 8 * j));
  // Batcher's network; the compiler drops what the fourth does not need.
  static constexpr int network[19][2] = {
    {0, 1}, {2, 3}, {4, 5}, {6, 7}, {0, 2}, {1, 3}, {4, 6}, {5, 7}, {1, 2}, {5, 6},
    {0, 4}, {1, 5}, {2, 6}, {3, 7}, {2, 4}, {3, 5}, {1, 2}, {3, 4}, {5, 6}};
#pragma GCC unroll 19
  for (int step = 0; step < 19; step += 1) {
    __m512d &low = m[network[step][0]], &high = m[network[step][1]], smaller = _mm512_min_pd(low, high);
    high = _mm512_max_pd(low, high);
    low = smaller;
  }
  __m512d threshold = _mm512_set1_pd(_mm512_reduce_max_pd(m[3]));
  int count = 0;
  for (int i = 0; i < scenarios; i += 8) {
    __m512d values = _mm512_load_pd(profits + i);
    __mmask8 below = _mm512_cmp_pd_mask(values, threshold, _CMP_LE_OQ);
    _mm512_storeu_pd(kept + count, _mm512_maskz_compress_pd(below, values));
    count += __builtin_popcount(below);
  }
  return count;
}
#else
static inline int keep_candidates(const double* profits, double* kept) {
  std::memcpy(kept, profits, scenarios * sizeof(double));
  return scenarios;
}
#endif

static inline Reading read_tail(const double* profits) {
  alignas(64) double kept[scenarios + 8];
  int count = keep_candidates(profits, kept);
  double* last = kept + tail_size - 1;
  std::nth_element(kept, last, kept + count);
  std::nth_element(kept, kept + var_rank - 1, last);
  double sum = 0, worst = kept[0];
  for (double* profit = kept; profit < last; profit += 1) sum += *profit;
  for (int i = 1; i < var_rank; i += 1) worst = std::min(worst, kept[i]);
  int scenario = 0;
  while (profits[scenario] != worst) scenario += 1;
  return {worst, double(scenario), -kept[var_rank - 1], -(sum + 0.6 * *last) / 25.6};
}
