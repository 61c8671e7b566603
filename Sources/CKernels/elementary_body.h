/* Exponential, logarithm, normal distribution and its inverse on eight lanes. Coefficients and
   their errors: elementary_coefficients.h, written by Data/reference/elementary_functions.py.
   Allowed errors against the 50-digit table Tests/Vectors/numerics_accuracy.json stand in that file
   and are tested.

   Special values follow the C library: exp and log of NaN and infinities, log 0 = -inf, log of a
   negative number NaN; cdf(-inf) = 0, cdf(inf) = 1; quantile(0) = -inf, quantile(1) = inf, outside
   [0, 1] NaN. */
#include "elementary_coefficients.h"

/* ln 2 in two parts; a multiple of the first by an integer below 2^11 is exact. */
#define LN2_HIGH 0x1.62e42fefa3800p-1
#define LN2_LOW 0x1.ef35793c76730p-45
#define INVERSE_LN2 0x1.71547652b82fep+0
#define INVERSE_ROOT_TWO_PI 0x1.9884533d43651p-2
/* Adding 1.5 x 2^52 rounds to an integer and leaves it in the low bits. */
#define ROUNDING_SHIFT 0x1.8p52
/* phi(40) is below the smallest double, so arguments are cut there. */
#define NORMAL_ARGUMENT_MAX 40.0
#define SMALLEST_NORMAL 0x1p-1022

/* e^(x + low), |low| far below |x|: the second part carries the rounding error of a square. */
INLINE lanes exp_of_sum(lanes x, lanes low) {
  lanes cut = at_most(at_least(x, -746.0), 710.0);
  lanes shifted = fused(cut, splat(INVERSE_LN2), splat(ROUNDING_SHIFT));
  lanes n = shifted - splat(ROUNDING_SHIFT);
  lanes r = fused(n, splat(-LN2_HIGH), cut);
  r = fused(n, splat(-LN2_LOW), r) + low;
  lanes p = fused(r * r, polynomial(exp_tail, EXP_TAIL_COUNT, r), r) + splat(1.0);
  /* 2^n in two factors, so that overflow and gradual underflow round once, at the end. */
  integer_lanes power = (integer_lanes)shifted - (integer_lanes)splat(ROUNDING_SHIFT);
  integer_lanes half = power >> 1;
  lanes first = (lanes)((half + 1023) << 52);
  lanes second = (lanes)((power - half + 1023) << 52);
  return p * first * second;
}

/* ln(a / b) + shift ln 2 for positive normal a and b. The mantissas are brought within a factor
   sqrt 2 of each other; then ln(a/b) = 2 atanh((a - b)/(a + b)), which keeps every digit when a is
   near b. */
INLINE lanes log_of_ratio(lanes a, lanes b, lanes shift) {
  integer_lanes a_bits = (integer_lanes)a;
  integer_lanes b_bits = (integer_lanes)b;
  integer_lanes difference = (a_bits >> 52) - (b_bits >> 52);
  lanes shifted = (lanes)(difference + (integer_lanes)splat(ROUNDING_SHIFT));
  lanes exponent = shifted - splat(ROUNDING_SHIFT);
  lanes m = (lanes)((a_bits & 0xfffffffffffff) | 0x3ff0000000000000);
  lanes k = (lanes)((b_bits & 0xfffffffffffff) | 0x3ff0000000000000);
  integer_lanes above = m > k * splat(0x1.6a09e667f3bcdp+0);
  integer_lanes below = k > m * splat(0x1.6a09e667f3bcdp+0);
  k = choose(above, k + k, k);
  m = choose(below, m + m, m);
  exponent = exponent + shift + choose(above, splat(1.0), splat(0.0)) -
             choose(below, splat(1.0), splat(0.0));
  lanes s = (m - k) / (m + k);
  lanes z = s * s;
  lanes tail = fused(polynomial(log_tail, LOG_TAIL_COUNT, z) * z, s, exponent * splat(LN2_LOW));
  return fused(exponent, splat(LN2_HIGH), fused(splat(2.0), s, tail));
}

