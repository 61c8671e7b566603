// What each holding has to do with what is asked, for a terminal and as JSON.

import CrossMargin

struct RequirementText {
  let requirements: [RequirementContributions]

  func write() {
    for requirement in requirements {
      print("\n\(requirement.level) requirement by holding, USD: without it less by, Euler")
      print(
        "  " + "holding".padded(to: 34)
          + ["quantity", "marginal", "Euler"].map { $0.aligned(to: 22) }.joined())
      for holding in requirement.holdings {
        let cells = [
          "\(holding.quantity)", holding.marginalUSD?.toCents ?? "not covered",
          holding.eulerUSD.toCents
        ]
        print("  " + holding.name.padded(to: 34) + cells.map { $0.aligned(to: 22) }.joined())
      }
      row("sum of Euler", requirement.eulerUSD)
      for remainder in requirement.remainders {
        let name = remainder.component.split(separator: "_").joined(separator: " ")
        row("not in proportion: " + name, remainder.amountUSD)
      }
      row("= requirement", requirement.requirementUSD)
    }
  }

  private func row(_ label: String, _ amountUSD: Double) {
    print("  " + label.padded(to: 78) + amountUSD.toCents.aligned(to: 22))
  }
}

struct RequirementJSON: Encodable {
  struct Holding: Encodable {
    var name: String
    var quantity: Double
    var marginalUSD: Double?
    var eulerUSD: Double
  }

  struct Remainder: Encodable {
    var component: String
    var amountUSD: Double
  }

  var level: String
  var requirementUSD: Double
  var eulerUSD: Double
  var holdings: [Holding]
  var remainders: [Remainder]

  init(_ requirement: RequirementContributions) {
    level = requirement.level
    requirementUSD = requirement.requirementUSD
    eulerUSD = requirement.eulerUSD
    holdings = requirement.holdings.map {
      Holding(
        name: $0.name, quantity: $0.quantity, marginalUSD: $0.marginalUSD, eulerUSD: $0.eulerUSD)
    }
    remainders = requirement.remainders.map {
      Remainder(component: $0.component, amountUSD: $0.amountUSD)
    }
  }
}
