// Values made on several threads, each for an index of its own.

import RiskNumerics

extension Parallel {
  /// One value for each index below `count`, in the order of the indices.
  static func map<Value: Sendable>(
    count: Int, threadCount: Int, _ make: @Sendable (Int) -> Value
  ) -> [Value] {
    let slots = Guarded([Value?](repeating: nil, count: count))
    forEach(count: count, threadCount: threadCount) { index in
      let value = make(index)
      slots.withLock { $0[index] = value }
    }
    return slots.withLock { $0.compactMap(\.self) }
  }
}
