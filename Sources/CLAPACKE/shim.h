/* Complex numbers as plain structures: Swift does not import `_Complex`. */
#define LAPACK_COMPLEX_STRUCTURE
#include <lapacke.h>
