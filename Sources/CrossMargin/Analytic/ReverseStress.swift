// Reverse stress of one account: what to search for, and what to say about what was found.

import PortfolioModel
import RiskNumerics

/// Searches the stresses of single accounts; owns the scratch memory of one worker.
final class ReverseStress {
  private let plan: AnalyticPlan
  private let settings: ReverseStressSettings
  private var valuation: PointValuation

  init(_ plan: AnalyticPlan, _ settings: ReverseStressSettings) {
    self.plan = plan
    self.settings = settings
    valuation = PointValuation(
      factors: plan.model.factors, market: plan.market, base: plan.base, term: plan.term)
  }

  /// Rows of one account, by target, then rank. An amount that is not positive is lost already, at
  /// distance 0.
  func rows(
    _ holdings: AccountHoldings, _ form: AccountForm, maintenanceSurplusUSD: Double,
    equityUSD: Double
  ) -> [ReverseStressRow] {
    let held = held(holdings)
    let losses: StressSearch.Losses = { [self] points in
      self.losses(held, form, points)
    }
    let search = StressSearch(form: form.loss.quadratic, losses: losses)
    var rows: [ReverseStressRow] = []
    let radius = MoveDistance(
      factorCount: max(form.rank, 1), degrees: form.degrees
    ).quantile(settings.plausibility)
    let led = EllipsoidStress(form.loss.quadratic).worstCase(radius: radius)
    let ledLoss = form.loss.quadratic.value(at: led.scenario)
    let error = ledLoss != 0 ? losses([led.scenario])[0] / ledLoss - 1 : nil
    rows += self.rows(
      holdings.account, .worstCase, search.worst(radius: radius), form, formError: error)
    for (target, amountUSD) in [
      (ReverseStressRow.Target.maintenance, maintenanceSurplusUSD), (.equity, equityUSD)
    ] {
      let amount = amountUSD / form.unitUSD
      guard amount > 0 else {
        rows.append(ReverseStressRow(lostAlready: target, holdings.account))
        continue
      }
      let led = EllipsoidStress(form.loss.quadratic).nearest(losing: amount)
      let error = led.flatMap { led in
        led.distance <= StressSearch.distanceMax ? losses([led.scenario])[0] / amount - 1 : nil
      }
      rows += self.rows(
        holdings.account, target, search.nearest(losing: amount), form, formError: error)
    }
    return rows
  }

  /// What an account holds and some factor moves.
  private func held(_ holdings: AccountHoldings) -> PointValuation.Portfolio {
    var held: PointValuation.Portfolio = []
    holdings.forEachColumn(plan.columns) { column, quantity in
      if quantity != 0 { held.append((column, quantity)) }
    }
    return held
  }

  /// Losses by full revaluation in units of the form, at points z.
  private func losses(
    _ held: PointValuation.Portfolio, _ form: AccountForm, _ points: [[Double]]
  ) -> [Double] {
    let factors = form.exposures.factors
    var results: [Double] = []
    results.reserveCapacity(points.count)
    while results.count < points.count {
      let end = min(results.count + PointValuation.pointCountMax, points.count)
      let some = points[results.count..<end].map {
        LinearAlgebra.product(form.loss.basis, vector: $0)
      }
      let moves = factors.indices.map { factor in some.map { $0[factor] } }
      results += valuation.profitsUSD(held, factors: factors, moves: moves).map {
        -$0 / form.unitUSD
      }
    }
    return results
  }

  private func rows(
    _ account: AccountIndex, _ target: ReverseStressRow.Target,
    _ optima: [StressSearch.Optimum], _ form: AccountForm, formError: Double?
  ) -> [ReverseStressRow] {
    let distances = MoveDistance(factorCount: max(form.rank, 1), degrees: form.degrees)
    return optima.enumerated().map { rank, optimum in
      let lossUSD = optimum.loss * form.unitUSD
      return ReverseStressRow(
        account: account, target: target, rank: rank, distance: optimum.distance,
        outsideProbability: distances.tailProbability(optimum.distance),
        lossProbability: form.tailProbability(beyondUSD: lossUSD), revaluedLossUSD: lossUSD,
        formLossUSD: form.loss.quadratic.value(at: optimum.point) * form.unitUSD,
        formErrorFraction: rank == 0 ? formError : nil, moves: moves(at: optimum, form))
    }
  }

  /// The moves of all factors of the account, the one that loses most first.
  private func moves(
    at optimum: StressSearch.Optimum, _ form: AccountForm
  ) -> [ReverseStressRow.Move] {
    let x = LinearAlgebra.product(form.loss.basis, vector: optimum.point)
    let exposures = form.exposures
    let moves = x.indices.map { row in
      var slope = exposures.gradientUSD[row]
      for column in x.indices { slope += exposures.curvatureUSD[column, row] * x[column] / 2 }
      return ReverseStressRow.Move(
        factor: plan.model.factors[exposures.factors[row]], move: x[row],
        lossUSD: slope == 0 || x[row] == 0 ? 0 : -slope * x[row])
    }
    return moves.indices.sorted { (-moves[$0].lossUSD, $0) < (-moves[$1].lossUSD, $1) }.map {
      moves[$0]
    }
  }
}

extension ReverseStressRow {
  /// An amount that is lost already.
  fileprivate init(lostAlready target: Target, _ account: AccountIndex) {
    self.init(
      account: account, target: target, rank: 0, distance: 0, outsideProbability: 1,
      lossProbability: 1, revaluedLossUSD: 0, formLossUSD: 0, moves: [])
  }
}
