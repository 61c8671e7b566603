// Why venue dumps could not be made into a book.

import PortfolioModel

/// A fault of the dumps or of what was asked of them.
public enum ImportError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Files that cannot be read or do not have the shape that was named.
  case malformed(FieldIssues)
  /// No chain file was named.
  case noChains
  /// No chain row lies at or up to `windowMinutes` before the time; `available` are the snapshots.
  case noSnapshot(at: UTCTime, windowMinutes: Double, available: [UTCTime])
  /// The snapshot has no options of a currency that was asked for.
  case noOptions(currency: String, at: UTCTime)
  /// Chains of two venues: forwards and volatilities of one book come from one venue.
  case mixedVenues
  /// An asset is named twice, or a coin tracks an asset that is not imported.
  case invalidAsset(name: String)
  /// A name of a rule set or scenario file that `run.yaml` cannot carry: a-z, 0-9, `_`, `-`.
  case invalidName(String)
  /// No rule set was named; a book cannot be run without one.
  case noModel
  /// A series file of a shape that cannot be levels of its factor.
  case wrongFactor(factor: String, path: String)

  /// The error as one text; of many snapshots or issues, the first ones, one a line.
  public var description: String {
    switch self {
    case .malformed(let issues):
      let hidden = issues.totalCount - issues.first.count
      let lines = issues.first.map(\.description) + (hidden > 0 ? ["and \(hidden) more"] : [])
      return lines.joined(separator: "\n")
    case .noChains: return "no option chain was named"
    case .noSnapshot(let time, let windowMinutes, let available):
      let window = "no snapshot in the \(CSVTable.shortest(windowMinutes)) minutes up to \(time)"
      return window + "; there are " + Self.list(available)
    case .noOptions(let currency, let time): return "no options on \(currency) at \(time)"
    case .mixedVenues: return "the chains are of two venues; one book takes the market of one"
    case .invalidAsset(let name): return "asset \"\(name)\": named twice, or tracks nothing known"
    case .invalidName(let name): return "name \"\(name)\": allowed are a-z, 0-9, _ and -"
    case .noModel: return "no parameter file was named"
    case .wrongFactor(let factor, let path): return "\(path): holds no levels of \(factor)"
    }
  }

  private static let listedMax = 200

  private static func list(_ times: [UTCTime]) -> String {
    if times.isEmpty { return "none" }
    let rest = times.count > listedMax ? " and \(times.count - listedMax) more" : ""
    return times.prefix(listedMax).map(\.description).joined(separator: " ") + rest
  }
}
