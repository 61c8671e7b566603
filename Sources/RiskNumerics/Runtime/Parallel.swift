// The one file where threads start. Work is a fixed grid of indices; threads take the next free
// index, and what an index produces never depends on the thread or on their number.

import Dispatch
import Glibc
import Synchronization

/// Work over a grid of indices on several threads.
public enum Parallel {
  /// Number of processors that this process may use.
  public static var processorCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// Calls `body` once for each index below `count`, on up to `threadCount` threads, the caller's
  /// included.
  ///
  /// Indices are handed out in ascending order. After an error no new index starts; the error of
  /// the lowest failing index is thrown, whatever the threads did.
  public static func forEach<Failure: Error>(
    count: Int, threadCount: Int, _ body: @Sendable (Int) throws(Failure) -> Void
  ) throws(Failure) {
    precondition(count >= 0, "a grid has no negative count")
    precondition(threadCount >= 1, "work needs a thread")
    guard threadCount > 1, count > 1 else {
      for index in 0..<count { try body(index) }
      return
    }
    let next = Atomic<Int>(0)
    let failure = Guarded<(index: Int, error: Failure)?>(nil)
    withThreads(min(threadCount, count) - 1) {
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < count else { return }
        do throws(Failure) {
          try body(index)
        } catch {
          next.store(count, ordering: .relaxed)
          failure.withLock { first in
            if first.map({ index < $0.index }) ?? true { first = (index, error) }
          }
        }
      }
    }
    if let (_, error) = failure.withLock({ $0 }) { throw error }
  }

  /// Produces one value per index on worker threads and consumes them on the calling thread in
  /// ascending order.
  ///
  /// At most `windowCount` values exist that are not consumed yet. With one thread everything
  /// happens on the calling thread; with more, `threadCount` workers run beside the consumer. The
  /// first error in index order, of `produce` or of `consume`, ends the work and is thrown; workers
  /// have stopped when this returns.
  public static func ordered<Value: Sendable>(
    count: Int, threadCount: Int, windowCount: Int,
    produce: @Sendable (Int) throws -> Value, consume: (Int, Value) throws -> Void
  ) throws {
    precondition(count >= 0, "a grid has no negative count")
    precondition(threadCount >= 1 && windowCount >= 1, "work needs a thread and a window")
    guard threadCount > 1, count > 1 else {
      for index in 0..<count { try consume(index, produce(index)) }
      return
    }
    let window = OrderedWindow<Value>(count: count, windowCount: windowCount)
    try withoutActuallyEscaping(produce) { produce in
      let workers = (0..<min(threadCount, count)).map { _ in
        WorkerThread { window.run(produce) }
      }
      defer {
        window.stop(workerCount: workers.count)
        for worker in workers { worker.join() }
      }
      for index in 0..<count { try consume(index, window.take(index).get()) }
    }
  }

  /// Runs `body` on the calling thread and on `extraCount` others, and waits for all.
  private static func withThreads(_ extraCount: Int, _ body: @Sendable () -> Void) {
    withoutActuallyEscaping(body) { body in
      let workers = (0..<extraCount).map { _ in WorkerThread(body) }
      body()
      for worker in workers { worker.join() }
    }
  }
}

/// The values between producers and the consumer of `Parallel.ordered`: index i lives in slot i mod
/// window.
private final class OrderedWindow<Value: Sendable>: Sendable {
  private let count: Int
  private let windowCount: Int
  private let next = Atomic<Int>(0)
  private let isStopped = Atomic<Bool>(false)
  private let slots: Guarded<[Result<Value, any Error>?]>
  private let free = DispatchSemaphore(value: 0)
  private let ready: [DispatchSemaphore]

  init(count: Int, windowCount: Int) {
    self.count = count
    self.windowCount = windowCount
    slots = Guarded(Array(repeating: nil, count: windowCount))
    ready = (0..<windowCount).map { _ in DispatchSemaphore(value: 0) }
    for _ in 0..<windowCount { free.signal() }
  }

  func run(_ produce: (Int) throws -> Value) {
    while true {
      // A free place is taken before an index: so the indices under way never span more than the
      // window.
      free.wait()
      if isStopped.load(ordering: .acquiring) { return }
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard index < count else { return }
      let result = Result { try produce(index) }
      slots.withLock { $0[index % windowCount] = result }
      ready[index % windowCount].signal()
    }
  }

  func take(_ index: Int) -> Result<Value, any Error> {
    let slot = index % windowCount
    ready[slot].wait()
    let value = slots.withLock { slots in
      let value = slots[slot]
      slots[slot] = nil
      return value
    }
    free.signal()
    guard let value else { preconditionFailure("a slot was announced and is empty") }
    return value
  }

  func stop(workerCount: Int) {
    isStopped.store(true, ordering: .releasing)
    for _ in 0..<workerCount { free.signal() }
  }
}

/// One operating-system thread that runs a closure.
@safe private struct WorkerThread {
  private final class Work {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  private let handle: pthread_t?
  private let body: @Sendable () -> Void

  /// Starts the thread. Where the system gives none, the work is done at `join`.
  init(_ body: @escaping @Sendable () -> Void) {
    self.body = body
    let work = unsafe Unmanaged.passRetained(Work(body))
    var thread = pthread_t()
    let status = unsafe pthread_create(
      &thread, nil,
      { argument in
        guard let argument = unsafe argument else { return nil }
        unsafe Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
        return nil
      }, work.toOpaque())
    if status == 0 {
      handle = thread
    } else {
      unsafe work.release()
      handle = nil
    }
  }

  func join() {
    if let handle { pthread_join(handle, nil) } else { body() }
  }
}
