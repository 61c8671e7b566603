// The words of the report for statuses, reasons, limits and kinds of scenario sets.

import CrossMargin

extension AccountStatus {
  /// The status as people read it.
  var words: String {
    switch self {
    case .healthy: "healthy"
    case .belowInitial: "below initial"
    case .liquidatable: "liquidatable"
    case .insolvent: "insolvent"
    case .unmargined: "unmargined"
    }
  }

  /// Name of its colours in the style.
  var styleName: String {
    switch self {
    case .belowInitial: "below-initial"
    default: rawValue
    }
  }
}

extension MissingData.Reason {
  /// What is missing, as people read it.
  var words: String {
    switch self {
    case .forward: "no forward for the expiry"
    case .volatility: "no volatility"
    case .mark: "no mark"
    case .price: "no price"
    case .settlementPrice: "expired without settlement price"
    case .instrument: "unknown instrument"
    case .asset: "unknown asset"
    case .stalePrice: "price too old"
    case .notCovered: "not covered by the rule set"
    }
  }
}

extension Limit.Figure {
  /// What is limited, as people read it.
  var words: String {
    switch self {
    case .accountMarginRatioMin: "Margin ratio of an account"
    case .accountShortfallFractionMax: "Expected shortfall of an account over its equity"
    case .reconciliationFractionMax: "Difference from what the venue reports"
    case .liquidatableCountMax: "Accounts liquidatable or insolvent"
    case .negativeEquityUSDMax: "Negative equity"
    case .bookWorstLossUSDMax: "Worst loss of the book"
    case .bookShortfallUSDMax: "Expected shortfall of the book"
    case .bookDeltaUSDMax: "Delta of the book"
    case .bookVegaUSDMax: "Vega of the book per vol point"
    }
  }

  /// A value of the figure in its unit.
  func text(_ value: Double) -> String {
    switch self {
    case .accountMarginRatioMin: NumberText.ratio(value)
    case .accountShortfallFractionMax, .reconciliationFractionMax: NumberText.percent(value)
    case .liquidatableCountMax: NumberText.grouped(value, decimals: 0)
    case .negativeEquityUSDMax, .bookWorstLossUSDMax, .bookShortfallUSDMax, .bookDeltaUSDMax,
      .bookVegaUSDMax:
      NumberText.compactUSD(value)
    }
  }

  /// The same in full, for a tooltip.
  func fullText(_ value: Double) -> String {
    switch self {
    case .accountMarginRatioMin, .accountShortfallFractionMax, .reconciliationFractionMax,
      .liquidatableCountMax:
      "\(value)"
    case .negativeEquityUSDMax, .bookWorstLossUSDMax, .bookShortfallUSDMax, .bookDeltaUSDMax,
      .bookVegaUSDMax:
      NumberText.fullUSD(value)
    }
  }

  /// Whether single accounts are judged, not the book.
  var isOfAccount: Bool {
    self == .accountMarginRatioMin || self == .accountShortfallFractionMax
      || self == .reconciliationFractionMax
  }

  /// Whether the alert is raised below the threshold, not above it.
  var isLowerBound: Bool { self == .accountMarginRatioMin }
}

extension BookSetResult {
  /// What kind of set this is, as people read it.
  var kindWords: String {
    switch kind {
    case "grid": "price and volatility grid"
    case "history": "historical moves"
    case "monte_carlo": "Monte Carlo"
    case "user": "named events"
    default: kind
    }
  }

  /// Label of a scenario, or its number where it has none.
  func label(_ scenario: Int) -> String {
    labels.indices.contains(scenario) && !labels[scenario].isEmpty
      ? labels[scenario] : "scenario \(scenario)"
  }
}

extension ReportData {
  /// Name of an asset, or its number where the list is too short.
  func assetName(_ position: Int) -> String {
    assets.indices.contains(position) ? assets[position].name : "asset \(position)"
  }

  /// Name of a rule set, or its number where the list is too short.
  func modelName(_ position: Int) -> String {
    models.indices.contains(position) ? models[position].name : "model \(position)"
  }

  /// The set in which the book loses most, the first of equals.
  var worstSet: BookSetResult? {
    guard let worstLossUSD = sets.map(\.worstLossUSD).max() else { return nil }
    return sets.first { $0.worstLossUSD == worstLossUSD }
  }

  /// Sets with VaR and expected shortfall, Monte Carlo before history.
  var tailSets: [BookSetResult] {
    let sampled = sets.filter { $0.tail != nil }
    return sampled.filter { $0.kind == "monte_carlo" } + sampled.filter { $0.kind != "monte_carlo" }
  }
}
