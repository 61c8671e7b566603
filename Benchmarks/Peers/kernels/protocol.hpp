// What all contestants share: their inputs, the job each of them offers, and the driver's protocol.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <new>
#include <string>
#include <vector>

/// Memory that begins at a cache line.
template <class T> struct AtCacheLine {
  using value_type = T;
  AtCacheLine() = default;
  template <class U> AtCacheLine(const AtCacheLine<U>&) {}
  T* allocate(size_t n) {
    return static_cast<T*>(::operator new(n * sizeof(T), std::align_val_t(64)));
  }
  void deallocate(T* memory, size_t) { ::operator delete(memory, std::align_val_t(64)); }
  bool operator==(const AtCacheLine&) const { return true; }
  bool operator!=(const AtCacheLine&) const { return false; }
};
template <class T> using Array = std::vector<T, AtCacheLine<T>>;
using Doubles = Array<double>;

/// What the command line asks for.
struct Request {
  std::string contestant, kernel, work;
  bool asks(const char* who, const char* what) const {
    return contestant == who && kernel == what;
  }
};

/// What a contestant does for a kernel.
struct Job {
  /// What the seconds of one pass are divided by.
  double elements = 0;
  /// One whole pass. None: the contestant does not serve the kernel.
  std::function<void()> pass;
  /// Where a pass leaves its answer. None: it has nothing to compare.
  std::shared_ptr<Doubles> answer;
};

/// The file `name` of the work folder; ends the program if it cannot be read whole.
template <class T> Array<T> read(const Request& request, const std::string& name);

/// The job if the file offering it has one for this request, else one without a pass.
Job offer_elementary(const Request& request);
Job offer_options(const Request& request);
Job offer_quantlib(const Request& request);
Job offer_products(const Request& request);
Job offer_normals(const Request& request);
