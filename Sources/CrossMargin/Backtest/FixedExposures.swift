// What one account stands to gain from moves of factors, held fixed through the past.

import PortfolioModel
import RiskNumerics

/// Profit g'x + x'H x / 2 of one account in moves x of the factors it is exposed to, USD.
struct FixedExposures: Sendable {
  /// Positions among the factors of the history, ascending.
  let factors: [Int]
  /// USD per unit of x. [factors]
  let gradientUSD: [Double]
  /// USD per unit of x squared, symmetric. [factors x factors]
  let curvatureUSD: Matrix

  /// The exposures of holdings under a form whose factors are all factors of the history.
  init(_ holdings: AccountHoldings, form: DeltaGammaForm, columns: UnitColumns) {
    var coefficients = Matrix(rowCount: form.termCount, columnCount: 1)
    coefficients.withMutableColumn(0) { terms in
      holdings.forEachColumn(columns) { form.add(column: $0, quantity: $1, to: &terms) }
    }
    var isUsed = (0..<form.factorCount).map { coefficients[$0, 0] != 0 }
    for (position, pair) in form.pairs.enumerated()
    where coefficients[form.factorCount + position, 0] != 0 {
      isUsed[pair.low] = true
      isUsed[pair.high] = true
    }
    let used = isUsed.indices.filter { isUsed[$0] }
    factors = used
    gradientUSD = used.map { coefficients[$0, 0] }
    var curvature = Matrix(rowCount: used.count, columnCount: used.count)
    for (position, pair) in form.pairs.enumerated() {
      let coefficient = coefficients[form.factorCount + position, 0]
      guard coefficient != 0, let row = used.firstIndex(of: pair.low),
        let column = used.firstIndex(of: pair.high)
      else { continue }
      // A square's coefficient is half its second derivative; a product's is the derivative.
      curvature[row, column] += coefficient
      curvature[column, row] += coefficient
    }
    curvatureUSD = curvature
  }

  /// Profit in moves of the exposed factors, USD.
  func profitUSD(_ moves: [Double]) -> Double {
    var sum = OrderedSum()
    for row in moves.indices {
      var slope = gradientUSD[row]
      for column in moves.indices { slope += curvatureUSD[column, row] * moves[column] / 2 }
      sum.add(slope * moves[row])
    }
    return sum.total
  }
}
