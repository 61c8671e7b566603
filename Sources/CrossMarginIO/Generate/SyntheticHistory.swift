// Two years of daily factor levels of the synthetic market: correlated heavy-tailed moves that end
// at the levels of today. No value is an observation of a real market.

import Foundation
import PortfolioModel

/// Levels of one factor today and how they got there.
///
/// The log level moves by `dailyDeviation x scale x (loadings . normals)`, less `reversion` of its
/// distance from where the path began; basis levels move by the same amount without a logarithm.
struct SyntheticFactor: Sendable {
  var name: FactorName
  /// Level at the valuation time, and decimal places to which levels are quoted.
  var level: Double
  var decimalPlaces: Int
  /// Standard deviation of a daily move where the common scale is 1.
  var dailyDeviation: Double
  /// Share of the distance from the start that is undone each day, in [0, 1).
  var reversion: Double
  /// Loadings on the independent normals of a day; their squares sum to about 1.
  var loadings: [Double]
  /// Exponent of the common scale: how much the factor shares in turbulent days.
  var scalePower: Double = 1
  /// First row of a gap and its length, rows counted back from the valuation time.
  var gap: (rowsBack: Int, count: Int)?
}

enum SyntheticHistory {
  /// Rows: the valuation time and 730 days before it.
  static let dayCount = 730

  /// Degrees of freedom of the common scale: a day's moves are multivariate Student t [Kotz and
  /// Nadarajah 2004, eq. 1.1], scaled to unit variance.
  private static let degreesOfFreedom = 4

  /// The history of factors up to a time; deterministic in the seed.
  static func make(factors: [SyntheticFactor], until time: UTCTime, seed: UInt64) -> FactorHistory {
    let sorted = factors.sorted { precedesByBytes($0.name.description, $1.name.description) }
    let shocks = dailyShocks(seed: seed, normalCount: sorted.map(\.loadings.count).max() ?? 0)
    return FactorHistory(
      times: (0...dayCount).map { time.adding(days: Double($0 - dayCount)) },
      factors: sorted.map(\.name), levels: sorted.map { levels(of: $0, shocks: shocks) })
  }

  /// The independent normals of a day and the scale that they share.
  private struct DailyShock {
    var normals: [Double]
    var scale: Double
  }

  private static func dailyShocks(seed: UInt64, normalCount: Int) -> [DailyShock] {
    (1...dayCount).map { day in
      var draws = SeededDraws(seed: seed, stream: .history, item: day)
      let normals = (0..<normalCount).map { _ in draws.normal() }
      var chiSquared = 0.0
      for _ in 0..<degreesOfFreedom {
        let normal = draws.normal()
        chiSquared += normal * normal
      }
      // Scaled by (v - 2) instead of v, so that the variance of a move is 1.
      return DailyShock(
        normals: normals, scale: (Double(degreesOfFreedom - 2) / chiSquared).squareRoot())
    }
  }

  private static func levels(of factor: SyntheticFactor, shocks: [DailyShock]) -> [Double?] {
    var path = [0.0]
    for shock in shocks {
      let last = path[path.count - 1]
      let common = zip(factor.loadings, shock.normals).reduce(0) { $0 + $1.0 * $1.1 }
      let move = factor.dailyDeviation * pow(shock.scale, factor.scalePower) * common
      path.append(last * (1 - factor.reversion) + move)
    }
    let end = path[dayCount]
    return path.enumerated().map { row, value in
      if let gap = factor.gap, (0..<gap.count).contains(row - (dayCount - gap.rowsBack)) {
        return nil
      }
      let level =
        factor.name.kind.isLogarithmic
        ? factor.level * exp(value - end) : factor.level + value - end
      return Rounding.decimals(level, factor.decimalPlaces)
    }
  }
}
