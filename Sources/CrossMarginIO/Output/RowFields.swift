// Groups of columns that several tables share, read back.

import CrossMargin
import GRDB
import RiskNumerics

/// Reads groups of columns that begin at a given index.
enum RowFields {
  static func greeks(_ row: Row, from start: Int) -> Greeks {
    var greeks = Greeks()
    greeks.deltaUSD = row[start]
    greeks.deltaTotalUSD = row[start + 1]
    greeks.gammaUSDPerPercent = row[start + 2]
    greeks.vegaUSDPerPoint = row[start + 3]
    greeks.thetaUSDPerDay = row[start + 4]
    greeks.rhoUSDPerPoint = row[start + 5]
    greeks.vannaUSDPerPoint = row[start + 6]
    greeks.volgaUSDPerPoint = row[start + 7]
    return greeks
  }

  static func tail(_ row: Row, from start: Int) -> TailMeasures? {
    guard let valueAtRiskUSD: Double = row[start], let shortfallUSD: Double = row[start + 2] else {
      return nil
    }
    return TailMeasures(
      valueAtRiskUSD: valueAtRiskUSD, valueAtRiskErrorUSD: row[start + 1],
      expectedShortfallUSD: shortfallUSD, expectedShortfallErrorUSD: row[start + 3])
  }

  static func interval(_ row: Row, from start: Int) -> TailInterval {
    TailInterval(
      valueAtRiskLow: row[start], valueAtRiskHigh: row[start + 1],
      expectedShortfallLow: row[start + 2], expectedShortfallHigh: row[start + 3])
  }
}
