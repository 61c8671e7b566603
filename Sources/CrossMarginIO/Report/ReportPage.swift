// The page: its skeleton and the order of its sections.

/// `report.html`: one file that needs no other and no network.
public struct ReportPage {
  private let data: ReportData

  /// A page that shows some data.
  public init(_ data: ReportData) { self.data = data }

  /// The whole page. Equal data give equal texts.
  public var text: String {
    PageSkeleton.text(
      title: ShownName.shortened(data.run.book) + " · "
        + NumberText.instant(data.run.valuationTime),
      style: ReportStyle.source + (data.liquidationMarkup == nil ? "" : LiquidateStyle.source)
    ) { writeSections(into: &$0) }
  }

  /// Writes the page, which is there whole or not at all.
  public func write(to path: String) throws(OutputError) {
    do throws(FileSystemError) { try AtomicFile.write(text, to: path) } catch {
      throw .fileSystem(error)
    }
  }

  private func writeSections(into page: inout Markup) {
    data.writeHeader(into: &page)
    data.writeNavigation(into: &page)
    page.element("main") { main in
      data.writeAlerts(into: &main)
      data.writeOverview(into: &main)
      data.writeMarginRatios(into: &main)
      data.writeHeatMaps(into: &main)
      data.writeTails(into: &main)
      data.writeStress(into: &main)
      data.writeBreaches(into: &main)
      data.writeLiquidation(into: &main)
      data.writeReconciliation(into: &main)
      data.writeExposures(into: &main)
      data.writeAccounts(into: &main)
      data.writeProvenance(into: &main)
    }
  }
}

extension ReportData {
  /// The sections of a liquidation study, under one link of the navigation.
  fileprivate func writeLiquidation(into page: inout Markup) {
    guard let liquidationMarkup else { return }
    page.element("div", ["id": ReportPart.liquidation.rawValue]) {
      $0.verbatim(liquidationMarkup)
    }
  }
}

extension Markup {
  /// A section with its title, under a link of the navigation.
  mutating func section(
    _ part: ReportPart, lead: String? = nil, isLong: Bool = false,
    _ content: (inout Markup) -> Void
  ) {
    section(id: part.rawValue, title: part.title, lead: lead, isLong: isLong, content)
  }
}

/// The parts of the page that the navigation leads to, in their order.
enum ReportPart: String, CaseIterable {
  case overview, ratios, grid, tail, stress, breaches, liquidation, reconciliation, exposures,
    accounts,
    provenance

  /// The heading.
  var title: String {
    switch self {
    case .overview: "The book"
    case .ratios: "Margin ratios"
    case .grid: "Price and volatility"
    case .tail: "Tail of the book"
    case .stress: "Stress events"
    case .breaches: "Nearest breaches"
    case .liquidation: "Liquidation"
    case .reconciliation: "Reconciliation"
    case .exposures: "Exposures"
    case .accounts: "Riskiest accounts"
    case .provenance: "Provenance"
    }
  }
}
