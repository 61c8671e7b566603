// Files of option chains: their shapes, and how to find out which one a file has.

import Foundation
import PortfolioModel

/// The shapes of option chains.
public enum ChainShape: String, Sendable, Hashable, CaseIterable {
  /// `timestamp, instrument_name, underlying, …`: Deribit, many snapshots, volatility as a
  /// fraction, forward and index in each row.
  case deribitPanel = "deribit-panel"
  /// `snapshot_utc, exchange, underlying, instrument, …` of Deribit: volatility in percent,
  /// `underlying_price` is the forward of the expiry, no Greeks.
  case deribitSnapshot = "deribit-snapshot"
  /// The same columns from OKX: volatility as a fraction, `underlying_price` is the index.
  case okxSnapshot = "okx-snapshot"

  /// Where chains of this shape come from.
  public var venue: Venue { self == .okxSnapshot ? .okx : .deribit }
}

/// All rows of a chain file.
public struct Chain: Sendable, Equatable {
  /// Rows in file order.
  public var rows: [ChainRow] = []
  /// Rows of contracts that are not inverse options of their coin; they are left out.
  public var otherContractCount = 0
  /// Forwards that were inferred from put-call parity.
  public var inferredForwards: [InferredForward] = []
}

/// A chain file with its shape.
public struct ChainFile: Sendable, Hashable {
  /// Where it lies; a name that ends in `.gz` is decompressed.
  public var path: String
  /// What its columns mean.
  public var shape: ChainShape

  /// A file of a known shape.
  public init(path: String, shape: ChainShape) {
    self.path = path
    self.shape = shape
  }

  /// A file whose shape is read from its header and first row; nil when it is no chain that is
  /// understood.
  public init?(recognizing path: String) throws(ImportError) {
    guard let shape = try Self.shape(of: path) else { return nil }
    self.init(path: path, shape: shape)
  }

  /// Reads the file. Every fault of the file is in the error.
  public func load() throws(ImportError) -> Chain {
    switch shape {
    case .deribitPanel: try DeribitPanel.load(path: path)
    case .deribitSnapshot, .okxSnapshot: try ChainSnapshot.load(path: path, venue: shape.venue)
    }
  }

  /// The chain files of a folder, sorted by name; other files are passed over.
  public static func all(in folder: String) throws(ImportError) -> [ChainFile] {
    let names: [String]
    do { names = try Folders.names(in: folder) } catch {
      throw .malformed(FieldIssues(InputError.unreadable(file: folder, reason: error.reason)))
    }
    var files: [ChainFile] = []
    for name in names where name.hasSuffix(".csv") || name.hasSuffix(".csv.gz") {
      if let file = try ChainFile(recognizing: folder + "/" + name) { files.append(file) }
    }
    return files
  }

  private static func shape(of path: String) throws(ImportError) -> ChainShape? {
    do {
      var table = try CSVScanner(ByteSource(path: path, file: path))
      if DeribitPanel.columns.allSatisfy(table.header.contains) { return .deribitPanel }
      guard ChainSnapshot.columns.allSatisfy(table.header.contains),
        let exchange = table.column(named: "exchange")
      else { return nil }
      var issues = FieldIssues()
      guard try table.next(&issues) else { return nil }
      switch table.text(at: exchange) {
      case Venue.deribit.rawValue: return .deribitSnapshot
      case Venue.okx.rawValue: return .okxSnapshot
      default: return nil
      }
    } catch { throw .malformed(FieldIssues(error)) }
  }
}

extension FieldIssues {
  /// The one issue of a file that cannot be read.
  init(_ error: InputError) {
    self.init()
    append(error.issue)
  }
}
