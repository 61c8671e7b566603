/* The kernels for any CPU. FMA is the C library's: exact, but slow; a fallback only. */
#include <stdint.h>
#include <string.h>

#include "targets.h"

#pragma STDC FP_CONTRACT OFF
/* Lanes never cross a call, so their calling convention does not matter. */
#pragma clang diagnostic ignored "-Wpsabi"

#define KERNEL_TABLE cmk_kernels_generic
#define KERNEL_TARGET CMK_TARGET_GENERIC
#include "kernels_body.h"
