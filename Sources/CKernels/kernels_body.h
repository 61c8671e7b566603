/* All kernels and their table. The including file chooses the instruction set and KERNEL_TABLE,
   KERNEL_TARGET. */
#include "lanes_body.h"
#include "elementary_body.h"
#include "black76_body.h"
#include "random_body.h"
#include "aggregate_body.h"

const cmk_kernels KERNEL_TABLE = {
    .target = KERNEL_TARGET,
    .black76_value = black76_value,
    .black76_greeks = black76_greeks,
    .exponential = exponential,
    .logarithm = logarithm,
    .normal_cdf = normal_cdf,
    .normal_quantile = normal_quantile,
    .philox_normals = philox_normals,
    .sparse_accumulate = sparse_accumulate,
    .worst_update = worst_update,
    .tail_update = tail_update,
    .max_abs_difference_update = max_abs_difference_update,
};
