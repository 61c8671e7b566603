// Values that the terms of several families are made of.

import CrossMargin
import PortfolioModel

extension TermReader {
  /// The text of a term.
  func text(_ key: String, expected: String) -> String {
    value(key)?.text(expected: expected) ?? ""
  }

  /// The texts of a term, sorted by their bytes, each once.
  func names(_ key: String) -> [String] {
    guard let value = value(key) else { return [] }
    let texts = (value.texts(expected: "names") ?? []).sorted(by: precedesByBytes)
    if zip(texts, texts.dropFirst()).contains(where: ==) {
      value.report(expected: "every name once")
    }
    return texts
  }

  /// The truth of a term.
  func flag(_ key: String) -> Bool { value(key)?.flag() ?? false }

  /// A term that is a mapping of names to mappings, each read by `read`, sorted by name.
  func mappings<Result>(_ key: String, _ read: (String, YAMLMap) -> Result) -> [Result] {
    namedValues(key).compactMap { name, value in
      guard let map = value.map() else { return nil }
      let result = read(name, map)
      map.refuseOtherKeys()
      return result
    }
  }

  /// A term that maps each of some assets to a number, in their order.
  func numbers(_ key: String, _ rule: NumberRule, of assets: [String]) -> [Double] {
    guard let map = value(key)?.map() else { return assets.map { _ in 0 } }
    let numbers = assets.map { map.needed($0, rule) }
    map.refuseOtherKeys()
    return numbers
  }

  /// A term that maps each of some assets to a number or `none`, in their order.
  func optionalNumbers(_ key: String, _ rule: NumberRule, of assets: [String]) -> [Double?] {
    guard let map = value(key)?.map() else { return assets.map { _ in nil } }
    let numbers = assets.map { asset -> Double? in
      guard let value = map.required(asset), value.plainText != "none" else { return nil }
      return value.number(rule)
    }
    map.refuseOtherKeys()
    return numbers
  }

  /// A term that is a mapping of names to numbers, sorted by name.
  func numbers(_ key: String, _ rule: NumberRule) -> [(name: String, number: Double)] {
    namedValues(key).compactMap { name, value in value.number(rule).map { (name, $0) } }
  }

  /// A term that is a mapping, sorted by name.
  func namedValues(_ key: String) -> [(key: String, value: YAMLValue)] {
    (value(key)?.map()?.allEntries() ?? []).sorted { precedesByBytes($0.key, $1.key) }
  }

  /// Reports that a term does not fit another.
  func report(_ key: String, found: String, expected: String) {
    map.log.report(
      line: map.optional(key)?.line, key: "\(map.path).\(key)", found: found, expected: expected)
  }

  /// Requires one term to be at least another.
  func require(_ key: String, _ value: Double, atLeast other: String, _ bound: Double) {
    if value < bound {
      report(key, found: "\(value)", expected: "at least \(other), which is \(bound)")
    }
  }

  /// Haircuts of assets by name.
  func haircuts(_ key: String) -> [AssetHaircut] {
    numbers(key, .fraction).map { AssetHaircut(asset: $0.name, fraction: $0.number) }
  }
}

extension YAMLMap {
  /// The number of a key that must be there.
  func needed(_ key: String, _ rule: NumberRule) -> Double { required(key)?.number(rule) ?? 0 }
}
