/* The tables that this build contains. */
#pragma once

#include "CKernels.h"

extern const cmk_kernels cmk_kernels_generic;
extern const cmk_kernels cmk_kernels_avx2;
extern const cmk_kernels cmk_kernels_avx512;
