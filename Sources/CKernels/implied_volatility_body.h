/* The volatility that gives an option its price, in total deviation s = sigma sqrt(T).

   On the out-of-the-money side, with the words of black76_core_body.h, V = W (M(-b) - M(c)) where b <=
   1/2, and above that the rest U = low - V = W (M(b) + M(c)); dV/ds = W. The logarithm of V or U less
   that of its target is driven to zero by Householder's step of third order [Householder 1970], which
   needs
     f' = W/V or -W/U,  f''/f' = p - f',  f'''/f' = (p - f')^2 + p' - f' (p - f'),
     p = h^2/s - s/4,  p' = -(3 h^2/s^2 + 1/4).
   W enters the ratios alone and ln W = ln low - b^2/2 - ln sqrt(2 pi) is never an exponential, so
   prices far below the smallest volatilities' reach keep their digits. Far from the root the step is
   Newton's in 1/s^2 (for V) or s^2 (for U), in which the logarithms are nearly linear. */

#define IMPLIED_STEPS_MAX 40
/* A relative step below this leaves an error of about its fourth power. */
#define IMPLIED_STEP_SMALL 1e-4
/* Distance of logarithms within which Householder's step is taken. */
#define IMPLIED_NEAR 0.7
/* Bounds of one step's factor. */
#define IMPLIED_FACTOR_MIN 0.05
#define IMPLIED_FACTOR_MAX 20.0

typedef struct implied_batch {
  black_batch black; /* volatility is s, the root of the expiry 1 */
  double target[BLACK_BATCH]; /* V of the price */
  double rest[BLACK_BATCH];   /* low - V */
  integer_lanes open[BLACK_BATCH / LANE_COUNT]; /* what has not arrived */
} implied_batch;

/* One step from s in the lanes from `i` on that are open; one that has arrived takes none, so that a
   root does not depend on those beside it. */
INLINE void implied_step(implied_batch *batch, int64_t i) {
  const black_batch *black = &batch->black;
  lanes s = load(black->volatility + i), h = load(black->distance + i);
  integer_lanes inner = is_inner(load(black->deviation + i), h);
  lanes low = lesser(load(black->forward + i), load(black->strike + i));
  lanes part = choose(
      inner, load(black->near + i) + load(black->far + i), load(black->difference + i));
  lanes target = choose(inner, load(batch->rest + i), load(batch->target + i));
  split ratio = log_of_ratio(
      low * splat(INVERSE_ROOT_TWO_PI_HIGH) * part, target, splat(0.0));
  lanes f = ratio.high + (ratio.low + load(black->exponent + i) + load(black->exponent_low + i));
  lanes slope = choose(inner, splat(-1.0), splat(1.0)) / part;

  lanes inverse = load(black->inverse_deviation + i);
  lanes square = h * h;
  lanes p = fused(square, inverse, splat(-0.25) * s);
  lanes p_slope = fused(splat(-3.0) * square * inverse, inverse, splat(-0.25));
  lanes second = p - slope;
  lanes third = fused(second, second, fused(-slope, second, p_slope));
  lanes newton = -f / slope;
  lanes top = fused(splat(0.5) * newton, second, splat(1.0));
  lanes bottom = fused(newton, fused(splat(1.0 / 6) * newton, third, second), splat(1.0));
  lanes near_factor = fused(newton * top / bottom, inverse, splat(1.0));

  /* Newton in 1/s^2 or in s^2. */
  lanes relative = splat(2.0) * newton * inverse;
  lanes curved = choose(inner, splat(1.0) + relative, splat(1.0) / (splat(1.0) - relative));
  curved = choose(curved > splat(0.0), curved, splat(__builtin_inf()));
  lanes factor = choose(magnitude(f) < splat(IMPLIED_NEAR), near_factor, root(curved));
  factor = at_most(at_least(factor, IMPLIED_FACTOR_MIN), IMPLIED_FACTOR_MAX);
  integer_lanes *open = &batch->open[i / LANE_COUNT];
  store(batch->black.volatility + i, choose(*open, s * factor, s));
  *open &= magnitude(factor - splat(1.0)) > splat(IMPLIED_STEP_SMALL);
}

INLINE integer_lanes select_status(integer_lanes mask, int64_t yes, integer_lanes no) {
  return (mask & yes) | (~mask & no);
}

