// Books with one fault each, and what must be said about it.

import Foundation

/// One damaged book.
public struct DamagedBook: Sendable, CustomStringConvertible {
  /// What is wrong with it.
  public let name: String
  /// Parts of the message, all of which must be there: file, line, field, what is expected.
  public let expected: [String]
  let damage: @Sendable (inout BookFiles) -> Void

  /// What is wrong with it.
  public var description: String { name }

  /// Its files.
  public var files: BookFiles {
    var files = GoodBook.files
    damage(&files)
    return files
  }

  init(
    _ name: String, _ expected: [String], _ damage: @escaping @Sendable (inout BookFiles) -> Void
  ) {
    self.name = name
    self.expected = expected
    self.damage = damage
  }

  /// A fault that is one text in place of another.
  init(_ name: String, _ file: String, _ old: String, _ new: String, _ expected: String...) {
    self.init(name, [file] + expected) { $0.replace(file, old, new) }
  }

  /// A fault that is some more lines.
  init(_ name: String, _ file: String, adding lines: String, _ expected: String...) {
    self.init(name, [file] + expected) { $0.append(file, lines) }
  }

  /// All of them.
  public static let all =
    texts + files + market + feeds + instruments + holdings + settings + rules + scenarios
}

extension DamagedBook {
  /// Text that is no table or no YAML.
  private static let texts = [
    DamagedBook("ragged row", "balances.csv", "alice,BTC,1.5,0.001", "alice,BTC,1.5", ":2:", "4"),
    DamagedBook("open quote", "balances.csv", "alice,BTC", "\"alice,BTC", "balances.csv", "quote"),
    DamagedBook("quote in a field", "balances.csv", "bob,USDC", "b\"ob,USDC", ":4:", "quote"),
    DamagedBook(
      "byte order mark inside", "balances.csv", "account,asset", "account,\u{FEFF}asset", ":1",
      "asset"),
    DamagedBook("not UTF-8", ["balances.csv", "UTF-8"]) {
      $0.files["balances.csv"]? += [0x63, 0xFF, 0xFE, 0x2C, 0x42, 0x0A]
    },
    DamagedBook("unknown column", "positions.csv", ",leg,", ",log,", "log", "leg"),
    DamagedBook("column twice", "positions.csv", ",leg,", ",unsettled,", ":1", "unsettled"),
    DamagedBook("column missing", "positions.csv", "quantity", "x_quantity", "quantity"),
    DamagedBook("header only missing", ["market/forwards.csv"]) {
      $0.set("market/forwards.csv", "")
    },
    DamagedBook(
      "word for a number", "positions.csv", "BTC-PERP,1000", "BTC-PERP,many", ":2: quantity"),
    DamagedBook("NaN", "positions.csv", "BTC-PERP,1000", "BTC-PERP,nan", ":2: quantity", "nan"),
    DamagedBook("infinity", "balances.csv", "STETH,4", "STETH,inf", ":5: amount"),
    DamagedBook("overflow", "balances.csv", "STETH,4", "STETH,1e999", ":5: amount"),
    DamagedBook("hexadecimal", "balances.csv", "STETH,4", "STETH,0x10", ":5: amount"),
    DamagedBook("decimal comma", "balances.csv", "STETH,4", "STETH,\"4,5\"", ":5: amount"),
    DamagedBook("empty name", "balances.csv", "carol,STETH", ",STETH", ":5: account")
  ]

