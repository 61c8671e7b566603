// The page: its skeleton and the order of its sections.

/// `report.html`: one file that needs no other and no network.
public struct ReportPage {
  private let data: ReportData

  /// A page that shows some data.
  public init(_ data: ReportData) { self.data = data }

  /// The whole page. Equal data give equal texts.
  public var text: String {
    var page = Markup()
    page.verbatim("<!doctype html>\n")
    page.element("html", ["lang": "en"]) { html in
      html.element("head") { writeHead(into: &$0) }
      html.element("body") { body in
        body.element("div", ["class": "page"]) { writeSections(into: &$0) }
        body.element("script") { $0.verbatim(ReportScript.source) }
      }
    }
    page.verbatim("\n")
    return page.source
  }

  /// Writes the page, which is there whole or not at all.
  public func write(to path: String) throws(OutputError) {
    do throws(FileSystemError) { try AtomicFile.write(text, to: path) } catch {
      throw .fileSystem(error)
    }
  }

  private func writeHead(into head: inout Markup) {
    head.void("meta", ["charset": "utf-8"])
    head.void(
      "meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
    // Nothing outside this file is ever asked for, whatever a name in it says.
    head.void(
      "meta",
      [
        "http-equiv": "Content-Security-Policy",
        "content":
          "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
      ])
    head.element(
      "title",
      text: ShownName.shortened(data.run.book) + " · " + NumberText.instant(data.run.valuationTime))
    head.void("link", ["rel": "icon", "href": "data:,"])
    head.element("style") { $0.verbatim(ReportStyle.source) }
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
      data.writeExposures(into: &main)
      data.writeAccounts(into: &main)
      data.writeProvenance(into: &main)
    }
  }
}

extension Markup {
  /// A section with its title, under a link of the navigation.
  mutating func section(
    _ part: ReportPart, lead: String? = nil, isLong: Bool = false,
    _ content: (inout Markup) -> Void
  ) {
    element("section", ["id": part.rawValue]) { section in
      section.element("div", ["class": isLong ? "card long" : "card"]) { card in
        card.element("h2", text: part.title)
        if let lead { card.element("p", ["class": "lead"], text: lead) }
        content(&card)
      }
    }
  }
}

/// The parts of the page that the navigation leads to, in their order.
enum ReportPart: String, CaseIterable {
  case overview, ratios, grid, tail, stress, exposures, accounts, provenance

  /// The heading.
  var title: String {
    switch self {
    case .overview: "The book"
    case .ratios: "Margin ratios"
    case .grid: "Price and volatility"
    case .tail: "Tail of the book"
    case .stress: "Stress events"
    case .exposures: "Exposures"
    case .accounts: "Riskiest accounts"
    case .provenance: "Provenance"
    }
  }
}
