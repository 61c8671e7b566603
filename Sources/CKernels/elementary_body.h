/* The elementary functions as streams. Their allowed errors stand in the index of
   Tests/Vectors/accuracy and are tested. */

#define ELEMENTARY_KERNEL(name, body) \
  static void name(int64_t count, const double *restrict x, double *restrict y) { \
    int64_t i = 0; \
    for (; i + LANE_COUNT <= count; i += LANE_COUNT) store(y + i, body(load(x + i))); \
    if (i < count) store_up_to(y + i, body(load_up_to(x + i, count - i)), count - i); \
  }

ELEMENTARY_KERNEL(exponential, exp_lanes)
ELEMENTARY_KERNEL(logarithm, log_lanes)
ELEMENTARY_KERNEL(normal_density, density_lanes)
ELEMENTARY_KERNEL(normal_cdf, cdf_lanes)
ELEMENTARY_KERNEL(normal_complement, complement_lanes)
ELEMENTARY_KERNEL(mills_ratio, mills_ratio_lanes)

static void logarithm_of_ratio(
    int64_t count, const double *restrict a, const double *restrict b, double *restrict y) {
  int64_t i = 0;
  for (; i + LANE_COUNT <= count; i += LANE_COUNT) {
    store(y + i, log_ratio_lanes(load(a + i), load(b + i)));
  }
  if (i < count) {
    int64_t rest = count - i;
    store_up_to(y + i, log_ratio_lanes(load_up_to(a + i, rest), load_up_to(b + i, rest)), rest);
  }
}