/* What a price can be: the status, and a harmless target where there is no root to find. */
INLINE integer_lanes classify_prices(
    implied_batch *batch, int64_t i, lanes price, lanes expiry_years, lanes sign) {
  lanes forward = load(batch->black.forward + i), strike = load(batch->black.strike + i);
  lanes low = lesser(forward, strike);
  /* F - K in two parts: deep in the money what is left of the price may be no larger than the second.
   */
  split gain = exact_sum(sign * forward, -sign * strike);
  integer_lanes is_inside = gain.high > splat(0.0);
  lanes intrinsic = choose(is_inside, gain.high, splat(0.0));
  lanes intrinsic_low = choose(is_inside, gain.low, splat(0.0));
  lanes most = choose(sign > splat(0.0), forward, strike);
  lanes infinity = splat(__builtin_inf());
  integer_lanes is_valid = (price >= splat(0.0)) & (price < infinity) &
                           (forward >= splat(PRICE_MIN)) & (forward < infinity) &
                           (strike >= splat(PRICE_MIN)) & (strike < infinity) &
                           (expiry_years > splat(0.0)) & (expiry_years < infinity);
  lanes target = (price - intrinsic) - intrinsic_low;
  lanes rest = choose(intrinsic > splat(0.0), most - price, low - price);
  integer_lanes status = (rest <= splat(0.0)) & CMK_IMPLIED_ABOVE_MAXIMUM;
  status = select_status(target == splat(0.0), CMK_IMPLIED_ZERO_VOLATILITY, status);
  status = select_status(target < splat(0.0), CMK_IMPLIED_BELOW_INTRINSIC, status);
  status = select_status(~is_valid, CMK_IMPLIED_INVALID, status);
  integer_lanes is_open = status == (integer_lanes)CMK_IMPLIED_OK;
  store(batch->target + i, choose(is_open, target, splat(0.25)));
  store(batch->rest + i, choose(is_open, rest, splat(0.75)));
  store(batch->black.forward + i, choose(is_open, forward, splat(1.0)));
  store(batch->black.strike + i, choose(is_open, strike, splat(1.0)));
  return status;
}

/* Solves the first `size` options of a batch, whose s is set to a first guess. */
INLINE void solve_batch(implied_batch *batch, int64_t size) {
  for (int64_t v = 0; v < BLACK_BATCH / LANE_COUNT; v++) batch->open[v] = (integer_lanes)-1;
  for (int step = 0; step < IMPLIED_STEPS_MAX; step++) {
    for (int64_t i = 0; i < size; i += LANE_COUNT) normalise(&batch->black, i);
    for (int64_t i = 0; i < size; i += LANE_COUNT) compare_tails(&batch->black, i);
    integer_lanes open = (integer_lanes)0;
    for (int64_t i = 0; i < size; i += LANE_COUNT) {
      implied_step(batch, i);
      open |= batch->open[i / LANE_COUNT];
    }
    if (!any(open)) return;
  }
}

static void implied_volatility(
    int64_t count, const cmk_option_streams *restrict options, const double *restrict price,
    double *restrict volatility, double *restrict attainable_error, int32_t *restrict status) {
  implied_batch batch;
  set_expiry(&batch.black, 0, BLACK_BATCH, splat(1.0));
  for (int64_t start = 0; start < count; start += BLACK_BATCH) {
    int64_t size = count - start < BLACK_BATCH ? count - start : BLACK_BATCH;
    integer_lanes statuses[BLACK_BATCH / LANE_COUNT];
    for (int64_t i = 0; i < size; i += LANE_COUNT) {
      int64_t at = start + i, rest = size - i;
      store(batch.black.forward + i, load_up_to(options->forward + at, rest));
      store(batch.black.strike + i, load_up_to(options->strike + at, rest));
      statuses[i / LANE_COUNT] = classify_prices(
          &batch, i, load_up_to(price + at, rest), load_up_to(options->expiry_years + at, rest),
          load_up_to(options->sign + at, rest));
      compare_prices(&batch.black, i);
      /* At the inflection point sqrt(2 x) the value is least curved; at the money it is s / sqrt(2
         pi) of the forward. */
      lanes low = lesser(load(batch.black.forward + i), load(batch.black.strike + i));
      lanes share = load(batch.target + i) / low;
      lanes inflection = root(splat(2.0) * load(batch.black.moneyness + i));
      store(batch.black.volatility + i, fused(share, splat(ROOT_TWO_PI_HIGH), inflection));
    }
    solve_batch(&batch, size);
    for (int64_t i = 0; i < size; i += LANE_COUNT) {
      int64_t at = start + i, rest = size - i;
      normalise(&batch.black, i);
      weigh(&batch.black, i);
      lanes s = load(batch.black.volatility + i);
      lanes sigma = s / root(load_up_to(options->expiry_years + at, rest));
      lanes reach = splat(0x1p-53) * load_up_to(price + at, rest) /
                    (s * load(batch.black.weight + i));
      integer_lanes own = statuses[i / LANE_COUNT];
      lanes none = splat(__builtin_nan(""));
      integer_lanes is_open = own == (integer_lanes)CMK_IMPLIED_OK;
      integer_lanes is_zero = own == (integer_lanes)CMK_IMPLIED_ZERO_VOLATILITY;
      sigma = choose(is_open, sigma, choose(is_zero, splat(0.0), none));
      store_up_to(volatility + at, sigma, rest);
      store_up_to(attainable_error + at, choose(is_open, reach, none), rest);
      for (int64_t lane = 0; lane < LANE_COUNT && lane < rest; lane++) {
        status[at + lane] = (int32_t)own[lane];
      }
    }
  }
}