  /// Files that are not there, or are not what their name says.
  private static let files = [
    DamagedBook("no run file", ["run.yaml", "no such file"]) { $0.files["run.yaml"] = nil },
    DamagedBook("no assets", ["market/assets.csv", "no such file"]) {
      $0.files["market/assets.csv"] = nil
    },
    DamagedBook("no positions", ["positions.csv", "no such file"]) {
      $0.files["positions.csv"] = nil
    },
    DamagedBook("plain and compressed", ["balances.csv", "one of the two"]) {
      $0.files["balances.csv.gz"] = [0x1F, 0x8B]
    },
    DamagedBook("truncated gzip", ["balances.csv.gz", "end"]) {
      $0.files["balances.csv"] = nil
      // The header of a gzip file and the start of a block.
      $0.files["balances.csv.gz"] = [
        0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0x4B, 0x4C, 0x4E
      ]
    },
    DamagedBook("no gzip", ["balances.csv.gz"]) {
      $0.files["balances.csv.gz"] = $0.files["balances.csv"]
      $0.files["balances.csv"] = nil
    },
    DamagedBook("no parameter file", ["parameters/house.yaml", "no such file"]) {
      $0.files["parameters/house.yaml"] = nil
    },
    DamagedBook("no scenario file", ["run.yaml:13", "scenarios/other.csv"]) {
      $0.replace("run.yaml", "file: scenarios/stress.csv", "file: scenarios/other.csv")
    },
    DamagedBook("vols and surfaces", ["market/surfaces.csv", "one of the two"]) {
      $0.set("market/surfaces.csv", "underlying,expiry,a,b,rho,m,sigma\n")
    },
    DamagedBook("a folder for a file", ["balances.csv"]) {
      $0.files["balances.csv"] = nil
      $0.set("balances.csv/inside", "")
    }
  ]

  private static let market = [
    DamagedBook("asset twice", "market/assets.csv", adding: "BTC,1,,,,,,\n", ":7: asset", "line 2"),
    DamagedBook("price of zero", "market/assets.csv", "BTC,80000", "BTC,0", ":2: price_usd"),
    DamagedBook("USD not 1", "market/assets.csv", adding: "USD,2,,,,,,\n", ":7: price_usd"),
    DamagedBook(
      "peg to nothing", "market/assets.csv", "USDC,0.9998,USD", "USDC,0.9998,EUR", ":4: peg"),
    DamagedBook("circle of tracks", "market/assets.csv", "ETH,2000,,", "ETH,2000,,STETH", "circle"),
    DamagedBook(
      "time without zone", "market/assets.csv", "2026-02-05T23:58:30.250Z",
      "2026-02-05T23:58:30", ":6: time", "zone"),
    DamagedBook(
      "date only", "market/assets.csv", "2026-02-05T23:58:30.250Z", "2026-02-05", ":6: time"),
    DamagedBook(
      "no such day", "market/assets.csv", "2026-02-05T23:58:30.250Z", "2026-02-30T00:00Z",
      ":6: time"),
    DamagedBook(
      "forward twice", "market/forwards.csv",
      adding: "BTC,USD,2026-03-27T08:00Z,80000,,\n", ":4", "every key once"),
    DamagedBook("negative forward", "market/forwards.csv", "80500,", "-80500,", ":2: forward"),
    DamagedBook("unknown asset", "market/forwards.csv", "ETH,USD", "DOGE,USD", ":3: underlying"),
    DamagedBook(
      "vol twice", "market/vols.csv", adding: "ETH,2026-03-27T08:00Z,2000,0.6,,\n", ":6",
      "every key once"),
    DamagedBook("negative vol", "market/vols.csv", "2000,0.7", "2000,-0.7", ":5: vol"),
    DamagedBook("surface below zero", ["market/surfaces.csv:2: a"]) {
      $0.files["market/vols.csv"] = nil
      $0.set(
        "market/surfaces.csv",
        "underlying,expiry,a,b,rho,m,sigma\nBTC,2026-03-27T08:00Z,-1,0.1,0,0,0.1\n")
    },
    DamagedBook(
      "mark twice", "market/marks.csv", adding: "BTC-PERP,1,,,,,,,,\n", ":6", "every key once"),
    DamagedBook("vol of a future", "market/marks.csv", "80500,,,,", "80500,,,0.5,", ":4: iv", "no"),
    DamagedBook("mark of nothing", "market/marks.csv", "BTC-PERP,", "BTC-PORP,", ":2: instrument"),
    DamagedBook("state twice", "market/state.csv", adding: "BTC,skew,1\n", ":4", "every key once"),
    DamagedBook(
      "history out of order", "market/history.csv", "2026-01-05T", "2026-01-25T",
      "market/history.csv", "time", "after"),
    DamagedBook(
      "history after valuation", "market/history.csv",
      adding: "2026-02-07T00:00Z,80000,2000,0.5,0.05\n", ":42: time", "valuation time"),
    DamagedBook(
      "negative level", "market/history.csv", "2025-12-20T00:00Z,7", "2025-12-20T00:00Z,-7",
      ":2: spot:BTC"),
    DamagedBook("unknown factor", "market/history.csv", "vol:BTC", "wind:BTC", "wind:BTC"),
    DamagedBook("factor twice", "market/history.csv", "basis:BTC", "spot:BTC", "spot:BTC")
  ]

