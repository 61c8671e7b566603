/* All kernels and their table. The including file chooses the instruction set and KERNEL_TABLE,
   KERNEL_TARGET. */
#include "lanes_body.h"
#include "elementary_coefficients.h"
#include "exponential_body.h"
#include "logarithm_body.h"
#include "normal_body.h"
#include "quantile_body.h"
#include "elementary_body.h"
#include "black76_core_body.h"
#include "black76_body.h"
#include "implied_volatility_body.h"
#include "random_body.h"
#include "sparse_body.h"
#include "dense_body.h"
#include "tail_body.h"
#include "readings_body.h"

const cmk_kernels KERNEL_TABLE = {
    .target = KERNEL_TARGET,
    .black76_value = black76_value,
    .black76_greeks = black76_greeks,
    .black76_higher_greeks = black76_higher_greeks,
    .implied_volatility = implied_volatility,
    .exponential = exponential,
    .logarithm = logarithm,
    .logarithm_of_ratio = logarithm_of_ratio,
    .normal_density = normal_density,
    .normal_cdf = normal_cdf,
    .normal_complement = normal_complement,
    .normal_quantile = normal_quantile,
    .mills_ratio = mills_ratio,
    .philox_normals = philox_normals,
    .sparse_product = sparse_product,
    .dense_product = dense_product,
    .read_columns = read_columns,
};
