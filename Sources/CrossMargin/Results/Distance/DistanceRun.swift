// How far every account is from its most likely liquidation.

import PortfolioModel
import RiskNumerics

/// Distances of accounts under their own rule sets: of all by the second-order form, of single ones by
/// full revaluation.
public struct DistanceRun: Sendable {
  let health: HealthRun
  let space: FactorSpace
  /// Days over which moves are meant.
  public let horizonDays: Double
  /// Names of the factors that may move.
  public var factors: [FactorName] { space.factors }

  /// Accounts of one task.
  private static let blockAccountCount = 250

  /// Moves over a horizon, with the covariance of the book's history.
  /// - Throws: `RunError.historyTooShort` where there is no history.
  public init(_ health: HealthRun, horizonDays: Double) throws(RunError) {
    self.health = health
    self.horizonDays = horizonDays
    space = try FactorSpace(health, horizonDays: horizonDays)
  }

  // MARK: Forms

  /// Calls `body` with the nearest liquidations by their forms of one block of accounts after the
  /// other: of all accounts with margin, in their order.
  ///
  /// - Parameters:
  ///   - today: health of all accounts today; nil for those without margin. [accounts]
  ///   - rescannedWithin: up to which distance the surplus at the point is found by full revaluation
  ///     too, with the requirement frozen and scanned again.
  public func forEachFormBlock(
    today: [AccountHealth?], rescannedWithin: Double, threadCount: Int,
    _ body: (_ forms: [FormDistance]) throws -> Void
  ) throws {
    precondition(today.count == health.accountCount, "one health for each account")
    let size = Self.blockAccountCount
    let blockCount = (today.count + size - 1) / size
    try Parallel.ordered(
      count: blockCount, threadCount: threadCount, windowCount: 2 * threadCount,
      produce: { block in
        try (block * size..<min((block + 1) * size, today.count)).compactMap { position in
          try today[position].map {
            try form(of: AccountIndex(position), today: $0, rescannedWithin: rescannedWithin)
          }
        }
      },
      consume: { _, found in try body(found) })
  }

  /// The same together.
  public func forms(
    today: [AccountHealth?], rescannedWithin: Double, threadCount: Int
  ) throws -> [FormDistance] {
    var forms: [FormDistance] = []
    try forEachFormBlock(
      today: today, rescannedWithin: rescannedWithin, threadCount: threadCount
    ) { forms += $0 }
    return forms
  }

  private func form(
    of account: AccountIndex, today: AccountHealth, rescannedWithin: Double
  ) throws(RunError) -> FormDistance {
    var result = FormDistance(
      account: account, surplusUSD: today.surplusUSD,
      found: FoundLiquidation(outcome: .lost, point: nil))
    guard today.surplusUSD > 0 else { return result }
    result.found.outcome = .none
    guard let own = try space.account(health.holdings(of: account)),
      let nearest = try Self.nearest(own, surplusUSD: today.surplusUSD),
      nearest.distance <= NearestSearch.distanceMax
    else { return result }
    let zero = NearestSearch.Zero(
      point: nearest.point, twin: nearest.twin, distance: nearest.distance, slopesUSD: [])
    let profitUSD = -today.surplusUSD
    result.found = found(
      zero, own, equityUSD: today.equityUSD + profitUSD,
      curvedProbability: nearest.curvedProbability)
    if nearest.distance <= rescannedWithin,
      let moved = try health.rescanned(account)?.health(
        at: space.move(own.factors, own.moves(nearest.point)))
    {
      result.frozenSurplusUSD = today.surplusUSD + moved.equityUSD - today.equityUSD
      result.rescannedSurplusUSD = moved.surplusUSD
    }
    return result
  }

  private static func nearest(
    _ own: WhitenedAccount, surplusUSD: Double
  ) throws(RunError) -> MostLikelyLiquidation? {
    do {
      return try MostLikelyLiquidation(
        bufferUSD: surplusUSD, delta: own.slopesUSD, gamma: own.curvatureUSD,
        covariance: .identity(own.factors.count))
    } catch {
      throw .covarianceNotUsable(reason: "the curvature of an account: \(error)")
    }
  }