  private static let instruments = [
    DamagedBook(
      "instrument twice", "instruments.csv",
      adding: "ETH-SPOT,spot,ETH,USD,USD,1,,,,,\n", ":9: instrument", "line 8"),
    DamagedBook(
      "unknown kind", "instruments.csv", "BTC-27MAR26,future", "BTC-27MAR26,swap", ":4: kind"),
    DamagedBook(
      "quanto", "instruments.csv", "ETH-USDC-PERP,perpetual,ETH,USD,USDC",
      "ETH-USDC-PERP,perpetual,ETH,USD,BTC", ":3: settlement", "quanto"),
    DamagedBook(
      "future without expiry", "instruments.csv", "BTC,10,2026-03-27T08:00Z", "BTC,10,",
      ":4: expiry"),
    DamagedBook("option without strike", "instruments.csv", "80000,call", ",call", ":5: strike"),
    DamagedBook(
      "perpetual with expiry", "instruments.csv", "BTC,10,,,,,alpha",
      "BTC,10,2026-03-27T08:00Z,,,,alpha", ":2: expiry", "nothing"),
    DamagedBook(
      "settled before expiry", "instruments.csv", "80000,call,,", "80000,call,79000,",
      ":5: settlement_price", "not expired"),
    DamagedBook(
      "negative multiplier", "instruments.csv", "USDC,1,,,,,", "USDC,-1,,,,,", ":3: multiplier"),
    DamagedBook(
      "underlying is quote", "instruments.csv", "ETH-SPOT,spot,ETH,USD", "ETH-SPOT,spot,USD,USD",
      ":8: quote"),
    DamagedBook(
      "third type of option", "instruments.csv", "2000,put", "2000,both", ":6: option_type")
  ]

  private static let holdings = [
    DamagedBook("position twice", "positions.csv", adding: "bob,ETH-SPOT,1,,,,\n", ":10", "line 7"),
    DamagedBook(
      "entry and unsettled", "positions.csv", "1000,75000,,", "1000,75000,0.1,", ":2",
      "not both"),
    DamagedBook(
      "unsettled option", "positions.csv", "ETH-27MAR26-2000-P,-5,,", "ETH-27MAR26-2000-P,-5,,3",
      ":8: unsettled", "premium"),
    DamagedBook(
      "unsettled spot", "positions.csv", "ETH-SPOT,3,,", "ETH-SPOT,3,,1", ":7: unsettled"),
    DamagedBook("balance twice", "balances.csv", adding: "bob,USDC,1,\n", ":6", "line 4"),
    DamagedBook("account twice", "accounts.csv", adding: "bob,,,,\n", ":4: account", "once"),
    DamagedBook(
      "unknown rule set", "accounts.csv", "alice,strict", "alice,loose", ":2: model", "house"),
    DamagedBook("leverage of zero", "accounts.csv", "fund,5", "fund,0", ":2: leverage"),
    DamagedBook("third side", "orders.csv", "BTC-PERP,sell", "BTC-PERP,hold", ":2: side"),
    DamagedBook("negative order", "orders.csv", "buy,2", "buy,-2", ":3: quantity"),
    DamagedBook("reported twice", "reported.csv", adding: "bob,1,,,,\n", ":4: account", "line 3"),
    DamagedBook(
      "price of no instrument", "reported.csv", "60000,BTC-PERP", "60000,", ":2: instrument"),
    DamagedBook("strict and unknown", ["positions.csv:10: instrument"]) {
      $0.replace("run.yaml", "strict: false", "strict: true")
      $0.append("positions.csv", "bob,XRP-PERP,1,,,,\n")
    },
    DamagedBook("faults in several files", ["positions.csv:2", "balances.csv:5", "run.yaml:2"]) {
      $0.replace("positions.csv", "1000,75000", "x,75000")
      $0.replace("balances.csv", "STETH,4", "STETH,y")
      $0.replace("run.yaml", "seed: 3", "seed: z")
    },
    DamagedBook("more than a hundred faults", ["balances.csv:6", "and 50 more"]) { files in
      for row in 0..<150 { files.append("balances.csv", "a\(row),BTC,x,\n") }
    }
  ]

