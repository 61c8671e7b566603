/* The normal distribution on eight lanes. */

/* phi(40) and 1/phi(40) are beyond the range of a double, so arguments are cut there. */
#define NORMAL_ARGUMENT_MAX 40.0
/* Beyond this x the Mills ratio is 1/x to the last digit. */
#define MILLS_ARGUMENT_MAX 1e9
#define MILLS_SHIFT 5.0
#define MILLS_LEADING_COUNT 6

/* e^(factor x^2 / 2) for factor +1 or -1, with every digit: the square is carried in two parts, since
   its rounding would be multiplied by x^2. */
INLINE scaled_split exp_half_square(lanes x, double factor) {
  split square = exact_product(x, x);
  return exp_split(square.high * splat(0.5 * factor), square.low * splat(0.5 * factor));
}

/* phi(x) without its power of two. */
INLINE scaled_split density_split(lanes x) {
  const split scale = {splat(INVERSE_ROOT_TWO_PI_HIGH), splat(INVERSE_ROOT_TWO_PI_LOW)};
  scaled_split e = exp_half_square(x, -1.0);
  return (scaled_split){split_product(e.fraction, scale), e.power};
}

INLINE lanes density_lanes(lanes x) {
  scaled_split density = density_split(at_most(magnitude(x), NORMAL_ARGUMENT_MAX));
  return scale(density.fraction.high + density.fraction.low, density.power);
}

/* Mills ratio (1 - N(x)) / phi(x) for x >= -1/2: q (1 + 9 q S(t)), q = 1/(x + 5), t = 1 - 9 q. The
   rounding errors of q and t and of the last steps are carried along. */
INLINE split mills_split(lanes x) {
  split sum = exact_sum(x, splat(MILLS_SHIFT));
  split q;
  q.high = splat(1.0) / sum.high;
  q.low = q.high * fused(-q.high, sum.low, fused(-q.high, sum.high, splat(1.0)));
  split nine_q = exact_product(splat(9.0), q.high);
  nine_q.low = fused(splat(9.0), q.low, nine_q.low);
  split t = ordered_sum(splat(1.0), -nine_q.high);
  t.low -= nine_q.low;
  lanes inner = careful_polynomial(mills + 1, MILLS_COUNT - 1, MILLS_LEADING_COUNT, t.high);
  split rest = horner_step(splat(mills[0]), t.high, (split){inner, splat(0.0)});
  rest.low = fused(t.low, polynomial(mills_slope, MILLS_SLOPE_COUNT, t.high), rest.low);
  split product = split_product(nine_q, rest);
  split scaled = exact_sum(splat(1.0), product.high);
  scaled.low += product.low;
  return split_product(q, scaled);
}

INLINE lanes mills_ratio_lanes(lanes x) {
  split ratio = mills_split(at_most(magnitude(x), MILLS_ARGUMENT_MAX));
  lanes result = choose(x > splat(MILLS_ARGUMENT_MAX), splat(1.0) / x, ratio.high + ratio.low);
  integer_lanes negative = x < splat(0.0);
  if (any(negative)) {
    /* 1/phi(x) - M(-x) */
    const split scale_up = {splat(ROOT_TWO_PI_HIGH), splat(ROOT_TWO_PI_LOW)};
    scaled_split e = exp_half_square(at_most(magnitude(x), NORMAL_ARGUMENT_MAX), 1.0);
    split inverse = split_product(e.fraction, scale_up);
    split high = exact_sum(scale(inverse.high, e.power), -ratio.high);
    lanes other = high.high + (high.low + (scale(inverse.low, e.power) - ratio.low));
    result = choose(negative, other, result);
  }
  return result;
}

/* N(x) for sign -1, 1 - N(x) for sign +1. */
INLINE lanes tail_lanes(lanes x, double sign) {
  lanes distance = at_most(magnitude(x), NORMAL_ARGUMENT_MAX);
  scaled_split density = density_split(distance);
  split tail = split_product(density.fraction, mills_split(distance));
  tail.high = scale(tail.high, density.power);
  tail.low = scale(tail.low, density.power);
  split rest = ordered_sum(splat(1.0), -tail.high);
  return choose(
      splat(sign) * x > splat(0.0), tail.high + tail.low, rest.high + (rest.low - tail.low));
}

INLINE lanes cdf_lanes(lanes x) { return tail_lanes(x, -1.0); }

INLINE lanes complement_lanes(lanes x) { return tail_lanes(x, 1.0); }
