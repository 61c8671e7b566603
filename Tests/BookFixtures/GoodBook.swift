// A small sound book that has every file and every kind of row, as text. Each damaged book is this
// one with one fault.

import Foundation

/// The files of a book by name, ready to be changed and written.
public struct BookFiles: Sendable {
  /// Bytes of each file.
  public var files: [String: [UInt8]]

  /// The text of a file.
  public func text(_ name: String) -> String { String(decoding: files[name] ?? [], as: UTF8.self) }

  /// Sets the text of a file.
  public mutating func set(_ name: String, _ text: String) { files[name] = Array(text.utf8) }

  /// Replaces the first occurrence of a text, which must be there.
  public mutating func replace(_ name: String, _ old: String, _ new: String) {
    let text = text(name)
    precondition(text.contains(old), "\(name) has no \(old)")
    set(name, text.replacingOccurrences(of: old, with: new, range: text.range(of: old)))
  }

  /// Adds lines at the end of a file.
  public mutating func append(_ name: String, _ lines: String) { set(name, text(name) + lines) }

  /// Writes the book into a folder.
  public func write(to folder: String) throws {
    for (name, bytes) in files {
      let place = URL(filePath: folder + "/" + name)
      try FileManager.default.createDirectory(
        at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(bytes).write(to: place)
    }
  }
}

/// The sound book.
public enum GoodBook {
  /// All its files.
  public static var files: BookFiles {
    BookFiles(files: texts.mapValues { Array($0.utf8) })
  }

  private static let texts = [
    "run.yaml": run, "parameters/house.yaml": house, "parameters/strict.yaml": strict,
    "market/assets.csv": """
    asset,price_usd,peg,tracks,confidence,adv_usd,depth_usd_1pct,time
    BTC,80000,,,1,2.5e10,2e7,2026-02-05T23:59:00Z
    ETH,2000,,,,,,2026-02-05T23:59:00Z
    USDC,0.9998,USD,,,,,2026-02-05T23:59:00Z
    USDT,1.0002,USD,,,,,2026-02-06T00:59:00+01:00
    STETH,1990,,ETH,,,,2026-02-05T23:58:30.250Z

    """,
    "market/forwards.csv": """
    underlying,quote,expiry,forward,rate,confidence
    BTC,USD,2026-03-27T08:00Z,80500,0.04,0.9
    ETH,USD,2026-03-27T08:00Z,2010,,

    """,
    "market/vols.csv": """
    underlying,expiry,strike,vol,quote,confidence
    BTC,2026-03-27T08:00Z,70000,0.55,USD,
    BTC,2026-03-27T08:00Z,80000,0.5,USD,1
    BTC,2026-03-27T08:00Z,90000,0.52,USD,
    ETH,2026-03-27T08:00Z,2000,0.7,,

    """,
    "market/marks.csv": """
    instrument,mark,bid,ask,iv,open_interest,funding_rate,twap,confidence,time
    BTC-PERP,80010,80009.5,80010.5,,1.5e9,0.0001,80000,1,2026-02-05T23:59:59Z
    ETH-USDC-PERP,2001,,,,,-0.00005,,,
    BTC-27MAR26,80500,,,,,,,,
    BTC-27MAR26-80000-C,0.07,0.069,0.071,0.51,120,,,,

    """,
    "market/state.csv": "subject,key,value\nBTC,skew,-0.05\nvenue,total_deposits_usd,1e9\n",
    "market/feeds.csv": """
    asset,source,price_usd,time,confidence,weight
    BTC,alpha,80010,2026-02-05T23:59:50Z,0.999,2
    BTC,beta,79990,2026-02-06T00:59:40+01:00,,
    BTC,gamma,83000,2026-02-05T23:59:55Z,0.99,
    ETH,beta,1999,2026-02-05T23:40:00Z,,
    ETH,alpha,2001,2026-02-05T23:59:59Z,1,0.5

    """,
    "market/history.csv": history,
    "instruments.csv": """
    instrument,kind,underlying,quote,settlement,multiplier,expiry,strike,option_type,\
    settlement_price,venue
    BTC-PERP,perpetual,BTC,USD,BTC,10,,,,,alpha
    ETH-USDC-PERP,perpetual,ETH,USD,USDC,1,,,,,
    BTC-27MAR26,future,BTC,USD,BTC,10,2026-03-27T08:00Z,,,,
    BTC-27MAR26-80000-C,option,BTC,USD,BTC,1,2026-03-27T08:00Z,80000,call,,
    ETH-27MAR26-2000-P,option,ETH,USD,USDC,1,2026-03-27T08:00Z,2000,put,,
    BTC-30JAN26-70000-P,option,BTC,USD,BTC,1,2026-01-30T08:00Z,70000,put,69000,
    ETH-SPOT,spot,ETH,USD,USD,1,,,,,

    """,
    "positions.csv": """
    account,instrument,quantity,entry_price,unsettled,leg,margin_pool
    alice,BTC-PERP,1000,75000,,,
    alice,BTC-27MAR26-80000-C,-2,0.06,,,
    alice,BTC-27MAR26,500,,0.01,a,pool-1
    alice,BTC-27MAR26,-200,81000,,b,
    bob,ETH-USDC-PERP,10,1900,,,
    bob,ETH-SPOT,3,,,,
    bob,ETH-27MAR26-2000-P,-5,,,,
    carol,BTC-30JAN26-70000-P,1,,,,

    """,
    "balances.csv": """
    account,asset,amount,accrued
    alice,BTC,1.5,0.001
    alice,USDT,-20000,
    bob,USDC,50000,-12.5
    carol,STETH,4,

    """,
    "accounts.csv": """
    account,model,group,leverage,e_mode
    alice,strict,fund,5,
    bob,,fund,,coins

    """,
    "orders.csv": """
    account,instrument,side,quantity,price,reduce_only
    alice,BTC-PERP,sell,100,85000,true
    bob,ETH-USDC-PERP,buy,2,1800,

    """,
    "reported.csv": """
    account,equity,im,mm,liquidation_price,instrument
    alice,120000,30000,24000,60000,BTC-PERP
    bob,-5,,,,

    """,
    "scenarios/stress.csv": """
    scenario,factor,kind,shock,x_source
    fall,spot:BTC,relative,-0.3,invented
    fall,vol:BTC,replace,0.9,invented
    fall,basis:BTC,absolute,-0.05,invented
    depeg,spot:USDC,replace,0.9,invented
    wings,vol:BTC:2026-03-27T08:00Z,absolute,0.2,invented

    """,
    "scenarios/stress.sets.csv": """
    scenario,probability,loss_factor
    fall,0.5,1
    depeg,0.3,0.5
    wings,0.2,

    """
  ]

