/* The SIMD core of CrossMargin: plain C, no allocation, no errors, no global state but the dispatch table. */
#pragma once
#include <stdint.h>
