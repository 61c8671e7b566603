// Profits of accounts by MKL's sparse product, of units by MKL's or OpenBLAS's dense one, a block
// of accounts at a time while it is in cache, and the readings from them.
#include "protocol.hpp"
#include "tail.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <tuple>

#ifdef WITH_MKL
#include <mkl.h>
#endif

static const int tiles = 16, rows = scenarios / tiles;
/// Accounts whose profits are made, then read: few for the sparse product, so that they are still
/// in L2; more for the dense ones, which pack their panel at every call.
static const size_t sparse_block = 64, dense_block = 256;

/// [tile][column][row] to [column][scenario], which is what the libraries want.
static Doubles by_column(const Doubles& packed) {
  size_t columns = packed.size() / scenarios;
  Doubles matrix(packed.size());
  for (size_t t = 0; t < tiles; t += 1)
    for (size_t c = 0; c < columns; c += 1)
      std::copy_n(&packed[(t * columns + c) * rows], rows, &matrix[c * scenarios + t * rows]);
  return matrix;
}

static void read_block(const double* profits, size_t first, size_t count, Doubles& answer) {
  size_t accounts = answer.size() / 4;
  for (size_t i = 0; i < count; i += 1) {
    Reading reading = read_tail(profits + i * scenarios);
    double* out = &answer[first + i];
    out[0] = reading.worst;
    out[accounts] = reading.scenario;
    out[2 * accounts] = reading.var;
    out[3 * accounts] = reading.shortfall;
  }
}

/// C [m][n] = A [m][k] B [k][n], all by rows.
using Multiply =
  std::function<void(int m, int n, int k, const double* a, const double* b, double* c)>;

using Dgemm = void (*)(int order, int a_form, int b_form, int m, int n, int k, double alpha,
                       const double* a, int a_stride, const double* b, int b_stride, double beta,
                       double* c, int c_stride);

static Multiply with(Dgemm dgemm) {
  const int by_row = 101, plain = 111;
  return [=](int m, int n, int k, const double* a, const double* b, double* c) {
    dgemm(by_row, plain, plain, m, n, k, 1, a, k, b, n, 0, c, n);
  };
}

/// Debian's OpenBLAS, loaded for this alone, as its names are MKL's too. It knows few processors by
/// itself, so it is told of AVX-512.
static Multiply openblas() {
  if (__builtin_cpu_supports("avx512f")) setenv("OPENBLAS_CORETYPE", "SKYLAKEX", 1);
  setenv("OPENBLAS_NUM_THREADS", "1", 1);
  void* library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
  if (!library) {
    fprintf(stderr, "peers: %s\n", dlerror());
    exit(1);
  }
  return with(reinterpret_cast<Dgemm>(dlsym(library, "cblas_dgemm")));
}

static Multiply find_multiply(const Request& request) {
  if (request.contestant == "openblas") return openblas();
#ifdef WITH_MKL
  if (request.contestant == "mkl") return with(reinterpret_cast<Dgemm>(cblas_dgemm));
#endif
  return nullptr;
}

static Job offer_dense(const Request& request) {
  Multiply multiply = find_multiply(request);
  if (!multiply) return {};
  Doubles panel = by_column(read<double>(request, request.kernel + "_panel.f64"));
  Doubles coefficients = read<double>(request, request.kernel + "_coefficients.f64");
  size_t k = panel.size() / scenarios, units = coefficients.size() / k;
  Doubles profits(dense_block * scenarios);
  auto answer = std::make_shared<Doubles>(4 * units);
  return {double(units), [=]() mutable {
    for (size_t first = 0; first < units; first += dense_block) {
      size_t count = std::min(dense_block, units - first);
      multiply(int(count), scenarios, int(k), &coefficients[first * k], panel.data(),
               profits.data());
      read_block(profits.data(), first, count, *answer);
    }
  }, answer};
}

static Job offer_square(const Request& request) {
  Multiply multiply = find_multiply(request);
  if (!multiply) return {};
  const int n = 1536;
  Doubles a(n * n, 0.5), b(n * n, 0.25), c(n * n);
  return {2.0 * n * n * n, [=]() mutable {
    multiply(n, n, n, a.data(), b.data(), c.data());
  }, nullptr};
}

#ifdef WITH_MKL
/// The accounts from `offsets[first]` on as a sparse matrix of MKL's, which keeps these arrays.
static sparse_matrix_t make_sparse(int* offsets, int count, int instruments, int* columns,
                                    double* quantities, matrix_descr general) {
  sparse_matrix_t matrix;
  const int many = 1'000'000;
  mkl_sparse_d_create_csr(&matrix, SPARSE_INDEX_BASE_ZERO, count, instruments, offsets, offsets + 1,
                          columns, quantities);
  mkl_sparse_set_mm_hint(matrix, SPARSE_OPERATION_NON_TRANSPOSE, general, SPARSE_LAYOUT_ROW_MAJOR,
                         scenarios, many);
  mkl_sparse_set_memory_hint(matrix, SPARSE_MEMORY_AGGRESSIVE);
  mkl_sparse_optimize(matrix);
  return matrix;
}

/// All scenarios at once, by rows: with narrower tiles MKL was slower, by columns 2 to 4 times so,
/// and a matrix stored transposed made no difference.
static Job offer_sparse(const Request& request, bool reads) {
  Doubles matrix = by_column(read<double>(request, request.kernel + ".f64"));
  auto wide_offsets = read<int64_t>(request, "sparse_offsets.i64");
  auto offsets = std::make_shared<Array<int>>(wide_offsets.begin(), wide_offsets.end());
  auto columns = std::make_shared<Array<int>>(read<int32_t>(request, "sparse_columns.i32"));
  auto quantities = std::make_shared<Doubles>(read<double>(request, "sparse_quantities.f64"));
  size_t accounts = offsets->size() - 1;
  int instruments = int(matrix.size() / scenarios);
  matrix_descr general{SPARSE_MATRIX_TYPE_GENERAL, SPARSE_FILL_MODE_FULL, SPARSE_DIAG_NON_UNIT};
  std::vector<sparse_matrix_t> blocks;
  for (size_t first = 0; first < accounts; first += sparse_block) {
    int count = int(std::min(sparse_block, accounts - first));
    blocks.push_back(make_sparse(&(*offsets)[first], count, instruments, columns->data(),
                                 quantities->data(), general));
  }
  Doubles profits(sparse_block * scenarios);
  auto answer = reads ? std::make_shared<Doubles>(4 * accounts) : nullptr;
  return {double(accounts), [=, kept = std::make_tuple(offsets, columns, quantities)]() mutable {
    for (size_t first = 0; first < accounts; first += sparse_block) {
      mkl_sparse_d_mm(SPARSE_OPERATION_NON_TRANSPOSE, 1, blocks[first / sparse_block], general,
                      SPARSE_LAYOUT_ROW_MAJOR, matrix.data(), scenarios, scenarios, 0,
                      profits.data(), scenarios);
      if (!reads) continue;
      read_block(profits.data(), first, std::min(sparse_block, accounts - first), *answer);
    }
  }, answer};
}
#endif

Job offer_products(const Request& request) {
  if (request.kernel == "dgemm_square") return offer_square(request);
  if (request.kernel.rfind("dense_", 0) == 0) return offer_dense(request);
#ifdef WITH_MKL
  bool sparse = request.kernel == "sparse_gauss" || request.kernel == "sparse_heavy";
  if (sparse && request.contestant == "mkl") return offer_sparse(request, true);
  if (sparse && request.contestant == "mkl_product") return offer_sparse(request, false);
#endif
  return {};
}
