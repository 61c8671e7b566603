// A value that one thread at a time may use. The lock is that of the operating system, which thread
// sanitizers know; they are blind to the lock of the module Synchronization.

import Glibc

/// A value behind a lock.
@safe package final class Guarded<Value>: @unchecked Sendable {
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private var value: Value

  /// A value that only `withLock` reaches from now on.
  package init(_ value: sending Value) {
    self.value = value
    let result = unsafe pthread_mutex_init(lock, nil)
    precondition(result == 0, "no lock: error \(result)")
  }

  deinit {
    unsafe pthread_mutex_destroy(lock)
    unsafe lock.deallocate()
  }

  /// Calls a closure with the value while no other thread has it.
  package func withLock<Result, Failure: Error>(
    _ body: (inout Value) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    unsafe pthread_mutex_lock(lock)
    defer { unsafe pthread_mutex_unlock(lock) }
    return try body(&value)
  }
}
