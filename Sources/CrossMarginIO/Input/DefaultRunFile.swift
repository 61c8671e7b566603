// A whole `run.yaml` with every key, for a person to start from.

/// The commented run file of `crossmargin check --print-defaults`.
public enum DefaultRunFile {
  /// Its text. Keys with a default have it; the others have values that people begin with.
  public static let text = """
    # The instant of valuation, with a time zone. Required.
    valuation_time: 2026-02-06T00:00:00Z
    # Seed of every random number.
    seed: 1

    # Rule sets by name and the dated parameter file of each. Required.
    models:
      house: parameters/house.yaml
    # The rule set of accounts that name none. Required where there are several.
    default_model: house

    # Levels of VaR and expected shortfall; the probability with which intervals of sampled measures
    # hold what they are about, from order statistics. Default: no intervals.
    confidence: {var: 0.99, es: 0.975, interval: 0.95}
    # How a move of 30-day volatility spreads over expiries: (30 / days)^power, days at least
    # floor_days; `none` moves all expiries alike.
    volatility_term: {short_power: 0.30, long_power: 0.13, floor_days: 1}
    # Covariance of daily factor moves: weight of a day relative to the next, the smallest eigenvalue
    # of the correlation matrix after repair, the estimator (ewma, cleaned, shrunk_identity,
    # oracle_shrinkage, constant_correlation) and the repair (spectral, nearest).
    covariance: {decay_per_day: 0.97, eigenvalue_floor: 1.0e-8, estimator: ewma, repair: spectral}
    # Factors whose missing past moves are those of another factor. Default: none.
    history_proxies: {"vol:ETH": "vol:BTC"}

    # Scenario sets by name. Default: none.
    scenario_sets:
      # Every price move with every volatility move.
      heatmap:
        kind: grid
        price_range: 0.3            # largest price move
        price_range_by_asset: {}    # the same for single assets
        price_steps: 5              # steps to each side
        vol_up: 0.5                 # largest rise of 30-day volatility
        vol_down: 0.3               # largest fall
        vol_steps: 2                # steps to each side
        vol_up_min: 0               # raised volatility is at least this
        short_power: 0.30           # spread over expiries, as volatility_term
        long_power: 0.13
        floor_days: 1
        tail_moves: []              # price moves beyond the range
        tail_weight: 1              # what counts of a loss there
      # The moves of past days.
      history:
        kind: history
        horizon_days: 1
        window_days: 730            # default: the whole history
        filter: none                # or ewma, garch: moves at the volatility of now
        roll: none                  # or horizon: time passes as well
        # Smiles keep their place over strikes; or sticky_delta: they move with the forward. Any set.
        volatilities: sticky_strike
      # Sums of moves of one day in runs of consecutive past days.
      bootstrap:
        kind: bootstrap
        scenarios: 1024
        days: 10
        block_days: 5
        window_days: 730            # default: the whole history
        roll: none
      # Correlated draws.
      montecarlo:
        kind: monte_carlo
        scenarios: 1024
        horizon_days: 1
        distribution: t             # or normal, the default, or t_copula: tails of each factor
        degrees: fitted             # or a number above 2
        sampling: random            # or sobol
        # Correlations moved towards zero or one, of some assets or all. Default: as they are.
        correlations: {towards: one, weight: 0.5, assets: [BTC, ETH]}
        roll: none
      # A file of named shocks.
      stress:
        kind: user
        file: scenarios/stress.csv
        complete: conditional_mean  # factors that a scenario does not name; or none: they stay
        roll_days: 1                # default: no time passes

    # Measures of each account's delta-gamma form, exactly, under the covariance of factor moves; full
    # revaluation in draws of the same distribution stands beside them. Default: none.
    analytic:
      distribution: t               # or normal, the default
      degrees: fitted               # or a number above 2
      horizon_days: 1
      # measures: VaR and expected shortfall; contributions: of underlyings and factors to them;
      # reverse_stress: the worst moves of an ellipsoid, and the most plausible moves that cost the
      # maintenance surplus or the equity. Default: measures.
      compute: [measures, contributions, reverse_stress]
      draws: 4096                   # of full revaluation
      plausibility: 0.99            # probability of the ellipsoid

    # A breached limit raises an alert and makes exit code 1. Default: none.
    limits:
      account_margin_ratio_min: 1
      account_es_fraction_max: 1
      reconciliation_fraction_max: 0.01
      liquidatable_count_max: 0
      negative_equity_usd_max: 1000000
      book_worst_loss_usd_max: 100000000
      book_es_usd_max: 50000000
      book_delta_usd_max: 100000000
      book_vega_usd_1pt_max: 1000000

    # What crossmargin liquidate assumes: the cost of closing a portfolio, fraction of its gross
    # notional, and who pays bad debt, in order. Default: no cost, nobody.
    liquidation:
      cost: 0.005
      nightly: false                # true: the nightly run contains the study and its report shows it
      # Sweep of prices; accounts that are studied one by one; paths for probabilities and the minutes
      # between two looks at an account, 0 = it is always watched.
      study:
        step: 0.02
        furthest_fall: 0.8
        furthest_rise: 2
        refine: 20
        horizon_days: 10
        steps: 10
        paths: 1024
        monitoring_minutes: 0
        # Cures: cost of trades by notional, of capital per year, surplus restored by requirement.
        trade_cost: 0.0005
        capital_cost: 0.1
        cure_buffer: 0.2
      # Prices move by impact: square_root, power (exponent), linear, saturating (limit), through the share
      # depth of what markets take; volume stands for depth by scale x deviation x sqrt(share of a day).
      # response: full or to_requirement (buffer). compare: scenarios whose greatest cascade is found.
      # moves: of the leading asset with all others as far as they go with it, without a history of the
      # last asset alone, after which requirements are scanned again too. A cascade is settled when a round
      # liquidates no further account and moves no price by more than tolerance, or after rounds counts as
      # not settled.
      contagion: {impact: square_root, depth: 1, scale: 1, response: full, sell_collateral: true, compare: 100, rounds: 200, tolerance: 1.0e-7, moves: [-0.3, -0.15, 0.15]}
      # Prices of market/feeds.csv: the weighted median of the sources that are not older than age_max
      # and not farther from the median than deviation_multiple of their median deviation, or than
      # tolerance of the price if that is more; from fewer than sources_min it is called degraded.
      # Age widens a range by age_widening deviations of the price; the history says how large one is.
      oracle: {age_max: PT5M, deviation_multiple: 5, tolerance: 0.002, sources_min: 3, age_widening: 1}
      tiers:
        - {name: insurance_fund, capacity_usd: 1000000}
        - {name: mutual_fund, capacity_usd: 5000000, share: 1, refill_usd_per_day: 100000, target_usd: 5000000}
      # The size of the fund that is ruined within the horizon with no more than a probability.
      fund: {inflow_usd_per_day: 0, horizon_days: 10, ruin_probability: 0.01, sequences: 10000}
      # Mechanisms on the same accounts and paths; without this key they are not compared. Names: those
      # that crossmargin liquidate --help lists; default all. Without keepers, stressed_depth of volume
      # and depth is left. Steps, paths and names that need more than 1 GiB are refused.
      mechanics:
        names: [at_market, target_health, derive, dydx]
        horizon_days: 1
        steps: 24
        paths: 256
        impact: largest             # square_root, depth, largest, worked
        outstanding_days: 50
        stressed_depth: 0.1
        keepers: {capital_usd: 100000000, exit_days: 0.0417, risk_multiple: 1, fixed_usd: 20}

    # Prices older than this are missing. Default: any age will do.
    market: {age_max: P1D}
    # Share of gross notional without margin above which the run counts as not done.
    unmargined_max: 0.01
    # Whether an unknown instrument or asset in a holding stops the run.
    strict: false

    # csv: each table as a file too. report: report.html. detail: accounts whose positions are stored
    # one by one: none, worst 1000, all, or a list of names.
    outputs: {csv: false, report: true, detail: none}

    """
}
