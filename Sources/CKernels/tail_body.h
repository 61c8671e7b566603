/* The smallest profits of a unit, exactly, whatever their distribution: in the order (profit
   ascending, scenario ascending), `count` of them.

   What may belong to them is copied from the column: with few losses all that is at most a limit
   known to have `count` profits at or below it, which is a little more than `count`. The copies rank
   themselves by counting. */

/* Profits that a limit may leave beyond those asked for: fewer steps to find it. */
#define TAIL_WINDOW 16
_Static_assert(
    TAIL_WINDOW + LANE_COUNT <= CMK_READING_ROOM, "whole lanes of a list fit behind the tail");
/* Largest count for which a limit is found among the least profits of 64 groups of scenarios. */
#define TAIL_GROUP_COUNT (CMK_TILE_ROWS - TAIL_WINDOW)
/* Halvings of the range of profits before limits are taken from the profits themselves, which ends
   for any distribution. */
#define TAIL_HALVINGS 8

/* Some profits of one unit and their scenarios, in ascending order of scenarios. */
typedef struct profit_list {
  double *profits;
  int32_t *scenarios;
  int64_t size;
} profit_list;

/* Of the profits at or below `value` those below it and the first `ties` that are equal to it. */
typedef struct tail_limit {
  double value;
  int64_t ties;
} tail_limit;

/* Fills a list up to whole lanes, which are not counted, with +infinity. */
INLINE void fill_lanes(const profit_list *list) {
  store(list->profits + list->size, splat(__builtin_inf()));
}

INLINE int64_t count_below(const double *profits, int64_t size, double limit) {
  int64_t count = 0;
  for (int64_t i = 0; i < size; i += LANE_COUNT) {
    count += __builtin_popcountll(lane_bits(load(profits + i) < splat(limit)));
  }
  return count;
}

INLINE int64_t count_equal(const double *profits, int64_t size, double limit) {
  int64_t count = 0;
  for (int64_t i = 0; i < size; i += LANE_COUNT) {
    count += __builtin_popcountll(lane_bits(load(profits + i) == splat(limit)));
  }
  return count;
}

/* Some profit strictly between two limits; there is one. */
INLINE double profit_between(const double *profits, int64_t size, double low, double high) {
  for (int64_t i = 0; i < size; i += LANE_COUNT) {
    uint64_t between =
        lane_bits((load(profits + i) > splat(low)) & (load(profits + i) < splat(high)));
    if (between) return profits[i + __builtin_ctzll(between)];
  }
  return low;
}

/* A limit that leaves between `count` and `count` + TAIL_WINDOW of more than that many profits, and
   exactly `count` where profits are equal at the border. The profits are filled up to whole lanes
   with +infinity. */
INLINE tail_limit find_limit(const double *profits, int64_t size, int64_t count) {
  lanes least = splat(__builtin_inf()), most = splat(-__builtin_inf());
  for (int64_t i = 0; i < size; i += LANE_COUNT) {
    lanes profit = load(profits + i);
    least = lesser(profit, least);
    most = choose((profit > most) & (profit < splat(__builtin_inf())), profit, most);
  }
  double low = least_lane(least), high = greatest_lane(most);
  double limit = 0.5 * low + 0.5 * high;
  for (int step = 0; step < TAIL_HALVINGS && limit > low && limit < high; step++) {
    int64_t below = count_below(profits, size, limit);
    if (below >= count && below <= count + TAIL_WINDOW) return (tail_limit){limit, 0};
    if (below < count) low = limit; else high = limit;
    limit = 0.5 * low + 0.5 * high;
  }
  /* Both ends, then profits between them, of which there are some as long as neither end serves. */
  for (int64_t step = 0;; step++) {
    limit = step == 0 ? low : step == 1 ? high : profit_between(profits, size, low, high);
    int64_t below = count_below(profits, size, limit);
    int64_t equal = count_equal(profits, size, limit);
    if (below < count && below + equal >= count) return (tail_limit){limit, count - below};
    if (below >= count && below <= count + TAIL_WINDOW) return (tail_limit){limit, 0};
    if (below < count) low = limit; else high = limit;
  }
}

/* Appends the profits of a tile that `selected` has bits for. Writes up to four elements beyond: so the
   usual tile, which has few, needs no decision. */