  private static let settings = [
    DamagedBook(
      "window of ages", "run.yaml", "window_days: 60", "window_days: 1e300", ":11", "36525"),
    DamagedBook(
      "horizon of ages", "run.yaml", "scenarios: 64, horizon_days: 1",
      "scenarios: 64, horizon_days: 1e9", ":12", "36525"),
    DamagedBook(
      "floor of all eigenvalues", "run.yaml", "eigenvalue_floor: 1.0e-7", "eigenvalue_floor: 1",
      ":7", "below 1"),
    DamagedBook(
      "detail of nobody", "run.yaml", "detail: worst 2", "detail: [alice, nobody]",
      "outputs.detail", "nobody"),
    DamagedBook("unknown key", "run.yaml", "seed: 3", "seeds: 3", ":2: seeds"),
    DamagedBook("key twice", "run.yaml", "seed: 3", "seed: 3\nseed: 4", "run.yaml", "seed"),
    DamagedBook("tab in YAML", "run.yaml", "  heatmap:", "\theatmap:", "run.yaml"),
    DamagedBook(
      "no valuation time", "run.yaml", "valuation_time: 2026-02-06T00:00:00Z", "x: 1",
      "valuation_time"),
    DamagedBook(
      "list for a map", "run.yaml",
      "limits: {account_margin_ratio_min: 0.001, book_delta_usd_max: 1.0e+12}",
      "limits: [1, 2]", ":14: limits"),
    DamagedBook("text for a number", "run.yaml", "seed: 3", "seed: three", ":2: seed"),
    DamagedBook("confidence of 1", "run.yaml", "var: 0.95", "var: 1", ":5: confidence.var"),
    DamagedBook(
      "unknown default", "run.yaml", "default_model: house", "default_model: home",
      ":4: default_model"),
    DamagedBook("unknown kind of set", "run.yaml", "kind: history", "kind: mystery", ":11"),
    DamagedBook("no draws", "run.yaml", "scenarios: 64", "scenarios: 0", ":12"),
    DamagedBook("unknown limit", "run.yaml", "book_delta_usd_max", "book_delta_max", ":14"),
    DamagedBook(
      "comparison beyond memory", "run.yaml",
      adding: "liquidation:\n  mechanics: {paths: 1000000, steps: 10000}\n",
      ":20: liquidation.mechanics", "1000000 paths of 10000 steps", "at most 1.0 GiB", "lower paths"
    ),
    DamagedBook(
      "no age of quotes", "run.yaml", adding: "liquidation:\n  oracle: {age_max: PT0S}\n",
      ":20: liquidation.oracle.age_max", "above 0"),
    DamagedBook(
      "price of no source", "run.yaml", adding: "liquidation:\n  oracle: {sources_min: 0}\n",
      ":20: liquidation.oracle.sources_min", "from 1 to"),
    DamagedBook(
      "tolerance of everything", "run.yaml", adding: "liquidation:\n  oracle: {tolerance: 1}\n",
      ":20: liquidation.oracle.tolerance", "below 1"),
    DamagedBook("age in words", "run.yaml", "age_max: P1D", "age_max: a day", ":15"),
    DamagedBook(
      "path out of the book", "run.yaml", "house: parameters/house.yaml", "house: ../house.yaml",
      ":3"),
    DamagedBook("alias bomb", ["run.yaml"]) { files in
      var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
      for depth in 1...9 {
        let links = Array(repeating: "*a\(depth - 1)", count: 10).joined(separator: ", ")
        bomb += "a\(depth): &a\(depth) [\(links)]\n"
      }
      files.append("run.yaml", bomb)
    }
  ]

