// The page of a liquidation study.

import CrossMargin

/// `report.html` of a liquidation study.
struct LiquidatePage {
  let results: LiquidateResults

  /// The whole page.
  var text: String {
    PageSkeleton.study(
      "liquidation", ofBook: results.book,
      subtitle: "liquidation on the market of "
        + NumberText.instant(results.market.valuationTime.description),
      style: LiquidateStyle.source
    ) { main in
      for part in results.parts { part.write(into: &main) }
    }
  }
}
