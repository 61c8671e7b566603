/* fuzz ROUNDS SEED: all kernels of all targets of this machine with random inputs. */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: fuzz ROUNDS SEED\n");
    return 2;
  }
  int64_t rounds = strtoll(argv[1], 0, 10);
  uint64_t seed = strtoull(argv[2], 0, 10);
  static const char *const names[] = {"generic", "avx2", "avx512"};
  for (cmk_target target = CMK_TARGET_GENERIC; target <= CMK_TARGET_AVX512; target++) {
    const cmk_kernels *kernels = cmk_kernels_for(target);
    if (!kernels) {
      printf("%s: not on this machine\n", names[target]);
      continue;
    }
    seed_random_words(seed);
    for (current_round = 0; current_round < rounds; current_round++) {
      fuzz_functions(kernels);
      fuzz_options(kernels);
      fuzz_normals(kernels);
      fuzz_products(kernels);
      release_all();
    }
    printf("%s: %lld rounds\n", names[target], (long long)rounds);
  }
  return 0;
}
