/* The exponential on eight lanes. */

/* ln 2 in two parts; a multiple of the first by an integer below 2^11 is exact. */
#define LN2_HIGH 0x1.62e42fefa3800p-1
#define LN2_LOW 0x1.ef35793c76730p-45
#define INVERSE_LN2 0x1.71547652b82fep+0
/* Adding 1.5 x 2^52 rounds to an integer and leaves it in the low bits. */
#define ROUNDING_SHIFT 0x1.8p52

/* fraction x 2^power. */
typedef struct scaled_split {
  split fraction;
  integer_lanes power;
} scaled_split;

/* e^(x + low), |low| far below |x|: the second part carries the rounding error of x. Beyond the
   range of a double the argument is cut to one whose result is zero or infinite. NaN stays. */
INLINE scaled_split exp_split(lanes x, lanes low) {
  lanes cut = at_most(at_least(x, -746.0), 710.0);
  lanes shifted = fused(cut, splat(INVERSE_LN2), splat(ROUNDING_SHIFT));
  lanes n = shifted - splat(ROUNDING_SHIFT);
  lanes coarse = fused(n, splat(-LN2_HIGH), cut);
  split r = ordered_sum(coarse, fused(n, splat(-LN2_LOW), low));
  split head = ordered_sum(splat(1.0), r.high);
  lanes tail = fused(r.high * r.high, polynomial(exp_tail, EXP_TAIL_COUNT, r.high), r.low);
  integer_lanes power = (integer_lanes)shifted - (integer_lanes)splat(ROUNDING_SHIFT);
  return (scaled_split){{head.high, head.low + tail}, power};
}

/* x 2^power in two steps, so that overflow and gradual underflow round once, at the end. */
INLINE lanes scale(lanes x, integer_lanes power) {
  integer_lanes half = power >> 1;
  lanes first = (lanes)((half + 1023) << 52);
  lanes second = (lanes)((power - half + 1023) << 52);
  return x * first * second;
}

INLINE lanes exp_lanes(lanes x) {
  scaled_split e = exp_split(x, splat(0.0));
  return scale(e.fraction.high + e.fraction.low, e.power);
}