  private static let run = """
    valuation_time: 2026-02-06T00:00:00Z
    seed: 3
    models: {house: parameters/house.yaml, strict: parameters/strict.yaml}
    default_model: house
    confidence: {var: 0.95, es: 0.9}
    volatility_term: {short_power: 0.3, long_power: 0.13, floor_days: 2}
    covariance: {decay_per_day: 0.94, eigenvalue_floor: 1.0e-7}
    history_proxies: {"vol:ETH": "vol:BTC"}
    scenario_sets:
      heatmap: {kind: grid, price_range: 0.3, price_steps: 3, vol_up: 0.5, vol_down: 0.3, vol_steps: 1}
      history: {kind: history, horizon_days: 1, window_days: 60}
      draws: {kind: monte_carlo, scenarios: 64, horizon_days: 1, roll: horizon}
      stress: {kind: user, file: scenarios/stress.csv, complete: conditional_mean}
    limits: {account_margin_ratio_min: 0.001, book_delta_usd_max: 1.0e+12}
    market: {age_max: P1D}
    unmargined_max: 0.5
    strict: false
    outputs: {csv: true, report: true, detail: worst 2}

    """

  private static let house = parameters(name: "house", range: "0.16", initial: "1.25")
  private static let strict = parameters(name: "strict", range: "0.2", initial: "1.5")

  private static func parameters(name: String, range: String, initial: String) -> String {
    """
    family: scan
    name: \(name)
    effective_from: 2026-01-01T00:00Z
    superseded_on: 2027-01-01T00:00Z
    approved_by: nobody
    terms:
      price_range: {value: \(range), source: invented}
      price_range_by_asset: {value: {ETH: 0.18}, source: invented}
      price_steps: {value: 4, source: invented}
      vol_up: {value: 0.5, source: invented}
      vol_down: {value: 0.25, source: invented}
      vol_short_power: {value: 0.3, source: invented}
      vol_long_power: {value: 0.13, source: invented}
      vol_floor_days: {value: 1, source: invented}
      vol_up_min: {value: 0.5, source: invented}
      tail_moves: {value: [-0.66, 1], source: invented}
      tail_weight: {value: 0.77, source: invented}
      gain_offset: {value: 0.6, source: invented}
      scan_collateral: {value: true, source: invented}
      basis_move_min: {value: 0.01, source: invented}
      basis_move_annual: {value: 0.075, source: invented}
      basis_weight: {value: 1, source: invented}
      naked_short: {value: 0.01, source: invented}
      initial_factor: {value: \(initial), source: invented}
      maintenance_factor: {value: 1, source: invented}
      initial_borrow: {value: 0.1, source: invented}
      maintenance_borrow: {value: 0.05, source: invented}
      initial_haircuts: {value: {BTC: 0.08, other: 0.5}, source: invented}
      maintenance_haircuts: {value: {BTC: 0.05, other: 0.4}, source: invented}

    """
  }

  /// Forty days that end at the valuation time, with an empty field.
  private static var history: String {
    var text = "time,spot:BTC,spot:ETH,vol:BTC,basis:BTC\n"
    for day in 0..<40 {
      let month = day < 12 ? "2025-12-\(20 + day)" : String(format: "2026-01-%02d", day - 11)
      let wave = Double((day * 7919) % 13) - 6
      let bitcoin = 78_000 + 300 * wave
      let ether = day == 20 ? "" : "\(1_950 + 9 * wave + Double(day % 3))"
      text += "\(month)T00:00Z,\(bitcoin),\(ether),\(0.5 - 0.004 * wave),\(0.05 + 0.001 * wave)\n"
    }
    return text
  }
}
