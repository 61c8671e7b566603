// What a run costs: wall time, processor time, memory; and what time it is.

import Glibc

/// Readings of the system's clocks and of the process's use of resources.
package enum ProcessClock {
  /// The time now, in microseconds since 1970 UTC. Steps when the system's clock is set.
  package static func wallMicroseconds() -> Int64 {
    let time = read(CLOCK_REALTIME)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
  }

  /// Nanoseconds since a moment that stays the same while the system runs; never steps back.
  package static func monotonicNanoseconds() -> Int64 {
    let time = read(CLOCK_MONOTONIC)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// Processor time of all threads of the process so far, in seconds, user and system together.
  package static func processorSeconds() -> Double {
    let time = read(CLOCK_PROCESS_CPUTIME_ID)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// The most memory that the process has held at once, in bytes, mapped files included.
  package static func peakResidentBytes() -> Int {
    var usage = rusage()
    _ = unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    // Linux counts in units of 1,024 bytes.
    return usage.ru_maxrss * 1_024
  }

  private static func read(_ clock: clockid_t) -> timespec {
    var time = timespec()
    _ = unsafe clock_gettime(clock, &time)
    return time
  }
}
