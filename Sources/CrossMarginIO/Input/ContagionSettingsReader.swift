// The part `contagion` of the section `liquidation` of `run.yaml`.

import CrossMargin

enum ContagionSettingsReader {
  private enum Shape: String, CaseIterable {
    case linear
    case saturating
    case squareRoot = "square_root"
    case power
  }

  private enum Response: String, CaseIterable {
    case full
    case toRequirement = "to_requirement"
  }

  static func read(_ map: YAMLMap) -> ContagionSettings {
    var settings = ContagionSettings()
    switch map.optional("impact")?.choice(Shape.self) {
    case .linear: settings.shape = .linear
    case .saturating:
      if let limit = map.required("limit")?.number(.innerFraction) {
        settings.shape = .saturating(limitFraction: limit)
      }
    case .power:
      if let exponent = map.required("exponent")?.number(.positiveFraction) {
        settings.shape = .power(exponent: exponent)
      }
    case .squareRoot: settings.shape = .power(exponent: 0.5)
    case nil: break
    }
    settings.depthFraction = map.number("depth", .positiveFraction) ?? settings.depthFraction
    settings.impactScale = map.number("scale", .positive) ?? settings.impactScale
    switch map.optional("response")?.choice(Response.self) {
    case .full: settings.response = .full
    case .toRequirement:
      settings.response = .toRequirement(
        bufferFraction: map.number("buffer", .notNegative) ?? 0)
    case nil: break
    }
    settings.isCollateralSold = map.flag("sell_collateral") ?? settings.isCollateralSold
    settings.comparedScenarioCount =
      map.integer("compare", in: 0...1_000_000) ?? settings.comparedScenarioCount
    if let moves = map.optional("moves")?.list(expected: "a list of relative moves") {
      settings.leadMoves = moves.compactMap { $0.number(.relativeMove) }
    }
    settings.tolerance = map.number("tolerance", .settledMove) ?? settings.tolerance
    settings.roundsMax = map.integer("rounds", in: 2...100_000) ?? settings.roundsMax
    map.refuseOtherKeys()
    return settings
  }
}
