/* Random numbers, memory and comparisons of the fuzzer. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

int64_t current_round;
static uint64_t state;
static void *blocks[256];
static int block_count;

void seed_random_words(uint64_t seed) { state = seed; }

uint64_t random_word(void) {
  uint64_t word = state += 0x9e3779b97f4a7c15;
  word = (word ^ word >> 30) * 0xbf58476d1ce4e5b9;
  word = (word ^ word >> 27) * 0x94d049bb133111eb;
  return word ^ word >> 31;
}

int64_t random_below(int64_t bound) { return (int64_t)(random_word() % (uint64_t)bound); }

double random_between(double low, double high) {
  return low + (high - low) * ((double)(random_word() >> 11) * 0x1p-53);
}

double random_value(void) {
  static const double special[] = {
      0.0, -0.0, 1.0, -1.0, INFINITY, -INFINITY, NAN, 0x1p-1074, -0x1p-1074, 0x1p-1022,
      0x1.fffffffffffffp1023, -0x1.fffffffffffffp1023, 0x1p-54, 745.2, -745.2, 38.5, -38.5};
  switch (random_below(4)) {
    case 0: return special[random_below(sizeof special / sizeof *special)];
    case 1: {
      uint64_t word = random_word();
      double value;
      memcpy(&value, &word, sizeof value);
      return value;
    }
    case 2: return random_between(-40, 40);
    default: return random_between(0, 1);
  }
}

void *place(int64_t count, int64_t size) {
  int64_t before = random_below(8);
  char *block = malloc((size_t)((before + count) * size));
  if (block_count == sizeof blocks / sizeof *blocks) abort();
  blocks[block_count++] = block;
  return block + before * size;
}

double *place_doubles(int64_t count) { return place(count, sizeof(double)); }

void release_all(void) {
  while (block_count > 0) free(blocks[--block_count]);
}

void fail(const char *kernel, const char *what, int64_t index, double got, double expected) {
  fprintf(
      stderr, "round %lld: %s: %s of element %lld is %a, not %a\n", (long long)current_round,
      kernel, what, (long long)index, got, expected);
  exit(1);
}

void require_same(
    const char *kernel, const char *what, int64_t count, const double *got,
    const double *expected) {
  for (int64_t i = 0; i < count; i++) {
    if (isnan(got[i]) && isnan(expected[i])) continue;
    if (memcmp(&got[i], &expected[i], sizeof(double)) != 0) {
      fail(kernel, what, i, got[i], expected[i]);
    }
  }
}
