// 65,536 standard normals by the inverse distribution, from MKL's Philox and Mersenne twister.
#include "protocol.hpp"

#ifdef WITH_MKL
#include <mkl.h>

Job offer_normals(const Request& request) {
  bool philox = request.asks("mkl_philox", "normals");
  if (!philox && !request.asks("mkl_mt", "normals")) return {};
  const int count = 65'536;
  VSLStreamStatePtr stream;
  vslNewStream(&stream, philox ? VSL_BRNG_PHILOX4X32X10 : VSL_BRNG_MT19937, 20'260'101);
  auto answer = std::make_shared<Doubles>(count);
  return {double(count), [=] {
    vdRngGaussian(VSL_RNG_METHOD_GAUSSIAN_ICDF, stream, count, answer->data(), 0, 1);
  }, answer};
}
#else
Job offer_normals(const Request&) { return {}; }
#endif
