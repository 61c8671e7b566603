// `parameters/*.yaml`: the terms of one rule set. No value has a default, each has a source.

import CrossMargin
import PortfolioModel

/// Reads the parameter files of rule sets.
package enum ParameterReader {
  /// Reads the text of a parameter file.
  ///
  /// - Parameters:
  ///   - text: the YAML text.
  ///   - file: its name in messages.
  ///   - modelName: the name by which accounts choose the rule set.
  ///   - valuationTime: the instant at which the terms must hold; nil = not checked.
  ///   - issues: takes everything that is wrong with it.
  /// - Returns: the terms; nil where anything is wrong.
  package static func read(
    _ text: String, file: String, modelName: String, valuationTime: UTCTime?,
    issues: inout FieldIssues
  ) -> RuleSetTerms? {
    let (root, log) = YAMLText.parse(text, file: file)
    var terms: RuleSetTerms?
    if let root {
      terms = read(root, modelName: modelName, valuationTime: valuationTime)
      root.refuseOtherKeys()
    }
    issues.append(contentsOf: log.issues)
    return log.issues.isEmpty ? terms : nil
  }

  private static func read(
    _ root: YAMLMap, modelName: String, valuationTime: UTCTime?
  ) -> RuleSetTerms? {
    let family = root.required("family")?.choice(families)
    _ = root.required("name")?.text(expected: "a name")
    let approvedBy = root.optional("approved_by").flatMap { $0.text(expected: "who approved it") }
    let unconfirmed = root.optional("unconfirmed")?.texts(expected: "what is not confirmed") ?? []
    let validity = readValidity(root, valuationTime: valuationTime)
    let map = root.required("terms")?.map()
    guard let family, let effectiveFrom = validity.effectiveFrom, let map else { return nil }
    let terms = family(TermReader(map: map))
    map.refuseOtherKeys()
    var rules = RuleSetTerms(name: modelName, effectiveFrom: effectiveFrom, family: terms)
    rules.supersededOn = validity.supersededOn
    rules.approvedBy = approvedBy
    rules.unconfirmed = unconfirmed
    return rules
  }

  /// Families by their names, each with the reader of its terms.
  private static let families: [(String, @Sendable (TermReader) -> RuleFamily)] = [
    ("scan", { .scan($0.scan()) }),
    ("derive_pm1", { $0.derivePortfolio1() }), ("derive_pm2", { $0.derivePortfolio2() }),
    ("derive_standard", { .deriveStandard($0.deriveStandard()) }),
    ("deribit_pm", { .deribitPortfolio($0.deribitPortfolio()) }),
    ("paradex_pm", { .paradexPortfolio($0.paradexPortfolio()) }),
    ("house_es", { .shortfall($0.shortfall()) }),
    ("binance_unified", { .unified($0.unified()) }), ("hyperliquid", { .leverage($0.leverage()) }),
    ("dydx", { .openInterest($0.openInterest()) }),
    ("paradex_cross", { .paradexCross($0.paradexCross()) }),
    ("reya", { .covariance($0.covariance()) }), ("synthetix", { .skewScaled($0.skewScaled()) }),
    ("drift", { .drift($0.drift()) }), ("aave", { .lending($0.lending()) }),
    ("okx_pm_approx", { .okxApproximation($0.okxApproximation()) }),
    ("bybit_pm_approx", { .bybitApproximation($0.bybitApproximation()) }),
    ("dederi", { .dederi($0.dederi()) }), ("span", { .span($0.span()) }),
    ("option_seller", { .optionSeller($0.optionSeller()) })
  ]

  private static func readValidity(
    _ root: YAMLMap, valuationTime: UTCTime?
  ) -> (effectiveFrom: UTCTime?, supersededOn: UTCTime?) {
    let start = root.required("effective_from")
    let end = root.optional("superseded_on")
    let effectiveFrom = start?.time()
    let supersededOn = end?.time()
    if let effectiveFrom, let supersededOn, supersededOn <= effectiveFrom {
      end?.report(expected: "a time after effective_from")
    } else if let valuationTime {
      if let effectiveFrom, effectiveFrom > valuationTime {
        start?.report(expected: "terms that hold at the valuation time, \(valuationTime)")
      }
      if let supersededOn, supersededOn <= valuationTime {
        end?.report(expected: "terms that hold at the valuation time, \(valuationTime)")
      }
    }
    return (effectiveFrom, supersededOn)
  }
}
