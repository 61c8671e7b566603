/* Black (1976) on the forward, undiscounted, eight options at a time.

   Only the out-of-the-money side is computed; the other follows by exact parity. With low = min(F,
   K), high = max(F, K), x = ln(low / high) <= 0, s = sigma sqrt(T), h = -x / s >= 0, b = s/2 - h
   and c = s/2 + h the out-of-the-money value is low N(b) - high N(-c), and since low phi(b) = high
   phi(c),
     b <= 0:  low phi(b) [M(-b) - M(c)]            M: Mills ratio
     b >  0:  low - low phi(b) [M(b) + M(c)]
   For small s the two Mills ratios cancel; there their difference is the midpoint series
     M(h - s/2) - M(h + s/2) = -(s M' + s^3 M'''/24 + s^5 M^(5)/1920)(h),   M' = h M - 1,
     M^(n+1) = n M^(n-1) + h M^(n).
   Error, measured on the table of Tests/Vectors/numerics_accuracy.json: see the bounds in that
   file. */

/* The first term left out of the series, s^6 M^(7) / (322560 M'), is below 1e-15 here, and above it
   the difference of the Mills ratios keeps twelve digits while |d1| < 8. */
#define SERIES_DEVIATION_MAX 0.02

/* M(h - s/2) - M(h + s/2) for small s, given M(h). */
INLINE lanes mills_difference_series(lanes h, lanes s, lanes m) {
  lanes m1 = fused(h, m, splat(-1.0));
  lanes m2 = fused(h, m1, m);
  lanes m3 = fused(h, m2, splat(2.0) * m1);
  lanes m4 = fused(h, m3, splat(3.0) * m2);
  lanes m5 = fused(h, m4, splat(4.0) * m3);
  lanes square = s * s;
  lanes series = fused(square, fused(square, m5 * splat(1.0 / 1920), m3 * splat(1.0 / 24)), m1);
  return -s * series;
}

typedef struct normalised {
  lanes deviation;      /* s, zero where volatility or time is */
  lanes log_moneyness;  /* ln(F / K) */
  lanes low;            /* min(F, K) */
  integer_lanes is_plain; /* s > 0 and low > 0: the formula applies, else the intrinsic value */
} normalised;

INLINE normalised normalise(lanes forward, lanes strike, lanes root_expiry, lanes volatility) {
  normalised n;
  integer_lanes no_deviation = (volatility <= splat(0.0)) | (root_expiry <= splat(0.0));
  n.deviation = choose(no_deviation, splat(0.0), volatility * root_expiry);
  n.low = choose(forward < strike, forward, strike);
  n.log_moneyness = log_of_ratio(forward, strike, splat(0.0));
  n.is_plain = (n.deviation > splat(0.0)) & (n.low >= splat(SMALLEST_NORMAL));
  return n;
}

/* The value of the out-of-the-money side; zero where the formula does not apply. */
INLINE lanes out_of_the_money(normalised n) {
  lanes s = n.deviation;
  lanes h = magnitude(n.log_moneyness) / s;
  lanes b = fused(splat(0.5), s, -h);
  lanes c = fused(splat(0.5), s, h);
  integer_lanes small = s < splat(SERIES_DEVIATION_MAX);
  lanes distance = at_most(magnitude(b), NORMAL_ARGUMENT_MAX);
  lanes near = choose(small, at_most(h, NORMAL_ARGUMENT_MAX), distance);
  lanes mills_near = mills_lanes(near);
  lanes mills_far = mills_lanes(at_most(c, NORMAL_ARGUMENT_MAX));
  lanes weight = n.low * density_lanes(distance);
  integer_lanes outer = b <= splat(0.0);
  lanes value = choose(
      outer, weight * (mills_near - mills_far), fused(-weight, mills_near + mills_far, n.low));
  if (any(small & n.is_plain)) {
    value = choose(small, weight * mills_difference_series(near, s, mills_near), value);
  }
  return choose(n.is_plain, value, splat(0.0));
}

/* sign (F - K) where positive, else zero; NaN stays. */
INLINE lanes intrinsic_lanes(lanes forward, lanes strike, lanes sign) {
  lanes gain = sign * (forward - strike);
  return choose(gain <= splat(0.0), splat(0.0), gain);
}

INLINE lanes option_value(
    lanes forward, lanes strike, lanes root_expiry, lanes volatility, lanes sign) {
  normalised n = normalise(forward, strike, root_expiry, volatility);
  lanes value = out_of_the_money(n) + intrinsic_lanes(forward, strike, sign);
  return choose(n.deviation == n.deviation, value, n.deviation);
}

