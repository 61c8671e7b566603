// Relations that rule sets must keep, and the portfolios that show where they do not.

import CrossMargin
import PortfolioModel
import Testing

@Suite struct ParameterProbeTests {
  private static func findings(
    _ change: (inout RunSettings) -> Void
  ) throws -> [ParameterFinding] {
    var settings = TestTerms.settings()
    change(&settings)
    return try RiskRun(book: TestBook().book(), settings: settings).parameterFindings()
  }

  @Test func soundTermsHaveNoFindings() throws {
    #expect(try Self.findings { _ in }.isEmpty)
  }

  @Test func equalLevelsAreFound() throws {
    let findings = try Self.findings { settings in
      settings.changeScan { $0.initial = $0.maintenance }
    }
    let first = try #require(findings.first)
    #expect(findings.allSatisfy { $0.violation == .levelsNotOrdered })
    // Two underlyings, long and short.
    #expect(findings.count == 4 && first.ruleSet == "house")
    #expect(findings.map(\.quantity).contains { $0 < 0 })
    #expect(first.parameters.initialFraction == first.parameters.maintenanceFraction)
  }

  @Test func costsThatEatTheRequirementAreFound() throws {
    let findings = try Self.findings { $0.liquidation.costFraction = 0.3 }
    #expect(!findings.isEmpty && findings.allSatisfy { $0.violation == .feesEatMaintenance })
  }
}
