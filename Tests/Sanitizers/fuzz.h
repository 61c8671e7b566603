/* Random inputs for kernels, in memory that ends where the sanitizer looks. */
#pragma once

#include <stdint.h>

#include "CKernels.h"

/* A sequence of random words [Steele, Lea and Flood 2014, SplitMix64]. */
uint64_t random_word(void);
void seed_random_words(uint64_t seed);
/* Uniform on 0 .. bound - 1. */
int64_t random_below(int64_t bound);
/* Uniform on low .. high. */
double random_between(double low, double high);
/* Any double at all: one in four is special. */
double random_value(void);

/* `count` elements of `size` bytes, the first one anywhere on the grid of its size, the last one at
   the end of its allocation. Lives until release_all. */
void *place(int64_t count, int64_t size);
double *place_doubles(int64_t count);
/* Ends the lives of all that was placed. */
void release_all(void);

/* Says what is wrong, with the round, and ends the program. */
_Noreturn void fail(
    const char *kernel, const char *what, int64_t index, double got, double expected);
/* Fails unless both arrays hold the same bits; any NaN equals any other. */
void require_same(const char *kernel, const char *what, int64_t count, const double *got,
    const double *expected);
extern int64_t current_round;

/* The kernels of a target beside the generic ones, in one round of random inputs. */
void fuzz_functions(const cmk_kernels *kernels);
void fuzz_options(const cmk_kernels *kernels);
void fuzz_normals(const cmk_kernels *kernels);
void fuzz_products(const cmk_kernels *kernels);
