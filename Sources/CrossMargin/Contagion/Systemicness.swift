// The cascade to first order: how far a loss multiplies, and which assets and accounts carry it.

import RiskNumerics

/// The linear cascade `W = D^-1 Q' diag(gamma) Q` of accounts that sell in proportion to losses.
///
/// Q are holdings [accounts x markets] in USD, signed; gamma the share of an account that is sold
/// per USD of loss; D the notional per unit of relative move. A relative fall y of prices makes
/// accounts sell and prices fall by another W y. W is similar to the symmetric `D^-1/2 Q'
/// diag(gamma) Q D^-1/2`, so that its eigenvalues are real and not negative. Source: Greenwood,
/// Landier and Thesmar 2015; Cont and Schaanning 2017.
public struct Systemicness: Sendable, Equatable {
  /// W. [markets x markets]
  public let cascade: Matrix
  /// rho: largest eigenvalue of W, the part of a fall that sales add in the next round.
  public let spectralRadius: Double
  /// Moves of prices that W multiplies by rho, the largest of size 1: the right vector. [markets]
  public let priceMoves: [Double]
  /// Share of each market in rho: influence times exposure, left times right vector; their sum is
  /// 1, and all are 0 where nothing is sold. [markets]
  public let marketShares: [Double]
  /// Share of each account in rho; their sum is 1, or all are 0. [accounts]
  public let accountShares: [Double]

  /// The linear cascade.
  ///
  /// Shapes: exposuresUSD [accounts x markets], sensitivities [accounts], at least 0, 1 / USD,
  /// depthsUSD [markets], positive.
  public init(
    exposuresUSD: Matrix, sensitivities: [Double], depthsUSD: [Double]
  ) throws(LinearAlgebraError) {
    let (accountCount, marketCount) = (exposuresUSD.rowCount, exposuresUSD.columnCount)
    precondition(sensitivities.count == accountCount, "one sensitivity for each account")
    precondition(depthsUSD.count == marketCount, "one depth for each market")
    precondition(sensitivities.allSatisfy { $0 >= 0 }, "who loses does not buy back")
    precondition(depthsUSD.allSatisfy { $0 > 0 }, "a market has depth")
    let roots = depthsUSD.map { $0.squareRoot() }
    // diag(gamma)^1/2 Q D^-1/2, so that the product with itself is symmetric to the last bit.
    var scaled = exposuresUSD
    for market in 0..<marketCount {
      for account in 0..<accountCount {
        scaled[account, market] *= sensitivities[account].squareRoot() / roots[market]
      }
    }
    let symmetric = LinearAlgebra.product(scaled, .transposed, scaled)
    var cascade = symmetric
    for row in 0..<marketCount {
      for column in 0..<marketCount { cascade[row, column] *= roots[column] / roots[row] }
    }
    self.cascade = cascade
    let eigen = try LinearAlgebra.symmetricEigen(symmetric)
    let radius = max(eigen.values.last ?? 0, 0)
    spectralRadius = radius
    guard radius > 0 else {
      priceMoves = [Double](repeating: 0, count: marketCount)
      marketShares = priceMoves
      accountShares = [Double](repeating: 0, count: accountCount)
      return
    }
    let top = (0..<marketCount).map { eigen.vectors[$0, marketCount - 1] }
    marketShares = top.map { $0 * $0 }
    let moves = zip(top, roots).map { $0 / $1 }
    let largest = moves.map(abs).max() ?? 1
    priceMoves = moves.map { $0 / largest }
    let carried = LinearAlgebra.product(scaled, vector: top)
    accountShares = carried.map { $0 * $0 / radius }
  }

  /// `1 / (1 - rho)`: all rounds together over the first move, along the right vector; nil where
  /// the linear cascade does not die out.
  public var multiplier: Double? { spectralRadius < 1 ? 1 / (1 - spectralRadius) : nil }

  /// `(I - W)^-1 s`: all rounds together after a first relative move s of any direction, which
  /// `multiplier` gives along the right vector; nil where the linear cascade does not die out. For
  /// programs that have a scenario and no book to value again. [markets]
  public func totalMove(after firstMove: [Double]) throws(LinearAlgebraError) -> [Double]? {
    guard spectralRadius < 1 else { return nil }
    let move = Matrix(rowCount: firstMove.count, columnCount: 1, elements: firstMove)
    return try LinearAlgebra.solve(remainder, move).elements
  }

  /// The covariance of returns that distress selling adds to: `(I - W)^-1 Sigma (I - W)^-T`; nil
  /// where the linear cascade does not die out.
  ///
  /// For one fund with holdings q and sensitivity gamma, and `g = gamma / (1 - rho)`, it is
  /// `Sigma + g (D^-1 q q' Sigma + Sigma q q' D^-1) + g^2 (q' Sigma q) D^-1 q q' D^-1`, so that what
  /// was independent moves together; with g = gamma it is that of the first round [Cont and Wagalath
  /// 2013, 2016]. `StressedMoves` has it for a book.
  public func stressedCovariance(_ covariance: Matrix) throws(LinearAlgebraError) -> Matrix? {
    precondition(
      covariance.rowCount == cascade.rowCount && covariance.columnCount == cascade.rowCount,
      "one row for each market")
    guard spectralRadius < 1 else { return nil }
    let half = try LinearAlgebra.solve(remainder, covariance)
    return Self.symmetric(try LinearAlgebra.solve(remainder, half.transposed))
  }

  /// I - W.
  private var remainder: Matrix {
    var result = Matrix.identity(cascade.rowCount)
    for row in 0..<cascade.rowCount {
      for column in 0..<cascade.rowCount { result[row, column] -= cascade[row, column] }
    }
    return result
  }

  private static func symmetric(_ matrix: Matrix) -> Matrix {
    var result = matrix
    for row in 0..<matrix.rowCount {
      for column in 0..<row {
        let mean = (matrix[row, column] + matrix[column, row]) / 2
        result[row, column] = mean
        result[column, row] = mean
      }
    }
    return result
  }
}
