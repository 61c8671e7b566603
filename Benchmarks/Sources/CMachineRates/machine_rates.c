/* Loops that do nothing but one thing as fast as the core can. */
#include "CMachineRates.h"

/* Enough chains to hide a latency of four or five cycles on two ports. */
enum { CHAINS = 12 };

#define DEFINE_RATES(name, lanes, attribute)                                                       \
  typedef double name##_vector __attribute__((vector_size(8 * lanes), aligned(8)));                \
  attribute static int64_t multiply_add_##name(int64_t repeats, double *sink) {                    \
    name##_vector chain[CHAINS];                                                                   \
    name##_vector factor = {0}, term = {0};                                                        \
    for (int lane = 0; lane < lanes; lane += 1) {                                                  \
      factor[lane] = 0.5 + sink[0];                                                                \
      term[lane] = 1 + sink[0];                                                                    \
    }                                                                                              \
    for (int index = 0; index < CHAINS; index += 1) { chain[index] = term; }                       \
    for (int64_t repeat = 0; repeat < repeats; repeat += 1) {                                      \
      _Pragma("clang loop unroll(full)") for (int index = 0; index < CHAINS; index += 1) {         \
        chain[index] = chain[index] * factor + term;                                                 \
      }                                                                                            \
    }                                                                                              \
    for (int index = 1; index < CHAINS; index += 1) { chain[0] += chain[index]; }                  \
    sink[1] = chain[0][0];                                                                         \
    return repeats * CHAINS * lanes / 8;                                                           \
  }                                                                                                \
  attribute static void load_##name(                                                               \
      int64_t count, const double *values, int64_t repeats, double *sink) {                        \
    name##_vector sum[8] = {0};                                                                    \
    for (int64_t repeat = 0; repeat < repeats; repeat += 1) {                                      \
      for (int64_t index = 0; index + 8 * lanes <= count; index += 8 * lanes) {                    \
        _Pragma("clang loop unroll(full)") for (int part = 0; part < 8; part += 1) {               \
          sum[part] += *(const name##_vector *)(values + index + part * lanes);                    \
        }                                                                                          \
      }                                                                                            \
    }                                                                                              \
    for (int part = 1; part < 8; part += 1) { sum[0] += sum[part]; }                               \
    sink[1] = sum[0][0];                                                                           \
  }

#if defined(__x86_64__)
DEFINE_RATES(eight, 8, __attribute__((target("avx512f,fma"))))
DEFINE_RATES(four, 4, __attribute__((target("avx2,fma"))))
#endif
DEFINE_RATES(two, 2, )

int64_t cmr_multiply_add(int64_t repeats, int width, double *sink) {
#if defined(__x86_64__)
  if (width == 8) { return multiply_add_eight(repeats, sink); }
  if (width == 4) { return multiply_add_four(repeats, sink); }
#endif
  return multiply_add_two(repeats, sink);
}

void cmr_load(int64_t count, const double *values, int64_t repeats, int width, double *sink) {
#if defined(__x86_64__)
  if (width == 8) { load_eight(count, values, repeats, sink); return; }
  if (width == 4) { load_four(count, values, repeats, sink); return; }
#endif
  load_two(count, values, repeats, sink);
}
