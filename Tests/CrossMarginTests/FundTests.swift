// Who pays a loss: tiers, the size of a fund, deleveraging of a pool of winners.

import CrossMargin
import PortfolioModel
import RiskNumerics
import Testing

@Suite struct FundTests {
  // MARK: Waterfall

  private static func waterfall(using random: inout SeededGenerator) -> LossWaterfall {
    LossWaterfall(
      tiers: (0..<Int.random(in: 0...6, using: &random)).map { place in
        let isEmpty = Int.random(in: 0..<4, using: &random) == 0
        let isWhole = Bool.random(using: &random)
        return WaterfallTier(
          name: "\(place)", capacityUSD: isEmpty ? 0 : .random(in: 0...1e9, using: &random),
          shareFraction: isWhole ? 1 : .random(in: 0...1, using: &random), refillUSD: 0,
          targetUSD: 0)
      })
  }

  /// To the cent: losses up to 10^10 have 16 digits.
  @Test func lossesAreConservedAndDrawsGrowWithThem() {
    var random = SeededGenerator(seed: 41)
    var (failedCount, overflowCount) = (0, 0)
    for _ in 0..<100_000 {
      let waterfall = Self.waterfall(using: &random)
      let small = Double.random(in: 0...1e10, using: &random)
      let large = small + .random(in: 0...1e9, using: &random)
      let (payment, more) = (
        waterfall.payment(ofLossUSD: small), waterfall.payment(ofLossUSD: large)
      )
      let conserves = abs(payment.totalUSD - small) < 0.005 && payment.residualUSD >= 0
      let isBounded = zip(payment.drawsUSD, waterfall.tiers).allSatisfy {
        $0 >= 0 && $0 <= $1.capacityUSD
      }
      let isMonotone =
        zip(payment.drawsUSD, more.drawsUSD).allSatisfy { $0 <= $1 + 1e-5 }
        && payment.residualUSD <= more.residualUSD + 1e-5
      let isSame = waterfall.payment(ofLossUSD: small) == payment
      if !(conserves && isBounded && isMonotone && isSame) { failedCount += 1 }
      if payment.residualUSD > 0 { overflowCount += 1 }
    }
    #expect(failedCount == 0)
    #expect(overflowCount > 10_000)
  }

  // MARK: Sizes

