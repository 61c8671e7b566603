// Which set of kernels runs: chosen once from the CPU, or by the environment variable
// CROSSMARGIN_KERNELS.

import CKernels
import Glibc

/// An instruction set that the kernels are compiled for. All give the same bits.
public enum KernelTarget: String, Sendable, CaseIterable {
  /// Any CPU; slow where the compiler has no fused multiply-add.
  case generic
  /// x86-64 with AVX2 and FMA.
  case avx2
  /// x86-64 with AVX-512 F, DQ, BW and VL.
  case avx512

  /// Name of the environment variable that overrides the choice.
  public static let environmentName = "CROSSMARGIN_KERNELS"

  /// The targets that this CPU can run, the fastest last.
  public static let available: [KernelTarget] = allCases.filter(\.isAvailable)

  /// What the environment asks for, or the fastest available.
  ///
  /// Throws where the environment names no target, or one that this CPU lacks.
  public static func requested() throws(KernelTargetError) -> KernelTarget {
    guard let text = unsafe getenv(environmentName) else { return fastest }
    let name = unsafe String(cString: text)
    if name.isEmpty { return fastest }
    return try named(name)
  }

  /// The target with a name, if this CPU can run it.
  public static func named(_ name: String) throws(KernelTargetError) -> KernelTarget {
    guard let target = KernelTarget(rawValue: name) else { throw .unknown(name: name) }
    guard target.isAvailable else { throw .unsupported(target) }
    return target
  }

  private static var fastest: KernelTarget { available.last ?? .generic }

  /// The target used where a call names none: what `requested()` gives, or the fastest one where
  /// that throws. Programs call `requested()` once at their start, so that the user learns of a
  /// wrong name.
  public static let active: KernelTarget = {
    do { return try requested() } catch { return fastest }
  }()

  private var identifier: cmk_target {
    switch self {
    case .generic: CMK_TARGET_GENERIC
    case .avx2: CMK_TARGET_AVX2
    case .avx512: CMK_TARGET_AVX512
    }
  }

  private var kernels: UnsafePointer<cmk_kernels>? { unsafe cmk_kernels_for(identifier) }

  private var isAvailable: Bool { unsafe kernels != nil }

  /// The table of kernels; asking an unavailable target is a caller's error.
  var table: cmk_kernels {
    guard let kernels = unsafe kernels else {
      preconditionFailure("this CPU has no \(rawValue) kernels")
    }
    return unsafe kernels.pointee
  }
}

/// Why a set of kernels cannot be used.
public enum KernelTargetError: Error, Equatable, CustomStringConvertible {
  /// No target has this name.
  case unknown(name: String)
  /// The CPU lacks the target's instructions.
  case unsupported(KernelTarget)

  /// What was asked for and what there is.
  public var description: String {
    let names = KernelTarget.available.map(\.rawValue).joined(separator: ", ")
    switch self {
    case .unknown(let name):
      return "\(KernelTarget.environmentName)=\(name) names no kernels; this CPU has: \(names)"
    case .unsupported(let target):
      return "\(KernelTarget.environmentName)=\(target.rawValue): this CPU lacks the instructions; "
        + "it has: \(names)"
    }
  }
}
