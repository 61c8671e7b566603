/* Logarithms on eight lanes. */

#define SMALLEST_NORMAL 0x1p-1022

/* ln(a / b) + shift ln 2 for positive normal a and b, whole shift: with a 2^-n within a factor 1.5 of b and u = (a 2^-n - b) /
   (b + (a 2^-n - b)/2), whose numerator is exact, ln(a/b) = n ln 2 + 2 atanh(u/2). No digit is lost
   where a is near b. */
INLINE split log_of_ratio(lanes a, lanes b, lanes shift) {
  const integer_lanes exponent_bits = (integer_lanes)0x7ff0000000000000;
  /* Integer arithmetic on the bits: their difference is the binary logarithm of the ratio to
     within 0.09, so that rounding it to whole octaves gives n. b is brought into [1, 2). */
  integer_lanes offset = ((integer_lanes)b & exponent_bits) - (integer_lanes)splat(1.0);
  integer_lanes b_bits = (integer_lanes)b - offset;
  integer_lanes a_bits = (integer_lanes)a - offset;
  integer_lanes octaves = (a_bits - b_bits + (1ll << 51)) & ~((1ll << 52) - 1);
  lanes divisor = (lanes)b_bits;
  lanes difference = (lanes)(a_bits - octaves) - divisor;
  /* n + 2048 in the last bits of 2^52. */
  word_lanes shifted = ((word_lanes)octaves ^ (1ull << 63)) >> 52;
  lanes n = (lanes)(shifted | (word_lanes)splat(0x1p52)) - splat(0x1p52 + 2048) + shift;

  split middle = ordered_sum(divisor, splat(0.5) * difference);
  lanes inverse = splat(1.0) / middle.high;
  lanes u = difference * inverse;
  lanes rest = fused(-u, middle.low, fused(-u, middle.high, difference));
  lanes square = u * u;
  lanes tail = fused(square * u, polynomial(log_tail, LOG_TAIL_COUNT, square), rest * inverse);
  split head = ordered_sum(n * splat(LN2_HIGH), u);
  return (split){head.high, head.low + fused(n, splat(LN2_LOW), tail)};
}

/* ln x of a positive x, subnormal numbers too. */
INLINE split log_split(lanes x) {
  integer_lanes tiny = x < splat(SMALLEST_NORMAL);
  return log_of_ratio(
      choose(tiny, x * splat(0x1p54), x), splat(1.0), choose(tiny, splat(-54.0), splat(0.0)));
}

/* ln x as the C library has it: ln 0 = -inf, ln inf = inf, NaN below zero. */
INLINE lanes log_lanes(lanes x) {
  split y = log_split(x);
  lanes result = choose(x == splat(__builtin_inf()), x, y.high + y.low);
  result = choose(x == splat(0.0), splat(-__builtin_inf()), result);
  return choose((x < splat(0.0)) | (x != x), splat(__builtin_nan("")), result);
}

INLINE lanes log_ratio_lanes(lanes a, lanes b) {
  split y = log_of_ratio(a, b, splat(0.0));
  integer_lanes defined = (a >= splat(SMALLEST_NORMAL)) & (b >= splat(SMALLEST_NORMAL)) &
                          (a < splat(__builtin_inf())) & (b < splat(__builtin_inf()));
  return choose(defined, y.high + y.low, log_lanes(a) - log_lanes(b));
}
