// The bounds of kernels, and the rates of this machine that turn them into time.

import CMachineRates
import RiskNumerics

/// What the work of one element costs at least.
public enum WorkBound: Sendable {
  /// Arithmetic instructions on eight lanes of double, for eight elements. They are counted in the
  /// running code by `count_instructions.py`: two a cycle can start; a division or a root counts as
  /// what it keeps a port busy.
  case arithmetic(perEightElements: Double)
  /// Bytes that are loaded from the second-level cache.
  case cacheLoads(bytes: Double)
  /// Bytes that come from memory.
  case memoryLoads(bytes: Double)
  /// Floating-point operations at the rate of OpenBLAS's square product.
  case matrixProduct(operations: Double)

  /// For people.
  public var description: String {
    switch self {
    case .arithmetic(let count): return "\(Int(count)) vector operations for 8"
    case .cacheLoads(let bytes): return "\(Int(bytes)) B from L2"
    case .memoryLoads(let bytes): return "\(Int(bytes)) B from memory"
    case .matrixProduct(let operations): return "\(Int(operations)) flop by dgemm"
    }
  }
}

/// What one core of this machine does at best, measured when it is asked for.
public struct MachineRates: Sendable {
  private let multiplyAddsPerSecond: Double
  private let cacheBytesPerSecond: Double
  private let memoryBytesPerSecond: Double
  /// By OpenBLAS's dgemm of order 1,536.
  private let productOperationsPerSecond: Double

  /// Measures, about a second. Each rate is the best of several tries.
  public static func measured(target: KernelTarget = .active) -> MachineRates {
    let width: Int32 =
      switch target {
      case .generic: 2
      case .avx2: 4
      case .avx512: 8
      }
    var sink = [0.0, 0.0]
    var multiplyAdds: Int64 = 0
    let arithmetic = fastest { multiplyAdds = cmr_multiply_add(1_000_000, width, &sink) }
    let order = 1_536
    let left = Matrix(rowCount: order, columnCount: order, repeating: 1.25)
    let product = fastest(tries: 5) { sink[1] = LinearAlgebra.product(left, .plain, left)[0, 0] }
    return MachineRates(
      multiplyAddsPerSecond: Double(multiplyAdds) / arithmetic,
      cacheBytesPerSecond: loadRate(kibibytes: 512, passes: 200, width, &sink),
      memoryBytesPerSecond: loadRate(kibibytes: 256 << 10, passes: 1, width, &sink),
      productOperationsPerSecond: 2 * Double(order * order * order) / product)
  }

  private static func loadRate(
    kibibytes: Int, passes: Int64, _ width: Int32, _ sink: inout [Double]
  ) -> Double {
    let values = [Double](repeating: 1, count: kibibytes * 1_024 / 8)
    let seconds = fastest { cmr_load(Int64(values.count), values, passes, width, &sink) }
    return Double(values.count * 8) * Double(passes) / seconds
  }

  private static func fastest(tries: Int = 9, _ body: () -> Void) -> Double {
    let clock = ContinuousClock()
    return (0..<tries).map { _ in clock.measure(body) / .seconds(1) }.min() ?? .infinity
  }

  /// Seconds per element at least.
  public func seconds(_ bound: WorkBound) -> Double {
    switch bound {
    case .arithmetic(let count): return count / 8 / multiplyAddsPerSecond
    case .cacheLoads(let bytes): return bytes / cacheBytesPerSecond
    case .memoryLoads(let bytes): return bytes / memoryBytesPerSecond
    case .matrixProduct(let operations): return operations / productOperationsPerSecond
    }
  }
}