  private static let rules = [
    DamagedBook(
      "no source", "parameters/house.yaml", "price_steps: {value: 4, source: invented}",
      "price_steps: {value: 4}", ":9", "price_steps"),
    DamagedBook(
      "parameter missing", "parameters/house.yaml",
      "  gain_offset: {value: 0.6, source: invented}\n",
      "", "gain_offset"),
    DamagedBook(
      "parameter unknown", "parameters/house.yaml", "gain_offset", "gain_ofset", "gain_ofset"),
    DamagedBook(
      "initial below maintenance", "parameters/house.yaml", "value: 1.25", "value: 0.9",
      "initial_factor"),
    DamagedBook(
      "initial haircut below", "parameters/house.yaml", "{BTC: 0.08, other: 0.5}",
      "{BTC: 0.04, other: 0.5}", "haircut"),
    DamagedBook(
      "haircut above 1", "parameters/house.yaml", "{BTC: 0.08, other: 0.5}",
      "{BTC: 1.08, other: 0.5}", "haircut"),
    DamagedBook(
      "no haircut of others", "parameters/house.yaml", "{BTC: 0.05, other: 0.4}", "{BTC: 0.05}",
      "other"),
    DamagedBook(
      "not yet in force", "parameters/house.yaml", "effective_from: 2026-01-01",
      "effective_from: 2026-02-07", "effective_from", "valuation time"),
    DamagedBook(
      "no longer in force", "parameters/house.yaml", "superseded_on: 2027-01-01",
      "superseded_on: 2026-02-05", "superseded_on", "valuation time"),
    DamagedBook("other family", "parameters/house.yaml", "family: scan", "family: stans", "family"),
    DamagedBook(
      "tail inside the range", "parameters/house.yaml", "[-0.66, 1]", "[-0.1, 1]", "tail_moves")
  ]

  private static let scenarios = [
    DamagedBook(
      "loss of everything", "scenarios/stress.csv", "relative,-0.3", "relative,-1", ":2: shock"),
    DamagedBook("factor of nothing", "scenarios/stress.csv", "spot:BTC", "spot:", ":2: factor"),
    DamagedBook(
      "shock twice", "scenarios/stress.csv", adding: "fall,spot:BTC,relative,-0.2,\n", ":7",
      "once"),
    DamagedBook(
      "third kind of shock", "scenarios/stress.csv", "absolute,-0.05", "additive,-0.05", ":4: kind"),
    DamagedBook(
      "probabilities of 1.1", "scenarios/stress.sets.csv", "wings,0.2", "wings,0.3", "probability",
      "sum"),
    DamagedBook(
      "probability for some", "scenarios/stress.sets.csv", "depeg,0.3", "depeg,", "probability"),
    DamagedBook(
      "loss factor of zero", "scenarios/stress.sets.csv", "fall,0.5,1", "fall,0.5,0",
      ":2: loss_factor"),
    DamagedBook("set of nothing", "scenarios/stress.sets.csv", "wings,", "winds,", ":4: scenario"),
    DamagedBook("no scenarios", ["scenarios/stress.csv", "no scenario", "one scenario"]) {
      $0.files["scenarios/stress.csv"] = Array("scenario,factor,kind,shock\n".utf8)
      $0.files["scenarios/stress.sets.csv"] = nil
    }
  ]
}
