// Who can pay whom when several owe each other: clearing vectors, with costs of default.

import RiskNumerics

/// Firms with liabilities among each other and assets from outside.
///
/// A firm that can pay its debts pays; another pays what it has, of which default costs leave the
/// share `assetRecovery` of outside assets and `claimRecovery` of what others pay it. Sources:
/// Eisenberg and Noe 2001; Rogers and Veraart 2013.
public struct ClearingNetwork: Sendable, Equatable {
  /// What row owes column [firms x firms].
  public let liabilities: Matrix
  /// Assets from outside [firms].
  public let outsideAssets: [Double]
  /// Share of outside assets that is left in default (alpha), in (0, 1].
  public let assetRecovery: Double
  /// Share of claims on others that is left in default (beta), in (0, 1].
  public let claimRecovery: Double
  /// What each firm owes in all [firms].
  public let totalLiabilities: [Double]
  /// Share of what the row pays that goes to the column; zero where it owes nothing.
  private let shares: Matrix

  /// A network; no debt is negative, nobody owes himself.
  public init(
    liabilities: Matrix, outsideAssets: [Double], assetRecovery: Double, claimRecovery: Double
  ) {
    let count = outsideAssets.count
    precondition(
      liabilities.rowCount == count && liabilities.columnCount == count, "shapes differ")
    precondition(liabilities.elements.allSatisfy { $0 >= 0 }, "a liability is not negative")
    precondition(
      assetRecovery > 0 && assetRecovery <= 1 && claimRecovery > 0
        && claimRecovery <= 1, "a recovery lies in (0, 1]")
    self.liabilities = liabilities
    self.outsideAssets = outsideAssets
    self.assetRecovery = assetRecovery
    self.claimRecovery = claimRecovery
    let totals = (0..<count).map { row in
      (0..<count).reduce(0.0) { $0 + liabilities[row, $1] }
    }
    var shares = liabilities
    for row in 0..<count where totals[row] > 0 {
      for column in 0..<count { shares[row, column] /= totals[row] }
    }
    self.shares = shares
    totalLiabilities = totals
  }

  /// Payments that clear the network, and who defaults.
  public struct Clearing: Sendable, Equatable {
    /// What each firm pays [firms].
    public let payments: [Double]
    /// Whether each firm defaults [firms].
    public let isDefault: [Bool]
  }

  /// What a firm has when all pay as given.
  private func wealth(_ firm: Int, _ payments: [Double]) -> Double {
    var sum = outsideAssets[firm]
    for other in payments.indices { sum += payments[other] * shares[other, firm] }
    return sum
  }

  /// Whether a firm could pay all it owes when all pay as given; a rounding error does not decide.
  private func canPay(_ firm: Int, _ payments: [Double]) -> Bool {
    wealth(firm, payments) >= totalLiabilities[firm] * (1 - 1e-13)
  }

  /// The greatest clearing vector: all pay at first, and whoever cannot is added to the defaults
  /// until nobody is, at most one linear system per firm ("fictitious default").
  public func greatest() throws(LinearAlgebraError) -> Clearing {
    var isDefault = totalLiabilities.map { _ in false }
    var payments = totalLiabilities
    for _ in totalLiabilities.indices {
      let failing = payments.indices.filter { !isDefault[$0] && !canPay($0, payments) }
      if failing.isEmpty { break }
      for firm in failing { isDefault[firm] = true }
      payments = try self.payments(isDefault)
    }
    return Clearing(payments: payments, isDefault: isDefault)
  }

  /// The least clearing vector: payments rise from zero with all in default, and whoever could pay
  /// in the limit is taken out, until nobody is.
  ///
  /// With default costs it can lie below the greatest. Plain iteration can end at a vector that does
  /// not clear, since the map jumps where a firm becomes able to pay; this does not. Nil when a
  /// limit is not reached within 100,000 rounds.
  public func least() -> Clearing? {
    var isDefault = totalLiabilities.map { $0 > 0 }
    var payments = totalLiabilities.map { _ in 0.0 }
    var rounds = 0
    while true {
      var isSettled = false
      while !isSettled {
        rounds += 1
        if rounds > 100_000 { return nil }
        let next = payments.indices.map { firm in
          isDefault[firm]
            ? min(recovered(firm, payments), totalLiabilities[firm]) : totalLiabilities[firm]
        }
        isSettled = zip(next, payments).allSatisfy { abs($0 - $1) <= 1e-15 * abs($0) }
        payments = next
        if payments.indices.contains(where: { isDefault[$0] && canPay($0, payments) }) { break }
      }
      let able = payments.indices.filter { isDefault[$0] && canPay($0, payments) }
      if able.isEmpty { return Clearing(payments: payments, isDefault: isDefault) }
      for firm in able { isDefault[firm] = false }
    }
  }

  /// What a defaulting firm pays.
  private func recovered(_ firm: Int, _ payments: [Double]) -> Double {
    let own = outsideAssets[firm]
    return assetRecovery * own + claimRecovery * (wealth(firm, payments) - own)
  }

  /// Payments when exactly the given firms default: `p = alpha e + beta shares' p` for them.
  private func payments(_ isDefault: [Bool]) throws(LinearAlgebraError) -> [Double] {
    let defaults = isDefault.indices.filter { isDefault[$0] }
    var payments = totalLiabilities
    if defaults.isEmpty { return payments }
    var system = Matrix.identity(defaults.count)
    var right = Matrix(rowCount: defaults.count, columnCount: 1)
    for (row, firm) in defaults.enumerated() {
      var paid = 0.0
      for other in isDefault.indices where !isDefault[other] {
        paid += totalLiabilities[other] * shares[other, firm]
      }
      right[row, 0] = assetRecovery * outsideAssets[firm] + claimRecovery * paid
      for (column, other) in defaults.enumerated() {
        system[row, column] -= claimRecovery * shares[other, firm]
      }
    }
    let solution = try LinearAlgebra.solve(system, right)
    for (row, firm) in defaults.enumerated() { payments[firm] = solution[row, 0] }
    return payments
  }
}
