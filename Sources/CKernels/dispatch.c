/* Which kernels this CPU can run. */
#include "targets.h"

const cmk_kernels *cmk_kernels_for(cmk_target target) {
  switch (target) {
    case CMK_TARGET_GENERIC:
      return &cmk_kernels_generic;
#if defined(__x86_64__)
    case CMK_TARGET_AVX2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &cmk_kernels_avx2
                                                                             : 0;
    case CMK_TARGET_AVX512:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                     __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
                     __builtin_cpu_supports("fma")
                 ? &cmk_kernels_avx512
                 : 0;
#endif
    default:
      return 0;
  }
}
