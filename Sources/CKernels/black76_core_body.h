/* What all kernels of Black (1976) share: one option on a forward per lane, undiscounted.

   With low = min(F, K), high = max(F, K), s = sigma sqrt(T), h = ln(high / low) / s, b = s/2 - h and
   c = s/2 + h the out-of-the-money option is worth low N(b) - high N(-c), and the other follows by
   exact parity. Since low phi(b) = high phi(c) = W,
     b <= 1/2:  W [M(-b) - M(c)]           M: Mills ratio, the argument -b not below -1/2
     b >  1/2:  low - W [M(b) + M(c)]
   W also is F phi(d1), so that one exponential serves value and derivatives. Where digits go:
   - The error of d1 is multiplied by d1 in phi(d1). So ln(high / low), s, h and b are carried with
     their rounding errors.
   - The two Mills ratios are nearly equal where s is small. With q = 1/(x + 5) they are polynomials
     in q, and their difference is (q_a - q_b) times a divided difference, all of whose terms are
     positive, evaluated by Horner's scheme beside the polynomial itself; q_a - q_b is s q_a q_b. */

/* Below these the option counts as certain. */
#define DEVIATION_MIN 0x1p-1000
#define PRICE_MIN 0x1p-1000
/* Above these the density vanishes; the cut keeps infinities out of the products. */
#define DEVIATION_MAX 1e3
#define DISTANCE_MAX 1e3
/* Where b is above this, the value is near its limit `low` and no difference of Mills ratios. */
#define INNER_MIN 0.5
/* e^x is below the smallest normal number for x below this. */
#define EXPONENT_MIN -708.0

/* Options per batch. A batch goes through one step after the other: the chain of operations on one
   option is long, and only short loops let the CPU overlap many of them. */
#define BLACK_BATCH 64

typedef struct black_batch {
  /* Given; a batch is filled up to whole lanes. */
  double forward[BLACK_BATCH], strike[BLACK_BATCH], volatility[BLACK_BATCH];
  double root_expiry[BLACK_BATCH], root_expiry_low[BLACK_BATCH], inverse_root[BLACK_BATCH];
  /* Computed, in the words of the comment above. */
  double moneyness[BLACK_BATCH], moneyness_low[BLACK_BATCH]; /* ln(high / low) */
  double deviation[BLACK_BATCH];          /* s */
  double inverse_deviation[BLACK_BATCH];  /* 1/s */
  double distance[BLACK_BATCH];           /* h */
  double exponent[BLACK_BATCH], exponent_low[BLACK_BATCH]; /* -b^2/2 */
  double weight[BLACK_BATCH];             /* W */
  double q_near[BLACK_BATCH], q_far[BLACK_BATCH]; /* q of b or -b, and of c */
  double near[BLACK_BATCH], far[BLACK_BATCH]; /* Mills ratios of b or -b, and of c */
  double difference[BLACK_BATCH];         /* near - far; meant where b <= 1/2 */
} black_batch;

/* S(t_a) of the Mills polynomial and its divided difference between t_a and t_b, as Horner chains of
   even and odd terms. */
INLINE split mills_divided(lanes t_a, lanes t_b) {
  lanes u_a = t_a * t_a, u_b = t_b * t_b;
  lanes even = splat(mills[MILLS_COUNT - 1]), odd = splat(mills[MILLS_COUNT - 2]);
  lanes even_slope = even, odd_slope = odd;
  even = fused(even, u_a, splat(mills[MILLS_COUNT - 3]));
  odd = fused(odd, u_a, splat(mills[MILLS_COUNT - 4]));
#pragma clang loop unroll(full)
  for (int i = MILLS_COUNT - 5; i >= 0; i -= 2) {
    even_slope = fused(even_slope, u_b, even);
    even = fused(even, u_a, splat(mills[i]));
    if (i > 0) {
      odd_slope = fused(odd_slope, u_b, odd);
      odd = fused(odd, u_a, splat(mills[i - 1]));
    }
  }
  lanes slope = fused(t_a + t_b, fused(t_b, odd_slope, even_slope), odd);
  return (split){fused(t_a, odd, even), slope};
}

/* sqrt T of the options from `first` up to `last`, to twice its digits, and its inverse. */
INLINE void set_expiry(black_batch *batch, int64_t first, int64_t last, lanes expiry_years) {
  lanes high = root(expiry_years);
  lanes inverse = splat(1.0) / high;
  lanes low = fused(-high, high, expiry_years) * (splat(0.5) * inverse);
  for (int64_t i = first; i < last; i += LANE_COUNT) {
    store(batch->root_expiry + i, high);
    store(batch->root_expiry_low + i, low);
    store(batch->inverse_root + i, inverse);
  }
}

