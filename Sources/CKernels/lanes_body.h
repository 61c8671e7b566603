/* Eight virtual lanes of double, whatever the registers are: one zmm, two ymm or four xmm.
   All helpers inline into their kernel, so no vector ever crosses a call. */
#include <stdint.h>
#include <string.h>

#include "CKernels.h"

#define LANE_COUNT 8
/* Lanes of one column of a tile. */
#define TILE_LANES (CMK_TILE_ROWS / LANE_COUNT)
#define INLINE static inline __attribute__((always_inline))

typedef double lanes __attribute__((ext_vector_type(LANE_COUNT)));
typedef int64_t integer_lanes __attribute__((ext_vector_type(LANE_COUNT)));
typedef uint64_t word_lanes __attribute__((ext_vector_type(LANE_COUNT)));
typedef _Bool boolean_lanes __attribute__((ext_vector_type(LANE_COUNT)));

INLINE lanes splat(double x) { return (lanes)(x); }

INLINE lanes load(const double *source) {
  lanes x;
  memcpy(&x, source, sizeof x);
  return x;
}

INLINE void store(double *target, lanes x) { memcpy(target, &x, sizeof x); }

/* The first `count` lanes from memory, the others one: a harmless argument to every kernel. */
INLINE lanes load_up_to(const double *source, int64_t count) {
  if (count >= LANE_COUNT) return load(source);
  lanes x = splat(1.0);
  memcpy(&x, source, (size_t)count * sizeof(double));
  return x;
}

INLINE void store_up_to(double *target, lanes x, int64_t count) {
  if (count >= LANE_COUNT) {
    store(target, x);
  } else {
    memcpy(target, &x, (size_t)count * sizeof(double));
  }
}

INLINE lanes fused(lanes a, lanes b, lanes c) { return __builtin_elementwise_fma(a, b, c); }

INLINE lanes root(lanes x) { return __builtin_elementwise_sqrt(x); }

/* mask ? yes : no, lane by lane. Masks come from comparisons: all ones or all zeros. */
INLINE lanes choose(integer_lanes mask, lanes yes, lanes no) {
  return (lanes)((mask & (integer_lanes)yes) | (~mask & (integer_lanes)no));
}

INLINE lanes magnitude(lanes x) { return (lanes)((integer_lanes)x & INT64_MAX); }

/* At most `limit`; NaN stays NaN. */
INLINE lanes at_most(lanes x, double limit) { return choose(x > splat(limit), splat(limit), x); }

INLINE lanes at_least(lanes x, double limit) { return choose(x < splat(limit), splat(limit), x); }

INLINE int any(integer_lanes mask) { return __builtin_reduce_or(mask) != 0; }

INLINE lanes lesser(lanes a, lanes b) { return choose(a < b, a, b); }

INLINE lanes greater(lanes a, lanes b) { return choose(a < b, b, a); }

/* The least of eight numbers, none of them NaN. */
INLINE double least_lane(lanes x) {
  x = lesser(x, __builtin_shufflevector(x, x, 4, 5, 6, 7, 0, 1, 2, 3));
  x = lesser(x, __builtin_shufflevector(x, x, 2, 3, 0, 1, 6, 7, 4, 5));
  return lesser(x, __builtin_shufflevector(x, x, 1, 0, 3, 2, 5, 4, 7, 6))[0];
}

INLINE double greatest_lane(lanes x) { return -least_lane(-x); }

/* Bit i is set where lane i of the mask is. */
INLINE uint64_t lane_bits(integer_lanes mask) {
  boolean_lanes booleans = __builtin_convertvector(mask, boolean_lanes);
  uint8_t bits;
  memcpy(&bits, &booleans, sizeof bits);
  return bits;
}

/* The numbers of eight rows from `first` on. */
INLINE integer_lanes row_numbers(int64_t first) {
  integer_lanes lane = {0, 1, 2, 3, 4, 5, 6, 7};
  return lane + first;
}

/* An unevaluated sum of two numbers, the second far below the first: twice the digits of one. */
typedef struct split {
  lanes high, low;
} split;

/* a + b without error where |a| >= |b| or a is zero [Dekker 1971]. */
INLINE split ordered_sum(lanes a, lanes b) {
  lanes high = a + b;
  return (split){high, b - (high - a)};
}

/* a + b without error [Knuth 1969]. */
INLINE split exact_sum(lanes a, lanes b) {
  lanes high = a + b;
  lanes back = high - a;
  return (split){high, (a - (high - back)) + (b - back)};
}

/* a b without error. */
INLINE split exact_product(lanes a, lanes b) {
  lanes high = a * b;
  return (split){high, fused(a, b, -high)};
}

/* a b to about twice the digits of one number. */
INLINE split split_product(split a, split b) {
  split product = exact_product(a.high, b.high);
  product.low += fused(a.high, b.low, a.low * b.high);
  return product;
}

/* c + x sum, with the rounding errors of both operations. */
INLINE split horner_step(lanes c, lanes x, split sum) {
  split product = exact_product(x, sum.high);
  split result = exact_sum(c, product.high);
  result.low += fused(x, sum.low, product.low);
  return result;
}

/* Sum of coefficients[i] x^i as two Horner chains in x^2: half the latency of one. */
INLINE lanes polynomial(const double *coefficients, int count, lanes x) {
  lanes square = x * x;
  int top_even = (count - 1) & ~1;
  int top_odd = ((count - 2) | 1) < count ? ((count - 2) | 1) : count - 2;
  lanes even = splat(coefficients[top_even]);
  lanes odd = splat(coefficients[top_odd]);
#pragma clang loop unroll(full)
  for (int i = top_even - 2; i >= 0; i -= 2) even = fused(even, square, splat(coefficients[i]));
#pragma clang loop unroll(full)
  for (int i = top_odd - 2; i >= 1; i -= 2) odd = fused(odd, square, splat(coefficients[i]));
  return fused(odd, x, even);
}

/* The same where the sums of even and odd terms are larger than their sum: the first `leading` terms
   one by one, so that only small terms are added in two chains. */
INLINE lanes careful_polynomial(const double *coefficients, int count, int leading, lanes x) {
  lanes sum = polynomial(coefficients + leading, count - leading, x);
#pragma clang loop unroll(full)
  for (int i = leading - 1; i >= 0; i--) sum = fused(sum, x, splat(coefficients[i]));
  return sum;
}