INLINE lanes log_lanes(lanes x) {
  integer_lanes tiny = x < splat(SMALLEST_NORMAL);
  lanes scaled = choose(tiny, x * splat(0x1p54), x);
  lanes shift = choose(tiny, splat(-54.0), splat(0.0));
  lanes y = log_of_ratio(scaled, splat(1.0), shift);
  y = choose(x == splat(__builtin_inf()), x, y);
  y = choose(x == splat(0.0), splat(-__builtin_inf()), y);
  return choose((x < splat(0.0)) | (x != x), splat(__builtin_nan("")), y);
}

/* phi(x); the square is carried in two parts, since its rounding would be multiplied by x^2. */
INLINE lanes density_lanes(lanes x) {
  lanes square = x * x;
  lanes rest = fused(x, x, -square);
  return exp_of_sum(square * splat(-0.5), rest * splat(-0.5)) * splat(INVERSE_ROOT_TWO_PI);
}

/* Mills ratio (1 - N(x)) / phi(x) for x >= 0. */
INLINE lanes mills_lanes(lanes x) {
  lanes q = splat(1.0) / (x + splat(5.0));
  return polynomial(mills, MILLS_COUNT, fused(splat(-10.0), q, splat(1.0))) * q;
}

INLINE lanes cdf_lanes(lanes x) {
  lanes distance = at_most(magnitude(x), NORMAL_ARGUMENT_MAX);
  lanes tail = density_lanes(distance) * mills_lanes(distance);
  return choose(x < splat(0.0), tail, splat(1.0) - tail);
}

#define RATIONAL(name, x) \
  (polynomial(name##_top, sizeof(name##_top) / sizeof(double), x) / \
   polynomial(name##_bottom, sizeof(name##_bottom) / sizeof(double), x))

/* Inverse normal distribution in the three regions of Wichura (1988), with our own coefficients.
   The smaller of p and 1 - p is exact, so both tails are relatively accurate as far as p itself is.
   */
INLINE lanes quantile_lanes(lanes p) {
  lanes q = p - splat(0.5);
  lanes z = q * RATIONAL(quantile_centre, fused(-q, q, splat(0.180625)));
  integer_lanes outer = magnitude(q) > splat(0.425);
  if (any(outer)) {
    integer_lanes lower = q < splat(0.0);
    lanes s = root(-log_lanes(choose(lower, p, splat(1.0) - p)));
    lanes tail = RATIONAL(quantile_near, s - splat(1.6));
    integer_lanes far = s > splat(5.0);
    if (any(outer & far)) tail = choose(far, RATIONAL(quantile_far, s - splat(5.0)), tail);
    z = choose(outer, choose(lower, -tail, tail), z);
    z = choose(p == splat(0.0), splat(-__builtin_inf()), z);
    z = choose(p == splat(1.0), splat(__builtin_inf()), z);
    z = choose((p < splat(0.0)) | (p > splat(1.0)), splat(__builtin_nan("")), z);
  }
  return z;
}

INLINE lanes exp_lanes(lanes x) { return exp_of_sum(x, splat(0.0)); }

#define ELEMENTARY_KERNEL(name, body) \
  static void name(int64_t count, const double *restrict x, double *restrict y) { \
    int64_t i = 0; \
    for (; i + LANE_COUNT <= count; i += LANE_COUNT) store(y + i, body(load(x + i))); \
    if (i < count) store_ragged(y + i, body(load_ragged(x + i, count - i)), count - i); \
  }

ELEMENTARY_KERNEL(exponential, exp_lanes)
ELEMENTARY_KERNEL(logarithm, log_lanes)
ELEMENTARY_KERNEL(normal_cdf, cdf_lanes)
ELEMENTARY_KERNEL(normal_quantile, quantile_lanes)
