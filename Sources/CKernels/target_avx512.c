/* The kernels for x86-64 CPUs with AVX-512 (Skylake-X, Zen 4 and later). */
#if defined(__x86_64__)
#include <immintrin.h>
#include <stdint.h>
#include <string.h>

#include "targets.h"

#pragma STDC FP_CONTRACT OFF
/* Lanes never cross a call, so their calling convention does not matter. */
#pragma clang diagnostic ignored "-Wpsabi"
/* System headers stand above, so that only our functions get the instruction set. */
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma"))), \
    apply_to = function)

#define KERNEL_AVX512
#define KERNEL_TABLE cmk_kernels_avx512
#define KERNEL_TARGET CMK_TARGET_AVX512
#include "kernels_body.h"

#pragma clang attribute pop
#endif
