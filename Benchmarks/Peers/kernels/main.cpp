// peers CONTESTANT KERNEL WORK: one contestant under the driver's protocol (README.md).
#include "protocol.hpp"

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#ifdef WITH_MKL
#include <mkl.h>
#endif

template <class T> Array<T> read(const Request& request, const std::string& name) {
  std::ifstream file(request.work + "/" + name, std::ios::binary | std::ios::ate);
  Array<T> values(file ? size_t(file.tellg()) / sizeof(T) : 0);
  file.seekg(0);
  file.read(reinterpret_cast<char*>(values.data()), values.size() * sizeof(T));
  if (values.empty() || !file) {
    std::cerr << "peers: cannot read " << request.work << "/" << name << "\n";
    exit(1);
  }
  return values;
}
template Array<double> read(const Request&, const std::string&);
template Array<int32_t> read(const Request&, const std::string&);
template Array<int64_t> read(const Request&, const std::string&);

static void write_answer(const Request& request, const Doubles& answer) {
  std::string folder = request.work + "/answers";
  std::filesystem::create_directories(folder);
  std::string name = request.contestant + "-" + request.kernel + ".f64";
  std::ofstream file(folder + "/" + name, std::ios::binary);
  file.write(reinterpret_cast<const char*>(answer.data()), answer.size() * sizeof(double));
  if (!file.flush()) {
    std::cerr << "peers: cannot write to " << folder << "\n";
    exit(1);
  }
}

static double seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

static void serve(const Request& request, const Job& job) {
  job.pass();
  if (job.answer) write_answer(request, *job.answer);
  std::cout << "ready" << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    if (line != "go") continue;
    int passes = 0;
    double start = seconds(), taken = 0;
    for (; taken < 0.1; taken = seconds() - start, passes += 1) job.pass();
    printf("%.6e\n", taken / (passes * job.elements));
    fflush(stdout);
  }
}

int main(int count, char** words) {
  if (count != 4) {
    std::cerr << "usage: peers CONTESTANT KERNEL WORK\n";
    return 2;
  }
#ifdef WITH_MKL
  mkl_set_num_threads(1);
  vmlSetMode(VML_HA | VML_FTZDAZ_OFF | VML_ERRMODE_IGNORE);
#endif
  Request request{words[1], words[2], words[3]};
  for (auto offer :
       {offer_elementary, offer_options, offer_quantlib, offer_products, offer_normals}) {
    Job job = offer(request);
    if (!job.pass) continue;
    serve(request, job);
    return 0;
  }
  std::cerr << "peers: " << request.contestant << " does not serve " << request.kernel << "\n";
  return 2;
}
