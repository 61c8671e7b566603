// How OpenBLAS is set up before its first call: one thread, and kernels that fit the CPU.

import COpenBLAS
import Glibc
import Synchronization

/// The BLAS that this process uses.
///
/// OpenBLAS 0.3.21 does not know CPUs younger than itself and runs kernels of the SSE3 age on them.
/// `prepare(repairingCore: true)` makes it choose again, once, before the first product. The
/// program does so by itself; a library must not do it silently to its host, so there it is this
/// explicit call.
public enum BLASRuntime {
  /// What was found and done.
  public struct Report: Sendable, Equatable {
    /// Name of the kernels that OpenBLAS chose by itself.
    public let coreBefore: String
    /// Name of the kernels in use.
    public let coreAfter: String
    /// Version and build options, as OpenBLAS prints them.
    public let configuration: String
    /// How OpenBLAS was built to run threads.
    public let threading: Threading
    /// Whether the kernels were chosen anew, or why not.
    public let repair: Repair
    /// The instruction set of our own kernels.
    public let kernelTarget: KernelTarget
    /// Files that define BLAS, LAPACK and LAPACKE.
    public let libraries: [Library]

    /// Whether equal inputs give equal bits for any number of threads. OpenMP builds ignore the
    /// request for one thread.
    public var isReproducible: Bool { threading != .openMP }
  }

  /// How OpenBLAS was built to run threads.
  public enum Threading: String, Sendable {
    /// No threads.
    case sequential
    /// Own threads; set to one.
    case pthreads
    /// OpenMP, which may ignore the request for one thread.
    case openMP
  }

  /// Whether the kernels were chosen anew, or why not.
  public enum Repair: Sendable, Equatable {
    /// The kernels were older than the CPU and have been replaced.
    case repaired
    /// The kernels fit the CPU.
    case notNeeded
    /// The caller did not ask for it.
    case notRequested
    /// The user chose by the environment variable OPENBLAS_CORETYPE.
    case chosenByUser(String)
    /// BLAS had been called already; changing kernels then is not safe.
    case alreadyUsed
    /// The name of the kernels is not in our table.
    case unknownCore
    /// This BLAS lacks the functions that choose kernels.
    case notSupported
    /// The choice was repeated and gave old kernels again.
    case withoutEffect
  }

  /// A symbol and the file that defines it.
  public struct Library: Sendable, Equatable {
    /// Name of the routine.
    public let symbol: String
    /// The file, links resolved; empty where unknown.
    public let path: String
  }

  private static let coreVariable = "OPENBLAS_CORETYPE"
  private static let isUsed = Atomic<Bool>(false)
  private static let prepared = Guarded<(coreBefore: String, repair: Repair)?>(nil)
  private static let singleThread: Void = openblas_set_num_threads(1)

  /// Sets one thread and, if asked, repairs the choice of kernels; only the first call does
  /// anything.
  ///
  /// Call it before any other function of this module uses BLAS and before other threads run.
  @discardableResult
  public static func prepare(repairingCore: Bool) -> Report {
    let (before, repair) = prepared.withLock { state in
      if let state { return state }
      let before = coreName
      let outcome = (before, repairingCore ? repairCore(before) : .notRequested)
      state = outcome
      return outcome
    }
    _ = singleThread
    return Report(
      coreBefore: before, coreAfter: coreName, configuration: configuration, threading: threading,
      repair: repair, kernelTarget: .active,
      libraries: ["dgemm_", "dpotrf_", "LAPACKE_dpotrf"].map(library(defining:)))
  }

  /// Called before every use of BLAS: one thread, from the first call on.
  static func use() {
    _ = singleThread
    if !isUsed.load(ordering: .relaxed) { isUsed.store(true, ordering: .relaxed) }
  }

  /// Age of OpenBLAS kernels by instruction set, and the name by which the youngest of each is
  /// asked for.
  private enum CoreAge: Int {
    case sse, avx, avx2, avx512

    init?(coreName: String) {
      switch coreName.lowercased() {
      case "katmai", "coppermine", "northwood", "prescott", "banias", "core2", "penryn",
        "dunnington",
        "nehalem", "athlon", "opteron", "opteron_sse3", "barcelona", "bobcat", "atom", "nano":
        self = .sse
      case "sandybridge", "bulldozer", "piledriver", "steamroller", "excavator": self = .avx
      case "haswell", "zen": self = .avx2
      case "skylakex", "cooperlake", "sapphirerapids": self = .avx512
      default: return nil
      }
    }

    static var ofCPU: CoreAge {
      switch KernelTarget.available.last ?? .generic {
      case .generic: .sse
      case .avx2: .avx2
      case .avx512: .avx512
      }
    }

    var request: String {
      switch self {
      case .sse: "PRESCOTT"
      case .avx: "SANDYBRIDGE"
      case .avx2: "HASWELL"
      case .avx512: "SKYLAKEX"
      }
    }
  }

  private static func repairCore(_ before: String) -> Repair {
    if let chosen = unsafe getenv(coreVariable) {
      return .chosenByUser(unsafe String(cString: chosen))
    }
    guard let age = CoreAge(coreName: before) else { return .unknownCore }
    let wanted = CoreAge.ofCPU
    guard age.rawValue < wanted.rawValue else { return .notNeeded }
    if isUsed.load(ordering: .relaxed) { return .alreadyUsed }
    typealias Routine = @convention(c) () -> Void
    guard let quit = unsafe dlsym(nil, "gotoblas_dynamic_quit"),
      let start = unsafe dlsym(nil, "gotoblas_dynamic_init")
    else { return .notSupported }
    unsafe setenv(coreVariable, wanted.request, 0)
    unsafe unsafeBitCast(quit, to: Routine.self)()
    unsafe unsafeBitCast(start, to: Routine.self)()
    // Child processes choose for themselves.
    unsafe unsetenv(coreVariable)
    let after = CoreAge(coreName: coreName)
    return (after?.rawValue ?? 0) > age.rawValue ? .repaired : .withoutEffect
  }

  private static var coreName: String {
    guard let name = unsafe openblas_get_corename() else { return "" }
    return unsafe String(cString: name)
  }

  private static var configuration: String {
    guard let text = unsafe openblas_get_config() else { return "" }
    return unsafe String(cString: text)
  }

  private static var threading: Threading {
    switch openblas_get_parallel() {
    case 0: .sequential
    case 1: .pthreads
    default: .openMP
    }
  }

  /// `dladdr` is hidden from Swift by a feature macro of the C library, so it is looked up; its
  /// result is four pointers, of which the first is the file name.
  private static func library(defining symbol: String) -> Library {
    typealias AddressLookup =
      @convention(c) (UnsafeRawPointer, UnsafeMutablePointer<UnsafePointer<CChar>?>) -> Int32
    var information = unsafe [UnsafePointer<CChar>?](repeating: nil, count: 4)
    guard let address = unsafe dlsym(nil, symbol), let lookup = unsafe dlsym(nil, "dladdr"),
      unsafe unsafeBitCast(lookup, to: AddressLookup.self)(address, &information) != 0,
      let name = unsafe information[0]
    else { return Library(symbol: symbol, path: "") }
    guard let resolved = unsafe realpath(name, nil) else {
      return Library(symbol: symbol, path: unsafe String(cString: name))
    }
    defer { unsafe free(resolved) }
    return Library(symbol: symbol, path: unsafe String(cString: resolved))
  }
}
