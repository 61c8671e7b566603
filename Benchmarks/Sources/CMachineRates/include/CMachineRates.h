/* What one core of this machine can do at best: the bounds beside which kernels are judged. */
#pragma once

#include <stdint.h>

/* Fused multiply-adds on eight lanes of double, independent of each other: how many of them one
   call does, so that its time gives the rate. width: doubles in a register, 8, 4 or 2. */
int64_t cmr_multiply_add(int64_t repeats, int width, double *sink);

/* Sums `count` doubles `repeats` times by loads of `width` doubles. */
void cmr_load(int64_t count, const double *values, int64_t repeats, int width, double *sink);
