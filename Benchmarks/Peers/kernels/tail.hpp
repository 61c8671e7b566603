// The readings every product peer takes from an account's 1,024 profits, contiguous in memory.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <numeric>
#ifdef __AVX512F__
#include <immintrin.h>
#endif

static const int scenarios = 1024;
/// The 11th largest loss is the value at risk, 25.6 of the largest make the expected shortfall.
static const int tail_size = 26, var_rank = 11;

struct Reading {
  double worst, scenario, var, shortfall;
};

#ifdef __AVX512F__
/// Room for the smallest profits, and for what whole vectors write behind them.
static const int room = scenarios + 8;

/// Copies what can be among the smallest profits to `kept` and returns how many these are. At least
/// 32 lie at or below the fourth smallest of every lane's eight group minima, so the largest of
/// those eight is a threshold that never keeps too few, and about 75 as a rule.
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
    __m512d &low = m[network[step][0]], &high = m[network[step][1]];
    __m512d smaller = _mm512_min_pd(low, high);
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

/// The `tail_size` smallest of `profits`, in no order, to `smallest` [room], by partitions of whole
/// vectors; returns the largest of them.
static inline double find_smallest(const double* profits, double* smallest) {
  double buffers[2][room];
  double *values = buffers[0], *greater = buffers[1];
  int count = keep_candidates(profits, values), found = 0;
  while (true) {
    double a = values[count / 4], b = values[count / 2], c = values[count - 1 - count / 8];
    double pivot = std::max(std::min(a, b), std::min(std::max(a, b), c));
    __m512d pivots = _mm512_set1_pd(pivot);
    int less_count = 0, greater_count = 0;
    for (int i = 0; i < count; i += 8) {
      __mmask8 valid = count - i >= 8 ? 0xff : (1 << (count - i)) - 1;
      __m512d x = _mm512_loadu_pd(values + i);
      __mmask8 is_less = _mm512_mask_cmp_pd_mask(valid, x, pivots, _CMP_LT_OQ);
      __mmask8 is_greater = _mm512_mask_cmp_pd_mask(valid, x, pivots, _CMP_GT_OQ);
      _mm512_storeu_pd(smallest + found + less_count, _mm512_maskz_compress_pd(is_less, x));
      _mm512_storeu_pd(greater + greater_count, _mm512_maskz_compress_pd(is_greater, x));
      less_count += __builtin_popcount(is_less);
      greater_count += __builtin_popcount(is_greater);
    }
    int missing = tail_size - found, equal_count = count - less_count - greater_count;
    if (missing <= less_count) {
      std::copy_n(smallest + found, less_count, values);
      count = less_count;
      continue;
    }
    found += less_count;
    int taken = std::min(equal_count, tail_size - found);
    std::fill_n(smallest + found, taken, pivot);
    found += taken;
    if (found == tail_size) return pivot;
    std::swap(values, greater);
    count = greater_count;
  }
}

static inline int find_scenario(const double* profits, double worst) {
  __m512d sought = _mm512_set1_pd(worst);
  for (int i = 0;; i += 8) {
    __mmask8 equal = _mm512_cmp_pd_mask(_mm512_load_pd(profits + i), sought, _CMP_EQ_OQ);
    if (equal) return i + __builtin_ctz(equal);
  }
}

/// The smallest stay in four registers; the value at risk is the first of them that has at least
/// `var_rank` of them not above it.
static inline Reading read_tail(const double* profits) {
  alignas(64) double smallest[room];
  double last = find_smallest(profits, smallest);
  const __m512d none = _mm512_set1_pd(std::numeric_limits<double>::max());
  const __m512i one = _mm512_set1_epi64(1), rank = _mm512_set1_epi64(var_rank);
  const __mmask8 valid[4] = {0xff, 0xff, 0xff, 0x03};
  __m512d values[4], sums = _mm512_setzero_pd(), worst = none, at_risk = none;
  __m512i not_above[4];
  for (int j = 0; j < 4; j += 1) {
    values[j] = _mm512_mask_loadu_pd(none, valid[j], smallest + 8 * j);
    sums = _mm512_mask_add_pd(sums, valid[j], sums, values[j]);
    worst = _mm512_min_pd(worst, values[j]);
    not_above[j] = _mm512_setzero_si512();
  }
  for (int i = 0; i < tail_size; i += 1) {
    __m512d value = _mm512_set1_pd(smallest[i]);
    for (int j = 0; j < 4; j += 1) {
      __mmask8 counts = _mm512_cmp_pd_mask(value, values[j], _CMP_LE_OQ);
      not_above[j] = _mm512_mask_add_epi64(not_above[j], counts, not_above[j], one);
    }
  }
  for (int j = 0; j < 4; j += 1) {
    __mmask8 enough = _mm512_cmpge_epi64_mask(not_above[j], rank);
    at_risk = _mm512_mask_min_pd(at_risk, enough, at_risk, values[j]);
  }
  double lowest = _mm512_reduce_min_pd(worst);
  return {lowest, double(find_scenario(profits, lowest)), -_mm512_reduce_min_pd(at_risk),
          -(_mm512_reduce_add_pd(sums) - 0.4 * last) / 25.6};
}
#else
static inline Reading read_tail(const double* profits) {
  double smallest[scenarios];
  double* last = smallest + tail_size - 1;
  std::copy_n(profits, scenarios, smallest);
  std::nth_element(smallest, last, smallest + scenarios);
  std::nth_element(smallest, smallest + var_rank - 1, last);
  double worst = *std::min_element(smallest, smallest + var_rank);
  double sum = std::accumulate(smallest, last, 0.6 * *last);
  double scenario = std::find(profits, profits + scenarios, worst) - profits;
  return {worst, scenario, -smallest[var_rank - 1], -sum / 25.6};
}
#endif