  @Test func streamedLossesAreThoseOfTheTable() {
    var random = SeededGenerator(seed: 42)
    for _ in 0..<50 {
      let (scenarioCount, groupCount) = (7, Int.random(in: 1...12, using: &random))
      var table = Matrix(rowCount: scenarioCount, columnCount: groupCount)
      var largest = LargestLosses(scenarioCount: scenarioCount, keptCount: 2)
      var rest = largest
      for group in 0..<groupCount {
        for scenario in 0..<scenarioCount {
          // Few values, so that losses tie.
          let loss = Double(Int.random(in: -2...4, using: &random))
          table[scenario, group] = loss
          if group < groupCount / 2 {
            rest.add(loss, group: group, scenario: scenario)
          } else {
            largest.add(loss, group: group, scenario: scenario)
          }
        }
      }
      largest.add(rest)
      for count in 1...2 {
        #expect(
          CoverageNeed(largest, groupCount: count)
            == CoverageNeed(lossesUSD: table, groupCount: count))
      }
    }
  }

  /// Three periods of 10, of which 4 are owed already, with 5 flowing in: 10, 10 - 5 + 6, 11 - 5 +
  /// 6.
  @Test func ruinOfASureLoss() {
    let sequences = LossSequences(
      lossesUSD: [10], standingUSD: 4, periodCount: 3, count: 200, seed: 1)
    let need = RuinNeed(sequences, inflowUSD: 5, ruinProbability: 0.01)
    #expect(need.amountUSD == 12 && need.standardErrorUSD == 0 && need.scenario == 0)
  }

  /// One loss in ten of 100 over two periods: more than 100 with probability 0.01, more than 0 with
  /// 0.19; four standard errors of 20,000 sequences.
  @Test func ruinOfTwoChances() {
    var losses = [Double](repeating: 0, count: 10)
    losses[3] = 100
    let sequences = LossSequences(
      lossesUSD: losses, standingUSD: 0, periodCount: 2, count: 20_000, seed: 3)
    #expect(RuinNeed(sequences, inflowUSD: 0, ruinProbability: 0.05).amountUSD == 100)
    #expect(RuinNeed(sequences, inflowUSD: 0, ruinProbability: 0.25).amountUSD == 0)
    #expect(RuinNeed(sequences, inflowUSD: 0, ruinProbability: 0.003).amountUSD == 200)
    #expect(RuinNeed(sequences, inflowUSD: 0, ruinProbability: 0.05).scenario == 3)
    // Rounding of a sum of unlike losses does not lose the sequence that sets the need.
    for probability in [0.01, 0.1, 0.5] {
      let unlike = LossSequences(
        lossesUSD: [0.1, 0.7, 12.3, 1_000.1], standingUSD: 0, periodCount: 5, count: 300, seed: 4)
      let need = RuinNeed(unlike, inflowUSD: 0.3, ruinProbability: probability)
      let setting = (0..<300).filter { sequence in
        var (sumUSD, mostUSD) = (0.0, 0.0)
        for period in 0..<5 {
          sumUSD += unlike.lossUSD(sequence: sequence, period: period)
          mostUSD = max(mostUSD, sumUSD)
          sumUSD -= 0.3
        }
        return mostUSD == need.amountUSD
      }
      let worst = setting.map { sequence in
        (0..<5).map { unlike.scenario(sequence: sequence, period: $0) }.max()
      }
      #expect(worst.contains(need.scenario))
    }
    let horizon = WaterfallHorizon(
      sequences,
      waterfall: LossWaterfall(
        tiers: [
          WaterfallTier(
            name: "fund", capacityUSD: 100, shareFraction: 1, refillUSD: 0, targetUSD: 100)
        ]))
    let error = 4 * (0.19 * 0.81 / 20_000).squareRoot()
    #expect(abs(horizon.drawProbabilities[0] - 0.19) < error)
    #expect(horizon.emptyProbabilities[0] == horizon.drawProbabilities[0])
    #expect(abs(horizon.drawProbabilities[1] - 0.01) < 4 * (0.01 * 0.99 / 20_000).squareRoot())
  }

  private static func settings() -> RunSettings {
    var settings = RandomBook.settings()
    settings.liquidation.costFraction = 0.01
    settings.liquidation.tiers = [FundTier(name: "fund", capacityUSD: 1_000, shareFraction: 1)]
    settings.liquidation.fund.sequenceCount = 500
    return settings
  }

  @Test func fundOfABook() throws {
    var book = RandomBook(seed: 31, accountCount: 60).book()
    let run = try #require(try BadDebtRun(book: book, settings: Self.settings()))
    let badDebt = try run.result(threadCount: 2)
    let fund = try run.fund(badDebt, threadCount: 2)
    #expect(fund == (try run.fund(badDebt, threadCount: 1)))
    let sizes = fund.sizes.map(\.amountUSD)
    #expect(sizes.count == 4 && sizes[0] > 0 && sizes[1] >= sizes[0])
    #expect(sizes[1] <= (badDebt.badDebtUSD.max() ?? 0) * (1 + 1e-12))
    #expect(sizes[2] == badDebt.tail.expectedShortfallUSD && sizes[3] >= badDebt.todayUSD)
    #expect(!fund.areGroupsGiven && fund.groupCount == 60 && fund.periodCount == 10)
    // All accounts of one owner: one group has every loss.
    for account in book.portfolio.accounts.indices {
      book.portfolio.accounts[account].group = "owner"
    }
    let owned = try #require(try BadDebtRun(book: book, settings: Self.settings()))
    let whole = try owned.fund(badDebt, threadCount: 1)
    #expect(whole.groupCount == 1 && whole.areGroupsGiven)
    let worst = badDebt.badDebtUSD.max() ?? 0
    #expect(abs(whole.sizes[0].amountUSD / worst - 1) < 1e-12)
    #expect(whole.sizes[0].amountUSD == whole.sizes[1].amountUSD)
    #expect(abs(whole.sizes[2].largestShare - 1) < 1e-12)
  }

  // MARK: Deleveraging

  /// Profits 100, 60, 40; equities 50, 120, 400; notionals 500, 240, 400.
  private static let winners = [
    DeleveragingWinner(
      name: "a", profitUSD: 100, equityUSD: 50, notionalUSD: 500, isShort: true),
    DeleveragingWinner(
      name: "b", profitUSD: 60, equityUSD: 120, notionalUSD: 240, isShort: true),
    DeleveragingWinner(
      name: "c", profitUSD: 40, equityUSD: 400, notionalUSD: 400, isShort: true)
  ]

  @Test func rulesByHand() {
    let pool = DeleveragingPool(winners: Self.winners)
    func taken(_ rule: DeleveragingRule, _ need: Double) -> [Double] {
      pool.outcome(rule, .wealth, needUSD: need, lossUSD: need).takenUSD
    }
    #expect(pool.capacityUSD(.wealth) == 150)
    // Scores 100/600 x 10, 60/300 x 2, 40/440 x 1.
    #expect(taken(.bitmex, 80) == [50, 30, 0])
    #expect(taken(.bitmexWhole, 80) == [50, 60, 0])
    #expect(taken(.hyperliquid, 120) == [50, 60, 10])
    #expect(taken(.lexicographicWhole, 51) == [50, 60, 0])
    #expect(taken(.proRata, 75) == [25, 30, 20])
    // Level 0.5 x 100 reaches the first capacity; 90 is 0.4 of 200 left and 0.45 of all.
    #expect(zip(taken(.waterFilling, 80), [40, 24, 16]).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(taken(.waterFilling, 120) == [50, 42, 28])
    // Targets by equity: 57 x (50, 120, 400) / 570.
    #expect(
      zip(taken(.leastSquares, 57), [5 + 0.0, 12, 40]).allSatisfy { abs($0 - $1) < 1e-9 })
  }

  @Test func contractsAndWealthAreToldApart() {
    let pool = DeleveragingPool(winners: Self.winners)
    let outcome = pool.outcome(.bitmexWhole, .contracts, needUSD: 600, lossUSD: 60)
    #expect(outcome.takenUSD == [500, 240, 0] && outcome.overshootUSD == 140)
    // 10 % of what is closed is lost, 74 of 60; its profit of 160 is no loss.
    #expect(abs(outcome.wealthUSD - 74) < 1e-12 && abs(outcome.wealthOvershootUSD - 14) < 1e-12)
    // Haircuts of 50 of 100, 24 of 60 and nothing.
    #expect(outcome.closedProfitUSD == 160 && abs(outcome.largestHaircutFraction - 0.5) < 1e-12)
    #expect(outcome.touchedCount == 2 && outcome.coveredFraction == 1)
    #expect(abs(outcome.haircutGini - (2 * (0.8 + 1.5) / 0.9 - 4) / 3) < 1e-12)
  }

  /// Budgets add up, nobody gives more than he has, and each rule is best at what it is for.
  @Test(arguments: DeleveragingNumeraire.allCases)
  func lawsOfRules(_ numeraire: DeleveragingNumeraire) throws {
    var random = SeededGenerator(seed: 43)
    for number in 0..<300 {
      let winners = (0..<Int.random(in: 1...30, using: &random)).map { place in
        var winner = DeleveragingWinner(
          name: "\(place)", profitUSD: .random(in: 1...1_000, using: &random),
          equityUSD: .random(in: 1...3_000, using: &random),
          notionalUSD: .random(in: 100...9_000, using: &random), isShort: true)
        winner.requirementChangeUSD = .random(in: -100...50, using: &random)
        return winner
      }
      let pool = DeleveragingPool(winners: winners)
      let capacityUSD = pool.capacityUSD(numeraire)
      let need = capacityUSD * .random(in: 0.01...1.2, using: &random)
      let outcomes = pool.outcomes(numeraire, needUSD: need, lossUSD: 100)
      for outcome in outcomes {
        let sum = outcome.takenUSD.reduce(0, +)
        let isWhole = outcome.rule.rawValue.hasSuffix("_whole")
        let capacities = winners.map {
          numeraire == .wealth ? $0.capacityUSD : $0.notionalUSD
        }
        #expect(
          zip(outcome.takenUSD, capacities).allSatisfy { $0 >= 0 && $0 <= $1 * (1 + 1e-12) })
        let owed = min(need, capacityUSD)
        if isWhole {
          #expect(sum >= owed * (1 - 1e-9) && sum <= owed + (capacities.max() ?? 0) * 1.001)
        } else {
          #expect(abs(sum - owed) < 1e-8 * capacityUSD, "\(number) \(outcome.rule)")
        }
      }
      let parts = outcomes.filter { !$0.rule.rawValue.hasSuffix("_whole") }
      let even = try #require(parts.first { $0.rule == .waterFilling })
      #expect(
        parts.allSatisfy {
          even.largestHaircutFraction <= $0.largestHaircutFraction * (1 + 1e-9)
        })
      let aware = try #require(parts.first { $0.rule == .hedgeAware })
      #expect(
        parts.allSatisfy {
          (aware.requirementIncreaseUSD ?? .infinity) <= ($0.requirementIncreaseUSD ?? 0) + 1e-6
        }, "\(number)")
    }
  }

  /// Who has no known change of requirement is not free: he gives after those who have one, and is
  /// counted.
  @Test func unknownRequirementsAreNotFree() throws {
    var winners = Self.winners
    (winners[0].requirementChangeUSD, winners[1].requirementChangeUSD) = (-10, 30)
    func outcome(_ rule: DeleveragingRule, _ needUSD: Double) -> DeleveragingOutcome {
      DeleveragingPool(winners: winners).outcome(
        rule, .wealth, needUSD: needUSD, lossUSD: needUSD)
    }
    // Capacities 50, 60, 40: the third gives what is left after the other two.
    #expect(outcome(.hedgeAware, 80).takenUSD == [50, 30, 0])
    #expect(outcome(.hedgeAware, 80).requirementIncreaseUSD == 15)
    #expect(outcome(.hedgeAware, 80).unknownRequirementCount == 0)
    let all = outcome(.hedgeAware, 130)
    #expect(all.takenUSD == [50, 60, 20])
    #expect(all.requirementIncreaseUSD == 30 && all.unknownRequirementCount == 1)
    #expect(all.touchedCount == 3)
    // Nobody's change is known: the rise is not zero, it is not known, and all give evenly.
    winners = Self.winners
    let even = outcome(.hedgeAware, 80)
    #expect(even.takenUSD == outcome(.waterFilling, 80).takenUSD)
    #expect(even.requirementIncreaseUSD == nil && even.unknownRequirementCount == 3)
    #expect(outcome(.hedgeAware, 0).requirementIncreaseUSD == 0)
  }

  @Test func deleveragingOfABook() throws {
    let book = RandomBook(seed: 31, accountCount: 60).book()
    let run = try #require(try BadDebtRun(book: book, settings: Self.settings()))
    let badDebt = try run.result(threadCount: 2)
    let result = try #require(try run.deleveraging(badDebt, threadCount: 2))
    #expect(result == (try run.deleveraging(badDebt, threadCount: 1)))
    #expect(abs(result.residualUSD - (result.badDebtUSD - 1_000)) < 1e-9 * result.badDebtUSD)
    #expect(!result.pool.winners.isEmpty && result.outcomes.count == 20)
    #expect(result.pool.winners.allSatisfy { $0.profitUSD > 0 && $0.notionalUSD > 0 })
    var rich = Self.settings()
    rich.liquidation.tiers[0].capacityUSD = 1e12
    let safe = try #require(try BadDebtRun(book: book, settings: rich))
    #expect(try safe.deleveraging(try safe.result(threadCount: 1), threadCount: 1) == nil)
  }
}
