// The calibration of a book from its folder to surfaces, correlations and impact.

import CrossMargin
import PortfolioModel
import RiskNumerics

/// What `crossmargin calibrate` is asked to do.
public struct CalibrationOptions: Sendable {
  /// The folder of the book.
  public var bookFolder: String
  /// The folder of the results; nil = `calibration` in the book's folder.
  public var outputFolder: String?
  /// Form of the surfaces.
  public var model = SmileModel.svi
  /// What they are fitted to.
  public var source = QuoteSource.bidsAndAsks
  /// Whether the book is to price from the surfaces: `market/surfaces.csv` takes the place of
  /// `market/vols.csv`, which moves to the results.
  public var isInstalled = false

  /// A calibration.
  public init(bookFolder: String) { self.bookFolder = bookFolder }
}

/// Why a calibration cannot be done.
public enum CalibrationError: Error, CustomStringConvertible {
  /// No expiry has quotes enough.
  case nothingToFit(source: QuoteSource)
  /// Surfaces cannot be fitted to the book's own surfaces.
  case alreadySurfaces

  /// One sentence for a person.
  public var description: String {
    switch self {
    case .nothingToFit(.bidsAndAsks):
      "no expiry has \(SurfaceFit.quoteCountMin) options out of the money with bid and ask in "
        + "market/marks.csv; --volatilities fits market/vols.csv instead"
    case .nothingToFit(.volatilities):
      "no expiry has \(SurfaceFit.quoteCountMin) volatilities in market/vols.csv"
    case .alreadySurfaces: "the book has market/surfaces.csv in place of volatilities"
    }
  }
}

/// What was found.
public struct CalibrationResults: Sendable {
  /// The book's folder.
  public var book: String
  /// Its market.
  public var market: MarketSnapshot
  /// Form that was asked for.
  public var model: SmileModel
  /// Surfaces.
  public var surfaces: SurfaceCalibration
  /// Deviations, correlations and components; nil where the history does not give them.
  public var factors: FactorSummary?
  /// Why there are none.
  public var factorsReason: String?
  /// Price impact of assets whose volume and depth are known.
  public var impacts: [ImpactEstimate]
  /// Seconds that the fits took.
  public var fitSeconds: Double

  /// Underlying and quote in words.
  public func name(of pair: AssetPair) -> String {
    let quote = market[pair.quote].name
    return market[pair.underlying].name + (quote == "USD" ? "" : "/" + quote)
  }
}

/// Runs a calibration.
public struct CalibrationJob: Sendable {
  private let options: CalibrationOptions

  /// A job.
  public init(_ options: CalibrationOptions) { self.options = options }

  /// Where results go.
  public var outputFolder: String { options.outputFolder ?? options.bookFolder + "/calibration" }

  /// Fits everything.
  public func run() throws -> CalibrationResults {
    let loaded = try BookReader.load(folder: options.bookFolder)
    if case .volatilities = options.source, !loaded.book.market.surfaces.isEmpty {
      throw CalibrationError.alreadySurfaces
    }
    let clock = ContinuousClock()
    let start = clock.now
    let surfaces = SurfaceCalibration(
      book: loaded.book, model: options.model, source: options.source)
    let took = clock.now - start
    guard surfaces.expiries.contains(where: { $0.smile != nil }) else {
      throw CalibrationError.nothingToFit(source: options.source)
    }
    let (factors, reason) = try factors(of: loaded)
    return CalibrationResults(
      book: options.bookFolder, market: loaded.book.market, model: options.model,
      surfaces: surfaces, factors: factors, factorsReason: reason,
      impacts: ImpactEstimate.all(loaded.book.market, factors),
      fitSeconds: Double(took.components.seconds) + Double(took.components.attoseconds) * 1e-18)
  }

  /// A history that is too short takes nothing from the surfaces.
  private func factors(
    of loaded: LoadedBook
  ) throws(RunError) -> (FactorSummary?, reason: String?) {
    do throws(RunError) {
      let factors = try FactorSummary(book: loaded.book, settings: loaded.settings)
      return (factors, factors == nil ? "the book has no history" : nil)
    } catch {
      guard case .historyTooShort = error else { throw error }
      return (nil, "\(error)")
    }
  }

  /// Writes tables and report, each whole or not at all, and installs the surfaces if asked to.
  public func write(_ results: CalibrationResults) throws {
    let tables = CalibrationTables(results: results)
    let surfaces = try tables.surfaces()
    var named = [
      ("fits.csv", try tables.fits()), ("quotes.csv", try tables.quotes()),
      ("surfaces.csv", surfaces)
    ]
    if let correlations = try tables.correlations() {
      named.append(("correlations.csv", correlations))
    }
    if let components = try tables.components() { named.append(("components.csv", components)) }
    if !results.impacts.isEmpty { named.append(("impact.csv", try tables.impacts())) }
    try StudyFolder.write(
      named, page: CalibrationPage(results: results).text, to: outputFolder)
    guard options.isInstalled else { return }
    do throws(FileSystemError) {
      try install(String(decoding: surfaces.bytes, as: UTF8.self))
    } catch {
      throw OutputError.fileSystem(error)
    }
  }

  /// The old volatilities are moved before the surfaces are there: a book with neither is refused by
  /// nobody's numbers, one with both could not be read.
  private func install(_ surfaces: String) throws(FileSystemError) {
    let market = options.bookFolder + "/market/"
    let names = try Folders.names(in: market)
    for name in ["vols.csv", "vols.csv.gz"] where names.contains(name) {
      try Folders.rename(market + name, to: outputFolder + "/" + name)
    }
    try AtomicFile.write(surfaces, to: market + "surfaces.csv")
  }
}
