/* The largest losses of each unit, exactly, whatever their distribution: in the order (loss
   descending, scenario ascending), `count` of them.

   Scenarios come in ascending order. What is larger than a unit's threshold is appended to its
   buffer; a buffer that may not hold another tile is cut down to little more than the `count` largest,
   and the threshold rises to what is certain to be outside. The first tile so sets a threshold that
   few later losses pass. A later loss equal to the threshold never belongs to the tail, since equal
   losses rank by scenario; so ties, constants and zeros need no care beyond the cut itself. */

/* Losses that a cut may leave beyond those asked for: fewer steps to find a threshold. */
#define TAIL_WINDOW 16
/* Halvings of the range of losses before thresholds are taken from the losses themselves, which ends
   for any distribution. */
#define TAIL_HALVINGS 8

typedef int32_t scenario_lanes __attribute__((ext_vector_type(LANE_COUNT)));

typedef struct loss_buffer {
  double *losses;
  int32_t *scenarios;
  int64_t size;
} loss_buffer;

/* Appends the lanes that `selected` holds. Writes up to LANE_COUNT entries beyond the size. */
INLINE void append_selected(
    loss_buffer *buffer, lanes losses, scenario_lanes scenarios, integer_lanes selected) {
#ifdef KERNEL_AVX512
  __mmask8 mask = _mm512_movepi64_mask((__m512i)selected);
  _mm512_storeu_pd(
      buffer->losses + buffer->size, _mm512_maskz_compress_pd(mask, (__m512d)losses));
  _mm256_storeu_si256(
      (__m256i *)(buffer->scenarios + buffer->size),
      _mm256_maskz_compress_epi32(mask, (__m256i)scenarios));
  buffer->size += __builtin_popcount(mask);
#else
  for (int lane = 0; lane < LANE_COUNT; lane++) {
    buffer->losses[buffer->size] = losses[lane];
    buffer->scenarios[buffer->size] = scenarios[lane];
    buffer->size -= selected[lane];
  }
#endif
}

INLINE scenario_lanes load_scenarios(const int32_t *source) {
  scenario_lanes x;
  memcpy(&x, source, sizeof x);
  return x;
}

/* Number of lanes that a mask holds. */
INLINE int64_t lane_count(integer_lanes mask) {
#ifdef KERNEL_AVX512
  return __builtin_popcount(_mm512_movepi64_mask((__m512i)mask));
#else
  return -__builtin_reduce_add(mask);
#endif
}

/* Entries above a limit. The buffer is padded with -inf to whole lanes. */
INLINE int64_t count_above(const loss_buffer *buffer, double limit) {
  int64_t count = 0;
  for (int64_t i = 0; i < buffer->size; i += LANE_COUNT) {
    count += lane_count(load(buffer->losses + i) > splat(limit));
  }
  return count;
}

INLINE int64_t count_equal(const loss_buffer *buffer, double limit) {
  int64_t count = 0;
  for (int64_t i = 0; i < buffer->size; i += LANE_COUNT) {
    count += lane_count(load(buffer->losses + i) == splat(limit));
  }
  return count;
}

/* Some entry strictly between two limits; there is one. */
INLINE double entry_between(const loss_buffer *buffer, double low, double high) {
  for (int64_t i = 0; i < buffer->size; i += LANE_COUNT) {
    lanes loss = load(buffer->losses + i);
    integer_lanes between = (loss > splat(low)) & (loss < splat(high));
    if (!any(between)) continue;
    for (int lane = 0; lane < LANE_COUNT; lane++) {
      if (between[lane]) return loss[lane];
    }
  }
  return high;
}

/* Keeps what is above `limit` and the first `ties` entries equal to it, in their order. */
INLINE void keep_above(loss_buffer *buffer, double limit, int64_t ties) {
  loss_buffer kept = {buffer->losses, buffer->scenarios, 0};
  for (int64_t i = 0; i < buffer->size; i += LANE_COUNT) {
    lanes loss = load(buffer->losses + i);
    scenario_lanes scenarios = load_scenarios(buffer->scenarios + i);
    integer_lanes selected = loss > splat(limit);
    integer_lanes equal = loss == splat(limit);
    if (ties > 0 && any(equal)) {
      for (int lane = 0; lane < LANE_COUNT; lane++) {
        if (equal[lane] && ties > 0) {
          selected[lane] = -1;
          ties--;
        }
      }
    }
    append_selected(&kept, loss, scenarios, selected);
  }
  buffer->size = kept.size;
}

