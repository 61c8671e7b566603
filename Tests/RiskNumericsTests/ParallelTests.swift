// Work on threads: every index once, errors by index, order and window of the ordered form.

import RiskNumerics
import Synchronization
import Testing

private struct Failed: Error, Equatable { let index: Int }

@Suite struct ParallelTests {
  @Test(arguments: [1, 2, 5, 40]) func everyIndexOnce(_ threadCount: Int) {
    let seen = Guarded([Int](repeating: 0, count: 500))
    Parallel.forEach(count: 500, threadCount: threadCount) { index in
      seen.withLock { $0[index] += 1 }
    }
    #expect(seen.withLock { $0 } == [Int](repeating: 1, count: 500))
    Parallel.forEach(count: 0, threadCount: threadCount) { _ in Issue.record("no index exists") }
  }

  @Test(arguments: [1, 2, 5, 40]) func theLowestFailingIndexIsThrown(_ threadCount: Int) {
    for _ in 0..<50 {
      #expect(throws: Failed(index: 37)) {
        try Parallel.forEach(count: 300, threadCount: threadCount) { (index: Int) throws(Failed) in
          if index >= 37 { throw Failed(index: index) }
        }
      }
    }
  }

  @Test(arguments: [1, 2, 5], [1, 3, 16]) func orderedConsumesInOrderWithinTheWindow(
    _ threadCount: Int, _ windowCount: Int
  ) throws {
    let underWay = Atomic<Int>(0)
    let largest = Guarded(0)
    var consumed: [Int] = []
    try Parallel.ordered(count: 200, threadCount: threadCount, windowCount: windowCount) { index in
      let now = underWay.wrappingAdd(1, ordering: .sequentiallyConsistent).newValue
      largest.withLock { $0 = max($0, now) }
      return index * index
    } consume: { index, value in
      underWay.wrappingSubtract(1, ordering: .sequentiallyConsistent)
      #expect(value == index * index)
      consumed.append(index)
    }
    #expect(consumed == Array(0..<200))
    // A place is free again just before its value is consumed, hence one more.
    #expect(largest.withLock { $0 } <= windowCount + 1)
  }

  @Test(arguments: [1, 2, 5]) func orderedThrowsTheFirstErrorInOrder(_ threadCount: Int) {
    var consumed: [Int] = []
    #expect(throws: Failed(index: 21)) {
      try Parallel.ordered(count: 200, threadCount: threadCount, windowCount: 8) { index in
        if index >= 21 { throw Failed(index: index) }
        return index
      } consume: { index, _ in
        consumed.append(index)
      }
    }
    #expect(consumed == Array(0..<21))
    #expect(throws: Failed(index: 5)) {
      try Parallel.ordered(count: 200, threadCount: threadCount, windowCount: 8) {
        $0
      } consume: { index, _ in
        if index == 5 { throw Failed(index: 5) }
      }
    }
  }
}
