// `crossmargin doctor`: what this machine computes with.

import ArgumentParser
import CrossMarginIO
import RiskNumerics

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Tell which kernels, BLAS and LAPACK this machine uses, and what was put right.",
    discussion: """
      Example:
        crossmargin doctor
        CROSSMARGIN_KERNELS=avx2 crossmargin doctor --json

      The OpenBLAS of some systems does not know newer processors and falls back to slow kernels. It
      is put right once, before its first use, unless OPENBLAS_CORETYPE is set.
      """)

  @OptionGroup var output: JSONFlag

  func run() throws {
    let report = try Numerics.prepare()
    let facts = Facts(report)
    if output.json { return try printJSON(facts) }
    print("crossmargin   \(facts.version)")
    print(
      "kernels       \(facts.kernels) (available: \(facts.availableKernels.joined(separator: ", ")))"
    )
    print("processors    \(facts.processors)")
    print("OpenBLAS      \(facts.blas)")
    print(
      "  core        \(facts.blasCore)"
        + (facts.blasCore == facts.blasCoreFound ? "" : ", found as \(facts.blasCoreFound)"))
    print("  repair      \(facts.repair)")
    print("  threading   \(facts.threading)")
    for library in facts.libraries { print("  \(library)") }
    print(
      facts.isReproducible
        ? "Same inputs give the same bits on this machine, whatever the number of threads."
        : "This OpenBLAS was built with OpenMP: the same bits are not promised.")
  }

  private struct Facts: Encodable {
    var version = ProgramVersion.text
    var kernels: String
    var availableKernels = KernelTarget.available.map(\.rawValue)
    var processors = Parallel.processorCount
    var blas: String
    var blasCoreFound: String
    var blasCore: String
    var repair: String
    var threading: String
    var libraries: [String]
    var isReproducible: Bool

    init(_ report: BLASRuntime.Report) {
      kernels = report.kernelTarget.rawValue
      blas = report.configuration
      blasCoreFound = report.coreBefore
      blasCore = report.coreAfter
      repair = "\(report.repair)"
      threading = report.threading.rawValue
      libraries = report.libraries.map { "\($0.symbol) from \($0.path)" }
      isReproducible = report.isReproducible
    }
  }
}
