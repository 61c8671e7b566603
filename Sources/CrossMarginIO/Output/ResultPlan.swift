// What must be known before the first row of results is written.

import CrossMargin
import PortfolioModel

/// The names and fixed facts behind the numbers of a run.
public struct ResultPlan: Sendable, Equatable {
  /// Names the inputs, the key of pseudonyms included: one line, the same for the same inputs. Only
  /// a run with the same fingerprint continues an unfinished database.
  public var fingerprint: String
  /// Names of all accounts, in the order of `AccountIndex`.
  public var accountNames: [String]
  /// All assets, in the order of `AssetIndex`.
  public var assets: [PlannedAsset]
  /// All rule sets, in the order of `RunSettings.models`.
  public var models: [PlannedModel]
  /// Names of all scenario sets, in the order of `RunSettings.scenarioSets`.
  public var scenarioSets: [String]
  /// Tables that only some runs have.
  public var extras: ResultExtras
  /// With a key, accounts are stored under keyed hashes of their names. Not empty.
  public var pseudonymKey: [UInt8]?

  /// A plan; `assets`, `models` and `scenarioSets` in the order of their indices.
  public init(
    fingerprint: String, accountNames: [String], assets: [PlannedAsset], models: [PlannedModel],
    scenarioSets: [String], extras: ResultExtras = [], pseudonymKey: [UInt8]? = nil
  ) {
    self.fingerprint = fingerprint
    self.accountNames = accountNames
    self.assets = assets
    self.models = models
    self.scenarioSets = scenarioSets
    self.extras = extras
    self.pseudonymKey = pseudonymKey
  }

  /// Names of rule sets become names of tables, so they are kept to what any tool can read.
  static func isModelName(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
          UInt8(ascii: "_"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }
}

/// An asset and its price.
public struct PlannedAsset: Sendable, Equatable {
  /// Its name.
  public var name: String
  /// Price of one unit, USD.
  public var priceUSD: Double
  /// Age of the price at the valuation time, days; nil where the market does not say.
  public var ageDays: Double?

  /// An asset.
  public init(name: String, priceUSD: Double, ageDays: Double? = nil) {
    self.name = name
    self.priceUSD = priceUSD
    self.ageDays = ageDays
  }
}

/// A rule set, its levels and its scenarios.
public struct PlannedModel: Sendable, Equatable {
  /// Its name: small letters, digits, `_` and `-`; unique.
  public var name: String
  /// First instant at which its terms hold.
  public var effectiveFrom: UTCTime
  /// The file it was read from, relative to the book.
  public var parameterFile: String
  /// Its levels and what each is the sum of.
  public var schema: MarginSchema
  /// Its scenarios in their order: what `MarginRow.worstScenario` counts.
  public var scenarios: [PlannedScenario]

  /// A rule set.
  public init(
    name: String, effectiveFrom: UTCTime, parameterFile: String, schema: MarginSchema,
    scenarios: [PlannedScenario] = []
  ) {
    self.schema = schema
    self.name = name
    self.effectiveFrom = effectiveFrom
    self.parameterFile = parameterFile
    self.scenarios = scenarios
  }
}

/// One scenario of the grid of a rule set.
public struct PlannedScenario: Sendable, Equatable {
  /// What a person calls it.
  public var label: String
  /// Relative move of prices.
  public var priceMove: Double
  /// Relative move of 30-day volatility.
  public var volatilityMove: Double
  /// Multiplier of profit and loss where the worst scenario is read.
  public var lossFactor: Double

  /// A scenario.
  public init(label: String, priceMove: Double, volatilityMove: Double, lossFactor: Double = 1) {
    self.label = label
    self.priceMove = priceMove
    self.volatilityMove = volatilityMove
    self.lossFactor = lossFactor
  }
}

/// One position of an account whose detail was asked for.
public struct PositionDetailRow: Sendable, Equatable {
  /// The account.
  public var account: AccountIndex
  /// The instrument.
  public var instrument: String
  /// Name of the leg; empty where the position has none.
  public var leg: String
  /// Signed number of contracts.
  public var quantity: Double
  /// Value, USD: of options their model value, of others 0.
  public var valueUSD: Double
  /// Sensitivities, of which delta, gamma, vega and theta are stored.
  public var greeks: Greeks
  /// Profit in the worst scenario of the account's rule set, USD, negative = loss.
  public var worstProfitUSD: Double?

  /// A position.
  public init(
    account: AccountIndex, instrument: String, leg: String = "", quantity: Double,
    valueUSD: Double, greeks: Greeks = Greeks()
  ) {
    self.account = account
    self.instrument = instrument
    self.leg = leg
    self.quantity = quantity
    self.valueUSD = valueUSD
    self.greeks = greeks
  }
}

/// One fact about a run.
public struct ManifestEntry: Sendable, Equatable {
  /// Its name, unique: `seed`, `input:positions.csv`, `stage_seconds:valuation`.
  public var key: String
  /// Its value as text.
  public var value: String
  /// Whether it is a time, a duration or a thing of the machine, which may differ between runs of
  /// the same inputs and is left out of the canonical export.
  public var isClock: Bool

  /// A fact.
  public init(key: String, value: String, isClock: Bool = false) {
    self.key = key
    self.value = value
    self.isClock = isClock
  }
}
