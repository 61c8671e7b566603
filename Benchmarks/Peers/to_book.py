#!/usr/bin/env python3
"""Turns the portfolio files that the peer programs read into a book of CrossMargin.

usage: to_book.py PORTFOLIO BOOK

PORTFOLIO holds market/{assets,forwards,vols}.csv, instruments.csv, positions.csv, balances.csv,
scenarios/{mc,grid}.csv and run.yaml with the valuation time (README.md has the columns). BOOK must
not exist. Both sides then hold the same positions, are priced from the same quotes, and move by the
same shocks: the draws and the grid become scenario sets of a user, not sets of our own making.
"""

import csv
import math
import pathlib
import shutil
import sys

ES_TAIL_FRACTION = 0.025
# What the grid of the peers spans. Ours has equal steps, so the rule set scans 11 x 3 points between
# the same ends; the 31 points of the peers are a scenario set beside it.
PRICE_RANGE = 0.16
PRICE_STEPS = 5
VOL_UP = 0.45
VOL_DOWN = 0.3
NAKED_SHORT = 0.03
WARNING_FACTOR = 1.25


def rows(path):
    """The rows of a CSV file with a header, as dictionaries."""
    with open(path, newline="") as file:
        yield from csv.DictReader(file)


def write(path, header, content):
    """Writes a CSV file; columns that a row lacks stay empty."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(content)


def valuation_time(portfolio):
    """The instant that run.yaml of the portfolio names."""
    for line in (portfolio / "run.yaml").read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == "valuation_time":
            return value.strip()
    sys.exit(f"{portfolio / 'run.yaml'}: no valuation_time")


def convert_market(portfolio, book):
    """Writes prices, quotes and marks; returns the haircut of each asset as the text it was."""
    assets = [row for row in rows(portfolio / "market/assets.csv") if row["asset"] != "USD"]
    # USD is known to every book and worth 1. No scenario moves USDC, which is what a peg says.
    for row in assets:
        row["peg"] = "USD" if row["asset"] == "USDC" else ""
    write(book / "market/assets.csv", ["asset", "price_usd", "peg", "x_haircut"], assets)

    forwards = [row | {"quote": "USD"} for row in rows(portfolio / "market/forwards.csv")]
    write(book / "market/forwards.csv", ["underlying", "quote", "expiry", "forward"], forwards)
    shutil.copyfile(portfolio / "market/vols.csv", book / "market/vols.csv")

    # A perpetual of the peers stands at spot. A future stands at its forward, which needs no mark.
    prices = {row["asset"]: row["price_usd"] for row in assets}
    marks = [
        {"instrument": row["instrument"], "mark": prices[row["underlying"]]}
        for row in rows(portfolio / "instruments.csv")
        if row["kind"] == "perpetual"
    ]
    write(book / "market/marks.csv", ["instrument", "mark"], marks)
    # Every book has a history; nothing here is estimated from one.
    write(book / "market/history.csv", ["time"], [])
    return {row["asset"]: row["x_haircut"] for row in assets}


def convert_scenarios(portfolio, book):
    """Writes both sets, the draws with equal probabilities; returns the number of draws."""
    header = ["scenario", "factor", "kind", "shock"]
    draws = {}  # an ordered set: scenarios count in the order of the file
    for name in ["mc", "grid"]:
        content = [row | {"kind": "relative"} for row in rows(portfolio / f"scenarios/{name}.csv")]
        write(book / f"scenarios/{name}.csv", header, content)
        if name == "mc":
            draws = dict.fromkeys(row["scenario"] for row in content)
    probability = repr(1 / len(draws))
    write(
        book / "scenarios/mc.sets.csv",
        ["scenario", "probability"],
        [{"scenario": name, "probability": probability} for name in draws],
    )
    return len(draws)


def run_file(time, draw_count):
    """Text of run.yaml."""
    # The peers average whole scenarios. A confidence level whose tail is that many whole scenarios
    # makes ours, which counts the scenario at the border in part, the same mean.
    tail_count = math.ceil(ES_TAIL_FRACTION * draw_count)
    return f"""valuation_time: {time}
models: {{peers: parameters/peers.yaml}}
confidence: {{var: 0.99, es: {1 - tail_count / draw_count!r}}}
volatility_term: none
scenario_sets:
  grid: {{kind: user, file: scenarios/grid.csv}}
  mc:   {{kind: user, file: scenarios/mc.csv}}
outputs: {{report: false}}
"""


def parameter_file(time, haircuts):
    """Text of the rule set that comes nearest to the peers' margin."""
    source = 'source: "margin of the peer programs"'
    amounts = ", ".join(f"{asset}: {value}" for asset, value in haircuts.items())
    terms = {
        "price_range": PRICE_RANGE,
        "price_range_by_asset": "{}",
        "price_steps": PRICE_STEPS,
        "vol_up": VOL_UP,
        "vol_down": VOL_DOWN,
        "vol_short_power": 0,
        "vol_long_power": 0,
        "vol_floor_days": 1,
        "vol_up_min": 0,
        "tail_moves": "[]",
        "tail_weight": 1,
        "gain_offset": 1,
        "scan_collateral": "true",
        "basis_move_min": 0,
        "basis_move_annual": 0,
        "basis_weight": 0,
        "naked_short": NAKED_SHORT,
        "initial_factor": WARNING_FACTOR,
        "maintenance_factor": 1,
        "initial_borrow": 0,
        "maintenance_borrow": 0,
        "initial_haircuts": f"{{{amounts}, other: 0}}",
        "maintenance_haircuts": f"{{{amounts}, other: 0}}",
    }
    lines = [f"  {name}: {{value: {value}, {source}}}\n" for name, value in terms.items()]
    return f"family: scan\nname: peers\neffective_from: {time}\nterms:\n" + "".join(lines)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    portfolio, book = map(pathlib.Path, sys.argv[1:])
    book.mkdir(parents=True)
    haircuts = convert_market(portfolio, book)
    for name in ["instruments.csv", "positions.csv", "balances.csv"]:
        shutil.copyfile(portfolio / name, book / name)
    draw_count = convert_scenarios(portfolio, book)
    time = valuation_time(portfolio)
    (book / "run.yaml").write_text(run_file(time, draw_count))
    (book / "parameters").mkdir()
    (book / "parameters/peers.yaml").write_text(parameter_file(time, haircuts))


if __name__ == "__main__":
    main()
