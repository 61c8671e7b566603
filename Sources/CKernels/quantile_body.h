/* Inverse normal distribution in three regions, as Wichura (1988) has them, with our own
   coefficients: a leading line that keeps every digit and a small rational rest. */

/* |p - 1/2| up to which the central form serves, and its square. */
#define QUANTILE_CENTRE_MAX 0.425
#define QUANTILE_CENTRE_SQUARE 0.180625
/* sqrt(-ln p) from which the far form serves. */
#define QUANTILE_FAR_MIN 5.7
/* Elements of a stream that are taken at once. */
#define QUANTILE_BATCH 256

#define RATIONAL(name, count, x) \
  (polynomial(name##_top, count, x) / polynomial(name##_bottom, count, x))

/* The quantile of 1/2 + q, |q| <= 0.425. */
INLINE lanes quantile_centre(lanes q) {
  lanes r = fused(-q, q, splat(QUANTILE_CENTRE_SQUARE));
  lanes rest = RATIONAL(quantile_centre, QUANTILE_CENTRE_TOP_COUNT, r);
  return fused(q, splat(QUANTILE_CENTRE_LEVEL), q * rest);
}

/* Minus the quantile of p <= 0.075. */
INLINE lanes quantile_tail(lanes p) {
  split logarithm = log_split(p);
  lanes s = root(-(logarithm.high + logarithm.low));
  lanes s_low = (fused(-s, s, -logarithm.high) - logarithm.low) * (splat(0.5) / s);
  lanes near = s - splat(QUANTILE_NEAR_START);
  lanes rest = RATIONAL(quantile_near, QUANTILE_NEAR_TOP_COUNT, near) + splat(QUANTILE_NEAR_LEVEL);
  lanes slope = splat(QUANTILE_NEAR_SLOPE);
  integer_lanes far = s > splat(QUANTILE_FAR_MIN);
  if (any(far)) {
    lanes x = s - splat(QUANTILE_FAR_START);
    lanes far_rest = RATIONAL(quantile_far, QUANTILE_FAR_TOP_COUNT, x) + splat(QUANTILE_FAR_LEVEL);
    rest = choose(far, far_rest, rest);
    slope = choose(far, splat(QUANTILE_FAR_SLOPE), slope);
  }
  lanes z = fused(slope, s, fused(slope, s_low, rest));
  z = choose(p == splat(0.0), splat(__builtin_inf()), z);
  return choose(p >= splat(0.0), z, splat(__builtin_nan("")));
}

/* What lies outside the centre, gathered so that no lane of the costlier form is idle. */
typedef struct quantile_tails {
  int64_t count;
  int32_t place[QUANTILE_BATCH];
  double probability[QUANTILE_BATCH + LANE_COUNT];
} quantile_tails;

/* Notes element `place`, of the quantile of 1/2 + q, if it lies outside the centre or is NaN;
   `probability` is the smaller of 1/2 - q and 1/2 + q. */
INLINE void note_tail(quantile_tails *tails, int32_t place, double q, double probability) {
  tails->place[tails->count] = place;
  tails->probability[tails->count] = probability;
  tails->count += !(__builtin_fabs(q) <= QUANTILE_CENTRE_MAX);
}

/* Puts the tails where they belong, with the sign that stands there. */
INLINE void place_tails(quantile_tails *tails, double *restrict z) {
  for (int lane = 0; lane < LANE_COUNT; lane++) tails->probability[tails->count + lane] = 0.01;
  for (int64_t i = 0; i < tails->count; i += LANE_COUNT) {
    lanes value = quantile_tail(load(tails->probability + i));
    int64_t rest = tails->count - i < LANE_COUNT ? tails->count - i : LANE_COUNT;
    for (int64_t lane = 0; lane < rest; lane++) {
      double *target = z + tails->place[i + lane];
      *target = __builtin_copysign(value[lane], *target);
    }
  }
}

static void normal_quantile(int64_t count, const double *restrict p, double *restrict z) {
  quantile_tails tails;
  for (int64_t start = 0; start < count; start += QUANTILE_BATCH) {
    int64_t rest = count - start < QUANTILE_BATCH ? count - start : QUANTILE_BATCH;
    tails.count = 0;
    for (int64_t i = start; i < start + rest; i++) {
      note_tail(&tails, (int32_t)(i - start), p[i] - 0.5, p[i] < 0.5 ? p[i] : 1.0 - p[i]);
    }
    for (int64_t i = start; i < start + rest; i += LANE_COUNT) {
      int64_t ragged = start + rest - i < LANE_COUNT ? start + rest - i : LANE_COUNT;
      split q = ordered_sum(splat(-0.5), load_up_to(p + i, ragged));
      lanes centre = quantile_centre(q.high);
      /* dz/dq = sqrt(2 pi) e^(z^2/2), of which two digits are enough here. */
      lanes half = splat(0.5) * centre * centre;
      lanes slope = splat(ROOT_TWO_PI_HIGH) * fused(half, fused(half, splat(0.6), splat(1.0)), splat(1.0));
      store_up_to(z + i, choose(magnitude(q.high) <= splat(QUANTILE_CENTRE_MAX), fused(q.low, slope, centre), q.high), ragged);
    }
    place_tails(&tails, z + start);
  }
}
