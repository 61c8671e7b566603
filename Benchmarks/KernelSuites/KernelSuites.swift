// One suite per kernel: checks the answer, then reports the time of an element and the share of the
// bound that was reached.

import Benchmark
import KernelWork

/// Rates of this machine, measured once, before the first kernel is timed.
private let rates = MachineRates.measured()

private let time = BenchmarkMetric.custom(
  "Picoseconds per element", polarity: .prefersSmaller, useScalingFactor: false)
private let share = BenchmarkMetric.custom(
  "Per mille of the bound", polarity: .prefersLarger, useScalingFactor: false)

let benchmarks: @Sendable () -> Void = {
  for name in KernelWorks.names {
    Benchmark(
      name,
      configuration: .init(
        metrics: [time, share], warmupIterations: 1, maxDuration: .seconds(2), maxIterations: 1_000),
      closure: { benchmark, work in
        do {
          let seconds = try work.secondsPerElement()
          benchmark.measurement(time, Int(seconds * 1e12))
          benchmark.measurement(share, Int(1_000 * rates.seconds(work.bound) / seconds))
        } catch {
          benchmark.error("\(error)")
        }
      },
      setup: { try KernelWorks.checked(name) })
  }
}