INLINE void append_selected(
    profit_list *list, const double *profits, int64_t first_scenario, uint64_t selected) {
  int64_t place = list->size;
  list->size += __builtin_popcountll(selected);
  do {
#pragma clang loop unroll(full)
    for (int next = 0; next < 4; next++) {
      /* Without bits the last row: it falls behind the end. */
      int64_t row = __builtin_ctzll(selected | 1ull << (CMK_TILE_ROWS - 1));
      list->profits[place + next] = profits[row];
      list->scenarios[place + next] = (int32_t)(first_scenario + row);
      selected &= selected - 1;
    }
    place += 4;
  } while (place < list->size);
}

/* Copies the profits that are at most `limit`. */
INLINE void copy_at_most(
    const cmk_profit_columns *columns, const double *profits, double limit, profit_list *list) {
  for (int64_t first = 0; first < columns->scenario_count; first += CMK_TILE_ROWS) {
    uint64_t selected = 0;
    for (int v = 0; v < TILE_LANES; v++) {
      lanes profit = load(profits + first + v * LANE_COUNT);
      selected |= lane_bits(profit <= splat(limit)) << (v * LANE_COUNT);
    }
    int64_t rest = columns->scenario_count - first;
    if (rest < CMK_TILE_ROWS) selected &= (1ull << rest) - 1;
    append_selected(list, profits + first, first, selected);
  }
}

/* Leaves of a list what a limit leaves. */
INLINE void cut_list(profit_list *list, tail_limit limit) {
  int64_t kept = 0, ties = limit.ties;
  for (int64_t i = 0; i < list->size; i++) {
    double profit = list->profits[i];
    int is_tie = profit == limit.value && ties > 0;
    list->profits[kept] = profit;
    list->scenarios[kept] = list->scenarios[i];
    kept += profit < limit.value || is_tie;
    ties -= is_tie;
  }
  list->size = kept;
}

/* Puts the `count` smallest of a list in their order, as losses, into the results. What follows in
   the three, up to TAIL_WINDOW + LANE_COUNT elements, is overwritten. */
INLINE void rank_list(
    const profit_list *list, int64_t count, double *restrict losses, int32_t *restrict scenarios,
    int32_t *restrict ranks) {
  fill_lanes(list);
  int64_t kept = 0;
  for (int64_t i = 0; i < list->size; i += LANE_COUNT) {
    /* The rank of a profit is the number of those before it: smaller ones, and equal ones of lower
       scenario, which stand before it. What fills the last lanes ranks behind all others. */
    lanes profit = load(list->profits + i);
    integer_lanes rank = (integer_lanes)0;
    for (int64_t j = 0; j < i; j += LANE_COUNT) {
      for (int k = 0; k < LANE_COUNT; k++) rank -= splat(list->profits[j + k]) <= profit;
    }
    for (int k = 0; k < LANE_COUNT; k++) {
      lanes other = splat(list->profits[i + k]);
      rank -= (other < profit) | ((other == profit) & (row_numbers(0) > (integer_lanes)(int64_t)k));
    }
    for (int64_t j = i + LANE_COUNT; j < list->size; j += LANE_COUNT) {
      for (int k = 0; k < LANE_COUNT; k++) rank -= splat(list->profits[j + k]) < profit;
    }
    /* Ranks beyond the tail fall into the room behind it. */
    for (int lane = 0; lane < LANE_COUNT; lane++) {
      losses[rank[lane]] = 0.0 - list->profits[i + lane];
      scenarios[rank[lane]] = list->scenarios[i + lane];
      ranks[kept] = (int32_t)rank[lane];
      kept += rank[lane] < count;
    }
  }
}

/* The tail of a unit whose least profits of 64 groups are `least`. */
INLINE void read_tail(
    const cmk_profit_columns *columns, const double *profits, const lanes *least,
    const cmk_readings *readings, int64_t unit) {
  int64_t count = readings->tail_count;
  double limit = __builtin_inf();
  if (count <= TAIL_GROUP_COUNT) {
    double groups[CMK_TILE_ROWS];
    for (int v = 0; v < TILE_LANES; v++) store(groups + v * LANE_COUNT, least[v]);
    limit = find_limit(groups, CMK_TILE_ROWS, count).value;
  }
  profit_list list = {readings->work_profits, readings->work_scenarios, 0};
  copy_at_most(columns, profits, limit, &list);
  if (list.size > count + TAIL_WINDOW) {
    fill_lanes(&list);
    cut_list(&list, find_limit(list.profits, list.size, count));
  }
  rank_list(
      &list, count, readings->tail_losses + unit * count, readings->tail_scenarios + unit * count,
      readings->tail_ranks + unit * count);
}
