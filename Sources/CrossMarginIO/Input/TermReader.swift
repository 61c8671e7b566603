// Terms of a parameter file, whatever the family.

import CrossMargin
import PortfolioModel

/// Terms, each a mapping of `value` and `source`. What is missing or wrong is reported and stands in
/// the result as a harmless number, since a result with issues is not used.
struct TermReader {
  let map: YAMLMap

  /// The value of a term that has a source.
  func value(_ key: String) -> YAMLValue? {
    guard let term = map.required(key)?.map() else { return nil }
    let value = term.required("value")
    _ = term.required("source")?.text(expected: "where the value comes from")
    term.refuseOtherKeys()
    return value
  }

  func number(_ key: String, _ rule: NumberRule) -> Double { value(key)?.number(rule) ?? 0 }
}
