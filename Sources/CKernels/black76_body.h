/* Black (1976) values and derivatives over streams. The allowed errors stand in the index of
   Tests/Vectors/accuracy and are tested. */

/* The value: that of the out-of-the-money side, zero where the formula does not apply, and the
   intrinsic value. NaN in, NaN out. */
INLINE lanes batch_value(const black_batch *batch, int64_t i, lanes sign) {
  lanes forward = load(batch->forward + i), strike = load(batch->strike + i);
  lanes volatility = load(batch->volatility + i);
  lanes weight = load(batch->weight + i);
  lanes inner = fused(
      -weight, load(batch->near + i) + load(batch->far + i), lesser(forward, strike));
  lanes value = choose(
      is_inner(load(batch->deviation + i), load(batch->distance + i)), inner,
      weight * load(batch->difference + i));
  value = choose(is_plain(batch, i), value, splat(0.0));
  lanes gain = sign * (forward - strike);
  value += choose(gain <= splat(0.0), splat(0.0), gain);
  return choose(volatility == volatility, value, volatility);
}

static void black76_value(
    int64_t count, const double *restrict forward, const double *restrict volatility, double strike,
    double expiry_years, double sign, double *restrict value) {
  black_batch batch;
  set_expiry(&batch, 0, BLACK_BATCH, splat(expiry_years));
  for (int64_t i = 0; i < BLACK_BATCH; i += LANE_COUNT) store(batch.strike + i, splat(strike));
  for (int64_t start = 0; start < count; start += BLACK_BATCH) {
    int64_t size = count - start < BLACK_BATCH ? count - start : BLACK_BATCH;
    for (int64_t i = 0; i < size; i += LANE_COUNT) {
      store(batch.forward + i, load_up_to(forward + start + i, size - i));
      store(batch.volatility + i, load_up_to(volatility + start + i, size - i));
    }
    evaluate_batch(&batch, size);
    for (int64_t i = 0; i < size; i += LANE_COUNT) {
      store_up_to(value + start + i, batch_value(&batch, i, splat(sign)), size - i);
    }
  }
}

INLINE void load_batch(
    black_batch *batch, const cmk_option_streams *options, int64_t start, int64_t size) {
  for (int64_t i = 0; i < size; i += LANE_COUNT) {
    store(batch->forward + i, load_up_to(options->forward + start + i, size - i));
    store(batch->strike + i, load_up_to(options->strike + start + i, size - i));
    store(batch->volatility + i, load_up_to(options->volatility + start + i, size - i));
    set_expiry(batch, i, i + LANE_COUNT, load_up_to(options->expiry_years + start + i, size - i));
  }
  evaluate_batch(batch, size);
}

/* Where the formula does not apply (no time, no volatility, forward or strike zero) delta is 0 or the
   sign by moneyness, half the sign at F = K. */
INLINE lanes batch_delta(const black_batch *batch, int64_t i, lanes sign, lanes density) {
  lanes forward = load(batch->forward + i), strike = load(batch->strike + i);
  integer_lanes below = forward < strike;
  integer_lanes inner = is_inner(load(batch->deviation + i), load(batch->distance + i));
  /* N(d1) where F < K and b <= 1/2, else 1 - N(d1). */
  lanes part = density * choose(below, load(batch->near + i), load(batch->far + i));
  integer_lanes from_one = (below & ~inner) ^ (sign > splat(0.0));
  lanes delta = sign * choose(from_one, splat(1.0) - part, part);
  lanes gain = sign * (forward - strike);
  lanes half = choose(gain == splat(0.0), splat(0.5) * sign, splat(0.0));
  return choose(is_plain(batch, i), delta, choose(gain > splat(0.0), sign, half));
}

static void black76_greeks(
    int64_t count, const cmk_option_streams *restrict options,
    const cmk_greek_streams *restrict greeks) {
  black_batch batch;
  for (int64_t start = 0; start < count; start += BLACK_BATCH) {
    int64_t size = count - start < BLACK_BATCH ? count - start : BLACK_BATCH;
    load_batch(&batch, options, start, size);
    for (int64_t i = 0; i < size; i += LANE_COUNT) {
      int64_t at = start + i, rest = size - i;
      lanes sign = load_up_to(options->sign + at, rest);
      lanes zero = splat(0.0);
      integer_lanes plain = is_plain(&batch, i);
      lanes weight = choose(plain, load(batch.weight + i), zero);
      lanes inverse_forward = splat(1.0) / load(batch.forward + i);
      lanes density = weight * inverse_forward;
      lanes gamma = density * inverse_forward * load(batch.inverse_deviation + i);
      lanes theta =
          splat(-0.5) * weight * load(batch.volatility + i) * load(batch.inverse_root + i);
      store_up_to(greeks->value + at, batch_value(&batch, i, sign), rest);
      store_up_to(greeks->delta + at, batch_delta(&batch, i, sign, density), rest);
      store_up_to(greeks->gamma + at, choose(plain, gamma, zero), rest);
      store_up_to(greeks->vega + at, weight * load(batch.root_expiry + i), rest);
      store_up_to(greeks->theta + at, choose(plain, theta, zero), rest);
    }
  }
}

static void black76_higher_greeks(
    int64_t count, const cmk_option_streams *restrict options,
    const cmk_higher_greek_streams *restrict greeks) {
  black_batch batch;
  for (int64_t start = 0; start < count; start += BLACK_BATCH) {
    int64_t size = count - start < BLACK_BATCH ? count - start : BLACK_BATCH;
    load_batch(&batch, options, start, size);
    for (int64_t i = 0; i < size; i += LANE_COUNT) {
      int64_t at = start + i, rest = size - i;
      lanes forward = load(batch.forward + i);
      lanes h = load(batch.distance + i);
      lanes half = splat(0.5) * load(batch.deviation + i);
      lanes standardised = choose(forward < load(batch.strike + i), -h, h);
      lanes d1 = standardised + half, d2 = standardised - half;
      lanes weight = load(batch.weight + i);
      lanes inverse_s = load(batch.inverse_deviation + i);
      lanes inverse_forward = splat(1.0) / forward;
      lanes root_expiry = load(batch.root_expiry + i);
      lanes inverse_root = load(batch.inverse_root + i);
      lanes density = weight * inverse_forward;
      /* 1 / sigma is sqrt T / s; the factors are taken in an order in which none overflows. */
      lanes vanna = -density * (d2 * inverse_s) * root_expiry;
      lanes volga = weight * root_expiry * (d1 * inverse_s) * (d2 * root_expiry);
      lanes gamma = density * inverse_forward * inverse_s;
      lanes charm = splat(0.5) * density * d2 * inverse_root * inverse_root;
      lanes speed = -gamma * inverse_forward * fused(d1, inverse_s, splat(1.0));
      /* Where the density has vanished, what multiplies it may be infinite. */
      integer_lanes counts = is_plain(&batch, i) & (weight > splat(0.0));
      lanes zero = splat(0.0);
      store_up_to(greeks->vanna + at, choose(counts, vanna, zero), rest);
      store_up_to(greeks->volga + at, choose(counts, volga, zero), rest);
      store_up_to(greeks->charm + at, choose(counts, charm, zero), rest);
      store_up_to(greeks->speed + at, choose(counts, speed, zero), rest);
    }
  }
}