/* Cuts a buffer of more than `count` + TAIL_WINDOW entries down to between `count` and that; exactly
   `count` are kept where entries are equal at the border. Returns the new threshold. */
INLINE double cut_tail(loss_buffer *buffer, int64_t count) {
  store(buffer->losses + buffer->size, splat(-__builtin_inf()));
  lanes least = splat(__builtin_inf()), most = splat(-__builtin_inf());
  for (int64_t i = 0; i < buffer->size; i += LANE_COUNT) {
    lanes loss = load(buffer->losses + i);
    least = choose((loss < least) & (loss > splat(-__builtin_inf())), loss, least);
    most = choose(loss > most, loss, most);
  }
  double low = __builtin_reduce_min(least), high = __builtin_reduce_max(most);
  double limit = 0.5 * low + 0.5 * high;
  for (int step = 0; step < TAIL_HALVINGS && limit > low && limit < high; step++) {
    int64_t above = count_above(buffer, limit);
    if (above >= count && above <= count + TAIL_WINDOW) {
      keep_above(buffer, limit, 0);
      return limit;
    }
    if (above < count) high = limit; else low = limit;
    limit = 0.5 * low + 0.5 * high;
  }
  /* Both ends, then entries between them, of which there are some as long as neither end serves. */
  for (int64_t step = 0;; step++) {
    limit = step == 0 ? high : step == 1 ? low : entry_between(buffer, low, high);
    int64_t above = count_above(buffer, limit);
    int64_t equal = count_equal(buffer, limit);
    int is_inside = above < count && above + equal >= count;
    if (is_inside || (above >= count && above <= count + TAIL_WINDOW)) {
      keep_above(buffer, limit, is_inside ? count - above : 0);
      return limit;
    }
    if (above < count) high = limit; else low = limit;
  }
}

/* Puts the `count` largest into `losses` and `scenarios` in their order, all of them if they are
   fewer, and into `by_scenario` the places of the entries by ascending scenario. What follows in the
   three, up to TAIL_WINDOW elements, is overwritten. Returns how many. */
INLINE int64_t sort_tail(
    loss_buffer *buffer, int64_t count, double *restrict losses, int32_t *restrict scenarios,
    int32_t *restrict by_scenario) {
  if (buffer->size > count + TAIL_WINDOW) cut_tail(buffer, count);
  store(buffer->losses + buffer->size, splat(-__builtin_inf()));
  int64_t kept = 0;
  for (int64_t i = 0; i < buffer->size; i += LANE_COUNT) {
    /* An entry's place is the number of entries that rank before it: larger ones, and equal ones of
       lower scenario, which stand before it. */
    lanes loss = load(buffer->losses + i);
    integer_lanes places = (integer_lanes)0;
    for (int64_t j = 0; j < i; j++) places -= splat(buffer->losses[j]) >= loss;
    int64_t rest = buffer->size - i < LANE_COUNT ? buffer->size - i : LANE_COUNT;
    for (int64_t j = i; j < i + rest; j++) {
      lanes other = splat(buffer->losses[j]);
      places -= (other > loss) | ((other == loss) & (row_numbers(i) > (integer_lanes)j));
    }
    for (int64_t j = i + rest; j < buffer->size; j++) places -= splat(buffer->losses[j]) > loss;
    /* Places beyond the tail fall into the room behind it. */
    for (int64_t lane = 0; lane < rest; lane++) {
      losses[places[lane]] = buffer->losses[i + lane];
      scenarios[places[lane]] = buffer->scenarios[i + lane];
      by_scenario[kept] = (int32_t)places[lane];
      kept += places[lane] < count;
    }
  }
  return kept;
}
