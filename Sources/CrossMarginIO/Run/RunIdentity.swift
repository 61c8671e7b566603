// What makes two runs the same run: inputs, seed, program, kernels, BLAS.

import CrossMargin
import PortfolioModel
import RiskNumerics

/// Names the inputs of a run and everything else that its bits depend on.
struct RunIdentity: Sendable {
  /// SHA-256 over all of it, 64 hexadecimal digits.
  let fingerprint: String

  init(
    _ loaded: LoadedBook, kernelTarget: KernelTarget, blas: BLASRuntime.Report, key: [UInt8]?
  ) {
    var lines = loaded.files.map { "\($0.path) \($0.sha256)" }
    lines.append("seed \(loaded.settings.seed)")
    lines.append("program \(ProgramVersion.text)")
    lines.append("kernels \(kernelTarget.rawValue)")
    lines.append("blas \(blas.coreAfter) \(blas.configuration)")
    let keyed = key.map { KeyedHash.hmacSHA256(key: $0, message: Array("pseudonyms".utf8).span) }
    lines.append("pseudonyms \(keyed ?? "none")")
    var hasher = SHA256Hasher()
    hasher.update(Array(lines.joined(separator: "\n").utf8).span)
    fingerprint = hasher.finish()
  }
}
