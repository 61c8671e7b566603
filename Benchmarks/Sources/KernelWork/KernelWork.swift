// One kernel's work at a fixed size on seeded inputs: what the suites and the contestant time.

/// Work that can be timed, checked and compared.
public protocol KernelWork: AnyObject {
  /// Name in tables and on command lines.
  var name: String { get }
  /// What one element is, for people.
  var elementName: String { get }
  /// Elements of one pass.
  var elementCount: Int { get }
  /// What no implementation of the same arithmetic can beat.
  var bound: WorkBound { get }
  /// Inputs as files for programs that do the same work.
  var inputs: [InputArray] { get }

  /// Does the work once.
  func run() throws
  /// What the last pass computed, in the order that all programs write.
  func answer() throws -> [Double]
  /// Compares the last pass with a plain computation.
  ///
  /// - Throws: `WrongAnswer`.
  func check() throws
}

extension KernelWork {
  /// Seconds per element of whole passes that together take a tenth of a second or more.
  public func secondsPerElement() throws -> Double {
    let clock = ContinuousClock()
    var passes = 1
    while true {
      let start = clock.now
      for _ in 0..<passes { try run() }
      let seconds = start.duration(to: clock.now) / .seconds(1)
      if seconds >= 0.1 { return seconds / Double(passes) / Double(elementCount) }
      passes = seconds < 0.01 ? passes * 10 : Int(Double(passes) * 0.12 / seconds) + 1
    }
  }
}

/// Lets a kernel write into an array that an object holds.
func withSpan(of array: inout [Double], _ body: (inout MutableSpan<Double>) -> Void) {
  var span = array.mutableSpan
  body(&span)
}

/// A pass computed something else than plain arithmetic does.
public struct WrongAnswer: Error, CustomStringConvertible {
  /// Which element of which kernel, and by how much.
  public let description: String

  init(_ kernel: String, _ what: String, index: Int, got: Double, expected: Double) {
    description = "\(kernel): \(what) \(index) is \(got), plain arithmetic gives \(expected)"
  }
}

/// No kernel has this name.
public struct UnknownKernel: Error, CustomStringConvertible {
  /// What was asked for.
  public let name: String
  /// For people.
  public var description: String {
    "no kernel \(name); there are \(KernelWorks.names.joined(separator: ", "))"
  }
}

/// An input of other programs: a name and its bytes.
public struct InputArray: Sendable {
  /// File name.
  public let name: String
  /// Little-endian elements, or text.
  public let bytes: [UInt8]

  /// Elements of a fixed width.
  init<Element>(_ name: String, _ elements: [Element]) where Element: BitwiseCopyable {
    self.name = name
    bytes = elements.withUnsafeBytes { Array($0) }
  }

  init(_ name: String, text: String) {
    self.name = name
    bytes = Array(text.utf8)
  }
}

/// All kernels.
public enum KernelWorks {
  /// Names, in the order of the tables.
  public static let names: [String] =
    ElementaryWork.names + [
      "black76_greeks", "black76_value", "implied_volatility", "sparse_gauss", "sparse_heavy"
    ] + DenseWork.termCounts.map { "dense_\($0)" } + ["normals", "csv"]
    + DeltaGammaWork.factorCounts.map { "delta_gamma_\($0)" }
    + ["importance_draws", "form_stress", "reverse_stress"] + RuleWork.names

  /// The work of a kernel after one pass whose answer was found right.
  public static func checked(_ name: String) throws -> any KernelWork {
    guard let work = named(name) else { throw UnknownKernel(name: name) }
    try work.run()
    try work.check()
    return work
  }

  /// The work of a kernel, or nil for an unknown name.
  public static func named(_ name: String) -> (any KernelWork)? {
    switch name {
    case "black76_greeks": return GreeksWork()
    case "black76_value": return RevaluationWork()
    case "implied_volatility": return ImpliedVolatilityWork()
    case "sparse_gauss": return SparseWork(tails: .gaussian)
    case "sparse_heavy": return SparseWork(tails: .heavy)
    case "normals": return NormalsWork()
    case "csv": return PositionWork()
    case "importance_draws": return ImportanceWork()
    case "form_stress": return FormStressWork()
    case "reverse_stress": return ReverseStressWork()
    default:
      if let work = ElementaryWork(named: name) { return work }
      if let work = RuleWork(named: name) { return work }
      if let count = DeltaGammaWork.factorCounts.first(where: { "delta_gamma_\($0)" == name }) {
        return DeltaGammaWork(factorCount: count)
      }
      return DenseWork.termCounts.first { "dense_\($0)" == name }.map(DenseWork.init(termCount:))
    }
  }
}
