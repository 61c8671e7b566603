// The hand-written files of the sample book: what it is asked, and the house's margin parameters.

enum SampleTexts {
  /// `run.yaml`.
  static let run = """
    # The sample book: a SYNTHETIC market and synthetic accounts. No number is an observation.
    valuation_time: 2026-02-06T00:00Z
    seed: 1
    models:
      house: parameters/house.yaml
    default_model: house
    confidence: {var: 0.99, es: 0.975}
    covariance: {decay_per_day: 0.97, eigenvalue_floor: 1.0e-8}
    scenario_sets:
      heatmap:
        kind: grid
        price_range: 0.3
        price_steps: 5
        vol_up: 0.5
        vol_down: 0.3
        vol_steps: 2
      history:
        kind: history
        horizon_days: 1
        window_days: 730
      montecarlo:
        kind: monte_carlo
        scenarios: 1024
        horizon_days: 1
      stress:
        kind: user
        file: scenarios/stress.csv
        complete: conditional_mean
    limits:
      liquidatable_count_max: 100
      negative_equity_usd_max: 1000000000
    liquidation:
      cost: 0.002
      nightly: true
      study: {step: 0.05, refine: 10, horizon_days: 5, steps: 10, paths: 1024}
      tiers:
        - {name: insurance_fund, capacity_usd: 250000, refill_usd_per_day: 10000}
        - {name: operator, capacity_usd: 500000}
    market: {age_max: P1D}
    unmargined_max: 0.01

    """

  /// `parameters/house.yaml`. Every value has a source; a choice of the house says so.
  static let house = """
    # Margin parameters of the house: the shape of a venue's portfolio margin, with choices of the
    # house where venues differ or do not publish a value. Not the parameters of any venue.
    family: scan
    name: house
    effective_from: 2026-01-01T00:00Z
    approved_by: Risk committee (sample)
    terms:
      price_range: {value: 0.25, source: "House choice for assets without a range of their own: about the +-24 % extreme move of OKX portfolio margin for BTC and ETH (notice of January 2025)"}
      price_range_by_asset: {value: {BTC: 0.16, ETH: 0.18}, source: "Deribit portfolio margin parameters: BTC 16 % (2024), ETH 18 % (2026)"}
      price_steps: {value: 4, source: "Deribit portfolio margin: moves k/4 of the range, 9 prices"}
      vol_up: {value: 0.5, source: "Deribit portfolio margin, BTC: volatility +50 % (2024)"}
      vol_down: {value: 0.25, source: "Deribit portfolio margin, BTC and ETH: volatility -25 % (2024, 2026)"}
      vol_short_power: {value: 0.30, source: "Deribit portfolio margin: (30 / days)^0.30 below 30 days"}
      vol_long_power: {value: 0.13, source: "Deribit portfolio margin: (30 / days)^0.13 from 30 days on"}
      vol_floor_days: {value: 1, source: "Derive PMRM 2, production set: floor of one day"}
      vol_up_min: {value: 0.5, source: "Deribit portfolio margin, BTC: raised volatility at least 50 % (2024)"}
      tail_moves: {value: [-0.66, -0.33, 0.5, 1, 2, 3, 4, 5], source: "Deribit portfolio margin, extended table; the same moves at Paradex and Derive PMRM 2"}
      tail_weight: {value: 0.77, source: "Derive PMRM 2, production set: c = 0.77"}
      gain_offset: {value: 0.6, source: "Deribit cross portfolio margin, pnl_offset 0.6 (2026)"}
      scan_collateral: {value: true, source: "House choice: coins hedge what is sold against them, as the risk-cancelling collaterals of Derive PMRM 2"}
      basis_move_min: {value: 0.01, source: "Deribit portfolio margin, BTC: least move of a forward 1 % (2024)"}
      basis_move_annual: {value: 0.075, source: "Deribit portfolio margin, BTC: annualised move 7.5 % (2024)"}
      basis_weight: {value: 1, source: "House choice: the loss counts once"}
      naked_short: {value: 0.01, source: "Deribit portfolio margin before 2021: 0.01 coin per net short option"}
      initial_factor: {value: 1, source: "Deribit portfolio margin: initial margin is the whole of the risk matrix"}
      maintenance_factor: {value: 0.8, source: "Deribit portfolio margin: mm_factor 0.8"}
      initial_borrow: {value: 0.10, source: "House choice: twice the maintenance rate"}
      maintenance_borrow: {value: 0.05, source: "Binance portfolio margin: maintenance of a loan at 10x, 5 %"}
      initial_haircuts: {value: {BTC: 0.08, ETH: 0.08, SOL: 0.15, USDC: 0.02, USDT: 0.04, stETH: 0.15, other: 0.5}, source: "House choice; USDT as 0.98 x 0.98 of the Derive standard manager, rounded"}
      maintenance_haircuts: {value: {BTC: 0.05, ETH: 0.05, SOL: 0.10, USDC: 0.01, USDT: 0.02, stETH: 0.10, other: 0.4}, source: "House choice; USDT as the 0.98 of the Derive standard manager"}

    """
}