static void black76_value(
    int64_t count, const double *restrict forward, const double *restrict volatility, double strike,
    double expiry_years, double sign, double *restrict value) {
  lanes k = splat(strike);
  lanes root_expiry = root(splat(expiry_years));
  lanes w = splat(sign);
  int64_t i = 0;
  for (; i + LANE_COUNT <= count; i += LANE_COUNT) {
    store(value + i, option_value(load(forward + i), k, root_expiry, load(volatility + i), w));
  }
  if (i < count) {
    int64_t rest = count - i;
    lanes f = load_ragged(forward + i, rest);
    lanes sigma = load_ragged(volatility + i, rest);
    store_ragged(value + i, option_value(f, k, root_expiry, sigma, w), rest);
  }
}

typedef struct greek_lanes {
  lanes value, delta, gamma, vega, theta, vanna, volga;
} greek_lanes;

/* Where the formula does not apply (no time, no volatility, forward or strike zero) delta is 0 or
   the sign by moneyness, half the sign at F = K, and the others are zero. */
INLINE greek_lanes option_greeks(
    lanes forward, lanes strike, lanes expiry_years, lanes volatility, lanes sign) {
  lanes root_expiry = root(expiry_years);
  normalised n = normalise(forward, strike, root_expiry, volatility);
  lanes zero = splat(0.0);
  lanes s = n.deviation;
  lanes standardised = n.log_moneyness / s;
  /* Beyond 1,000 phi is zero; the cut keeps infinities out of the products. */
  lanes d1 = at_most(at_least(fused(splat(0.5), s, standardised), -1e3), 1e3);
  lanes d2 = at_most(at_least(fused(splat(-0.5), s, standardised), -1e3), 1e3);
  lanes density = density_lanes(at_most(magnitude(d1), NORMAL_ARGUMENT_MAX));
  lanes tail = density * mills_lanes(at_most(magnitude(d1), NORMAL_ARGUMENT_MAX));
  integer_lanes likely = sign * d1 >= zero;
  lanes gain = sign * (forward - strike);
  lanes limit_delta = choose(gain > zero, sign, choose(gain == zero, sign * splat(0.5), zero));

  greek_lanes g;
  g.value = out_of_the_money(n) + intrinsic_lanes(forward, strike, sign);
  g.value = choose(s == s, g.value, s);
  g.delta = choose(n.is_plain, sign * choose(likely, splat(1.0) - tail, tail), limit_delta);
  lanes weight = choose(n.is_plain, density, zero);
  lanes scaled = forward * weight;
  g.gamma = choose(n.is_plain, weight / (forward * s), zero);
  g.vega = scaled * choose(n.is_plain, root_expiry, zero);
  g.theta = choose(n.is_plain, scaled * volatility / (splat(-2.0) * root_expiry), zero);
  g.vanna = choose(n.is_plain, -weight * d2 / volatility, zero);
  g.volga = choose(n.is_plain, g.vega * d1 * d2 / volatility, zero);
  return g;
}

INLINE void store_greeks(
    const cmk_greek_streams *greeks, int64_t offset, int64_t count, const greek_lanes *g) {
  store_ragged(greeks->value + offset, g->value, count);
  store_ragged(greeks->delta + offset, g->delta, count);
  store_ragged(greeks->gamma + offset, g->gamma, count);
  store_ragged(greeks->vega + offset, g->vega, count);
  store_ragged(greeks->theta + offset, g->theta, count);
  store_ragged(greeks->vanna + offset, g->vanna, count);
  store_ragged(greeks->volga + offset, g->volga, count);
}

static void black76_greeks(
    int64_t count, const cmk_option_streams *restrict options,
    const cmk_greek_streams *restrict greeks) {
  int64_t i = 0;
  for (; i + LANE_COUNT <= count; i += LANE_COUNT) {
    greek_lanes g = option_greeks(
        load(options->forward + i), load(options->strike + i), load(options->expiry_years + i),
        load(options->volatility + i), load(options->sign + i));
    store_greeks(greeks, i, LANE_COUNT, &g);
  }
  if (i < count) {
    int64_t rest = count - i;
    greek_lanes g = option_greeks(
        load_ragged(options->forward + i, rest), load_ragged(options->strike + i, rest),
        load_ragged(options->expiry_years + i, rest), load_ragged(options->volatility + i, rest),
        load_ragged(options->sign + i, rest));
    store_greeks(greeks, i, rest, &g);
  }
}