/* Whether b > 1/2, the same wherever it is asked. */
INLINE integer_lanes is_inner(lanes deviation, lanes distance) {
  return fused(splat(0.5), deviation, -distance) > splat(INNER_MIN);
}

INLINE void compare_prices(black_batch *batch, int64_t i) {
  lanes forward = load(batch->forward + i), strike = load(batch->strike + i);
  split x = log_of_ratio(greater(forward, strike), lesser(forward, strike), splat(0.0));
  x = ordered_sum(x.high, x.low);
  store(batch->moneyness + i, x.high);
  store(batch->moneyness_low + i, x.low);
}

/* s, h, the exponent and q. */
INLINE void normalise(black_batch *batch, int64_t i) {
  lanes volatility = load(batch->volatility + i);
  split s = exact_product(volatility, load(batch->root_expiry + i));
  s.low = fused(volatility, load(batch->root_expiry_low + i), s.low);
  s.high = at_most(s.high, DEVIATION_MAX);
  lanes inverse = splat(1.0) / s.high;
  lanes moneyness = load(batch->moneyness + i);
  lanes h = at_most(moneyness * inverse, DISTANCE_MAX);
  lanes rest = fused(-h, s.low, load(batch->moneyness_low + i));
  lanes h_low = (fused(-h, s.high, moneyness) + rest) * inverse;
  split b = ordered_sum(-h, splat(0.5) * s.high);
  b.low += fused(splat(0.5), s.low, -h_low);
  split square = exact_product(b.high, b.high);
  square.low = fused(b.high + b.high, b.low, square.low);
  store(batch->deviation + i, s.high);
  store(batch->inverse_deviation + i, inverse);
  store(batch->distance + i, h);
  store(batch->exponent + i, splat(-0.5) * square.high);
  store(batch->exponent_low + i, splat(-0.5) * square.low);

  lanes near = choose(is_inner(s.high, h), b.high, -b.high) + splat(MILLS_SHIFT);
  lanes far = fused(splat(0.5), s.high, h) + splat(MILLS_SHIFT);
  lanes product = splat(1.0) / (near * far);
  store(batch->q_near + i, far * product);
  store(batch->q_far + i, near * product);
}

/* W. */
INLINE void weigh(black_batch *batch, int64_t i) {
  lanes exponent = load(batch->exponent + i);
  scaled_split density = exp_split(exponent, load(batch->exponent_low + i));
  lanes fraction = (density.fraction.high + density.fraction.low) * splat(INVERSE_ROOT_TWO_PI_HIGH);
  lanes scaled = (lanes)((integer_lanes)fraction + (density.power << 52));
  lanes low = lesser(load(batch->forward + i), load(batch->strike + i));
  store(
      batch->weight + i, choose(exponent < splat(EXPONENT_MIN), splat(0.0), scaled * low));
}

/* The Mills ratios and their difference. */
INLINE void compare_tails(black_batch *batch, int64_t i) {
  lanes near = load(batch->q_near + i), far = load(batch->q_far + i);
  lanes nine_near = splat(9.0) * near, nine_far = splat(9.0) * far;
  split rest = mills_divided(splat(1.0) - nine_near, splat(1.0) - nine_far);
  lanes divided =
      fused(nine_near + nine_far, rest.high, fused(-nine_far * nine_far, rest.low, splat(1.0)));
  store(batch->difference + i, load(batch->deviation + i) * near * far * divided);
  store(batch->near + i, fused(near * nine_near, rest.high, near));
  lanes far_rest = fused(nine_near - nine_far, rest.low, rest.high);
  store(batch->far + i, fused(far * nine_far, far_rest, far));
}

/* All computed columns of the first `count` options, whole lanes. */
INLINE void evaluate_batch(black_batch *batch, int64_t count) {
  for (int64_t i = 0; i < count; i += LANE_COUNT) compare_prices(batch, i);
  for (int64_t i = 0; i < count; i += LANE_COUNT) normalise(batch, i);
  for (int64_t i = 0; i < count; i += LANE_COUNT) weigh(batch, i);
  for (int64_t i = 0; i < count; i += LANE_COUNT) compare_tails(batch, i);
}

/* Whether time, volatility, forward and strike are positive, so that the formula applies. */
INLINE integer_lanes is_plain(const black_batch *batch, int64_t i) {
  lanes low = lesser(load(batch->forward + i), load(batch->strike + i));
  return (load(batch->deviation + i) >= splat(DEVIATION_MIN)) & (low >= splat(PRICE_MIN));
}
