// The analytic part of an explanation as tables for a terminal.

import CrossMargin

struct AnalyticText {
  let result: AnalyticResult
  let holdings: [HoldingContribution]
  let confidence: ConfidenceLevels

  func write() {
    if let row = result.measures.first { write(row) }
    writeContributions()
    writeHoldings()
    writeStresses()
  }

  private func write(_ row: AnalyticRow) {
    print("\ndelta-gamma form, USD: \(row.method.rawValue)")
    if let reason = row.fallbackReason { print("  not by inversion: \(reason)") }
    func line(_ name: String, _ valueAtRisk: String, _ shortfall: String) {
      print("  " + name.padded(to: 34) + valueAtRisk.padded(to: 36) + shortfall)
    }
    line("", "VaR \(confidence.valueAtRisk)", "ES \(confidence.expectedShortfall)")
    line(
      row.method.rawValue, "\(row.measures.valueAtRiskUSD)",
      "\(row.measures.expectedShortfallUSD)")
    if let pair = row.saddlepoint {
      line("saddlepoint", "\(pair.valueAtRiskUSD)", "\(pair.expectedShortfallUSD)")
    }
    if let value = row.cornishFisherUSD { line("Cornish-Fisher", "\(value)", "") }
    let gap = row.revaluation
    line(
      "full revaluation adds",
      gap.valueAtRiskUSD.toCents
        + (gap.valueAtRiskErrorUSD.map { " (+- \($0.toCents))" } ?? ""),
      gap.expectedShortfallUSD.toCents + " (+- \(gap.expectedShortfallErrorUSD.toCents))")
  }

  private func writeContributions() {
    for kind in ContributionRow.Kind.allCases {
      let parts = result.contributions.filter { $0.kind == kind }
      if parts.isEmpty { continue }
      print("\ncontributions by \(kind.rawValue), USD")
      print("  " + "".padded(to: 34) + ["VaR", "ES"].map { $0.aligned(to: 18) }.joined())
      for part in parts {
        let pair = part.contribution
        let cells = [pair.valueAtRiskUSD, pair.expectedShortfallUSD]
        print("  " + part.name.padded(to: 34) + cells.map { $0.toCents.aligned(to: 18) }.joined())
      }
    }
  }

  private func writeHoldings() {
    if holdings.isEmpty { return }
    print("\nholdings in VaR and ES, USD: contribution, for one more, without it less by")
    print(
      "  " + "holding".padded(to: 26)
        + ["quantity", "VaR", "ES", "VaR of one", "ES of one", "VaR less", "ES less"]
        .map { $0.aligned(to: 18) }.joined())
    for holding in holdings {
      let pairs = [holding.contribution, holding.marginal, holding.incremental]
      let cells = pairs.flatMap { pair in
        [pair?.valueAtRiskUSD, pair?.expectedShortfallUSD].map { $0?.toCents ?? "" }
      }
      print(
        "  " + holding.name.padded(to: 26)
          + (["\(holding.quantity)"] + cells).map { $0.aligned(to: 18) }.joined())
    }
  }

  private func writeStresses() {
    if result.stresses.isEmpty { return }
    print("\nreverse stress: distance in standard deviations, losses by full revaluation, USD")
    for stress in result.stresses {
      if stress.distance == 0 {
        print("  \(stress.target.rawValue): lost already")
        continue
      }
      var line = "  \(stress.target.rawValue)".padded(to: 16)
      line += "distance \(stress.distance), loss \(stress.revaluedLossUSD.toCents)"
      line += ", farther with \(stress.outsideProbability)"
      if let probability = stress.lossProbability { line += ", as much lost with \(probability)" }
      print(line)
      if let error = stress.formErrorFraction {
        print("".padded(to: 16) + "the form alone missed by \((error * 100).toCents) %")
      }
      for move in stress.moves {
        print(
          "".padded(to: 16) + "\(move.factor)".padded(to: 34) + "\(move.move)".padded(to: 26)
            + move.lossUSD.toCents.aligned(to: 18))
      }
    }
  }
}