  private func found(
    _ zero: NearestSearch.Zero, _ own: WhitenedAccount, equityUSD: Double,
    curvedProbability: Double?
  ) -> FoundLiquidation {
    func moves(_ z: [Double]) -> [LiquidationPoint.Move] {
      let square = OrderedSum.total(of: z.map { $0 * $0 })
      return zip(own.factors, zip(own.moves(z), z)).map { factor, place in
        LiquidationPoint.Move(
          factor: space.factors[factor], move: place.0, share: place.1 * place.1 / square)
      }
    }
    return FoundLiquidation(
      outcome: zero.twin == nil ? .single : .twin,
      point: LiquidationPoint(
        distance: zero.distance, moves: moves(zero.point), twinMoves: zero.twin.map(moves) ?? [],
        oneSidedProbability: NormalDistribution.cdf(-zero.distance),
        curvedProbability: curvedProbability, equityUSD: equityUSD))
  }

  // MARK: Full revaluation

  /// The nearest liquidations of some accounts by full revaluation, in their order; nil for accounts
  /// without margin.
  public func refined(
    _ accounts: [AccountIndex], threadCount: Int, progress: () -> Void = {}
  ) throws -> [RefinedDistance?] {
    var results: [RefinedDistance?] = []
    try Parallel.ordered(
      count: accounts.count, threadCount: threadCount, windowCount: 2 * threadCount,
      produce: { try refined(accounts[$0]) },
      consume: { _, refined in
        results.append(refined)
        progress()
      })
    return results
  }

  private func refined(_ account: AccountIndex) throws(RunError) -> RefinedDistance? {
    guard let rescanned = try health.rescanned(account),
      let probe = try SurplusProbe(rescanned, space, holdings: health.holdings(of: account))
    else { return nil }
    let today = probe.today
    guard today.surplusUSD > 0 else {
      let lost = FoundLiquidation(outcome: .lost, point: nil)
      return RefinedDistance(
        account: account, surplusUSD: today.surplusUSD, frozen: lost, rescanned: lost,
        surplusAtFrozenPointUSD: nil)
    }
    let fixed = FrozenProbe(
      self, holdings: health.holdings(of: account), probe.own, surplusUSD: today.surplusUSD)
    let frozen = try search(probe) { fixed.surplusesUSD($0) }
    let scanned = try search(probe) { $0.map { probe.surplusUSD($0) } }
    let atFrozen = try frozen.zero.map { zero throws(RunError) in
      try probe.checked(probe.surplusUSD(zero.point))
    }
    return RefinedDistance(
      account: account, surplusUSD: today.surplusUSD, frozen: frozen.found,
      rescanned: scanned.found, surplusAtFrozenPointUSD: atFrozen)
  }

  private func search(
    _ probe: SurplusProbe, _ surpluses: @escaping ([[Double]]) -> [Double]
  ) throws(RunError) -> (found: FoundLiquidation, zero: NearestSearch.Zero?) {
    let own = probe.own
    do {
      let search = try NearestSearch(
        surplusUSD: probe.today.surplusUSD, slopesUSD: own.slopesUSD,
        curvatureUSD: own.curvatureUSD, rays: own.rays, surpluses: surpluses)
      guard let zero = search.nearest() else {
        _ = try probe.checked(0)
        return (FoundLiquidation(outcome: .none, point: nil), nil)
      }
      let kappa = try search.curvatures(at: zero)?.map { 1 + zero.distance * $0 }
      let curved = kappa.flatMap { kappa in
        kappa.allSatisfy { $0 > 0 }
          ? NormalDistribution.cdf(-zero.distance) / kappa.reduce(1, *).squareRoot() : nil
      }
      let equityUSD = try probe.checked(probe.equityUSD(zero.point))
      return (found(zero, own, equityUSD: equityUSD, curvedProbability: curved), zero)
    } catch let error as RunError {
      throw error
    } catch {
      throw .covarianceNotUsable(reason: "the curvature of an account: \(error)")
    }
  }

  /// Surpluses of an account at joint standard moves z of its factors, USD, by full revaluation with the
  /// requirement of today, for moves in the order of `factors(of:)`; nil where nothing it holds moves.
  package func frozenSurplusesUSD(
    of account: AccountIndex, surplusUSD: Double, at points: [[Double]]
  ) throws(RunError) -> [Double]? {
    let holdings = health.holdings(of: account)
    return try space.account(holdings).map {
      FrozenProbe(self, holdings: holdings, $0, surplusUSD: surplusUSD).surplusesUSD(points)
    }
  }

  /// Number of factors that an account's holdings depend on.
  package func factorCount(of account: AccountIndex) -> Int {
    space.factors(of: health.holdings(of: account)).count
  }
}
