// Forms of all accounts on disk.

import CrossMargin
import PortfolioModel

/// What a form has once.
public struct FormHead: BitwiseCopyable, Sendable {
  fileprivate var account: AccountIndex
  fileprivate var surplusUSD: Double
  fileprivate var outcome: LiquidationOutcome
  fileprivate var point: Point?
  fileprivate var frozenSurplusUSD: Double?
  fileprivate var rescannedSurplusUSD: Double?

  fileprivate struct Point: BitwiseCopyable, Sendable {
    var distance: Double
    var oneSidedProbability: Double
    var curvedProbability: Double?
    var equityUSD: Double
  }
}

/// What a form has for each factor.
public struct FormPart: BitwiseCopyable, Sendable {
  fileprivate var factor: Int
  fileprivate var move: Double
  fileprivate var share: Double
  fileprivate var twin: Twin?

  fileprivate struct Twin: BitwiseCopyable, Sendable {
    var move: Double
    var share: Double
  }
}

/// The nearest liquidation of every account with margin, by its form, in their order.
public typealias SpilledForms = SpilledLists<FormHead, FormPart, FormDistance>

/// Takes forms.
struct FormSpill {
  private let factors: [FactorName]
  private let places: [FactorName: Int]
  private let spill: ListSpill<FormHead, FormPart, FormDistance>

  /// Forms of these factors, in a folder that is there.
  init(factors: [FactorName], folder: String) throws(FileSystemError) {
    self.factors = factors
    places = Dictionary(uniqueKeysWithValues: zip(factors, 0...))
    spill = try ListSpill(folder: folder)
  }

  /// Appends forms, whose factors are known.
  func append(_ forms: [FormDistance]) throws(FileSystemError) {
    for form in forms {
      let point = form.found.point
      let head = FormHead(
        account: form.account, surplusUSD: form.surplusUSD, outcome: form.found.outcome,
        point: point.map {
          FormHead.Point(
            distance: $0.distance, oneSidedProbability: $0.oneSidedProbability,
            curvedProbability: $0.curvedProbability, equityUSD: $0.equityUSD)
        }, frozenSurplusUSD: form.frozenSurplusUSD,
        rescannedSurplusUSD: form.rescannedSurplusUSD)
      let moves = point?.moves ?? []
      let twins = point?.twinMoves ?? []
      try spill.append(head, moves.indices.map { part(moves[$0], twins.isEmpty ? nil : twins[$0]) })
    }
  }

  private func part(
    _ move: LiquidationPoint.Move, _ twin: LiquidationPoint.Move?
  ) -> FormPart {
    guard let factor = places[move.factor] else { preconditionFailure("an unknown factor") }
    return FormPart(
      factor: factor, move: move.move, share: move.share,
      twin: twin.map { FormPart.Twin(move: $0.move, share: $0.share) })
  }

  /// All forms so far.
  func finish() throws(FileSystemError) -> SpilledForms {
    try spill.finish { [factors] head, parts in
      FormDistance(
        account: head.account, surplusUSD: head.surplusUSD,
        found: FoundLiquidation(
          outcome: head.outcome,
          point: head.point.map { point in
            LiquidationPoint(
              distance: point.distance,
              moves: parts.map {
                .init(factor: factors[$0.factor], move: $0.move, share: $0.share)
              },
              twinMoves: parts.compactMap { part in
                part.twin.map {
                  .init(factor: factors[part.factor], move: $0.move, share: $0.share)
                }
              }, oneSidedProbability: point.oneSidedProbability,
              curvedProbability: point.curvedProbability, equityUSD: point.equityUSD)
          }), frozenSurplusUSD: head.frozenSurplusUSD,
        rescannedSurplusUSD: head.rescannedSurplusUSD)
    }
  }
}
