/* The Sobol sequence: direction numbers of one dimension, and nested uniform scrambling. */
#include "CKernels.h"

static const uint16_t directions[] = {
#include "sobol_directions.inc"
};

#define DIRECTION_COUNT 32

void cmk_sobol_directions(int64_t dimension_count, uint32_t *numbers) {
  const uint16_t *row = directions;
  for (int64_t dimension = 0; dimension < dimension_count; dimension++) {
    uint32_t *v = numbers + dimension * DIRECTION_COUNT;
    if (dimension == 0) {
      for (int k = 0; k < DIRECTION_COUNT; k++) v[k] = 1u << (31 - k);
      continue;
    }
    int degree = row[0];
    uint32_t coefficients = row[1];
    for (int k = 0; k < degree && k < DIRECTION_COUNT; k++) {
      v[k] = (uint32_t)row[2 + k] << (31 - k);
    }
    for (int k = degree; k < DIRECTION_COUNT; k++) {
      v[k] = v[k - degree] ^ (v[k - degree] >> degree);
      for (int i = 1; i < degree; i++) {
        if ((coefficients >> (degree - 1 - i)) & 1) v[k] ^= v[k - i];
      }
    }
    row += 2 + degree;
  }
}
