"""Applies every rule of deleveraging to the users who were deleveraged on 10 October 2025 and prints tables.

usage: deleveraging.py CROSSMARGIN USERS WORK

CROSSMARGIN is the program, USERS a table of deleveraged users (CSV, plain or gzip) with the columns user, adl_notional, closed_pnl and
account_value_realtime, WORK an empty folder for the pool and the results. The rules are the program's; this script makes the pool
and asks. Needs Python 3.11 or later and nothing else.
"""

import csv
import gzip
import pathlib
import subprocess
import sys

# Negative equity that the reconstruction of the event reports for all accounts, USD.
LOSS_USD = 23_191_104
# Parts of the closed notional that are asked for in contracts, and multiples of the loss in wealth.
CLOSED_PARTS = (0.25, 0.5, 1.0)
LOSS_MULTIPLES = (1, 2, 10)


def read(path):
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def write_pool(users, path):
    """Writes the pool; returns the notional that was closed. Every position counts as a short one."""
    columns = ["account", "profit_usd", "equity_usd", "notional_usd", "side"]
    closed = 0.0
    with open(path, "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(columns)
        for row in users:
            notional = float(row["adl_notional"])
            closed += notional
            table.writerow(
                [row["user"], row["closed_pnl"], row["account_value_realtime"], notional, "short"]
            )
    return closed


def ask(program, pool, output, loss, close):
    """The rows of one question; amounts are numbers."""
    words = [program, "deleverage", pool, "--need", loss, "--close", close, "--output", output]
    subprocess.run([str(word) for word in words], check=True, capture_output=True)
    rows = list(read(output / "deleveraging.csv"))
    texts = ("numeraire", "rule")
    return [{key: row[key] if key in texts else float(row[key]) for key in row} for row in rows]


def millions(amount):
    return f"{amount / 1e6:,.2f}"


def print_table(title, rows):
    print(f"\n### {title}\n")
    print("| rule | overshoot | loss of winners | profit of what is closed | largest haircut | Gini | touched |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for row in rows:
        print(
            f"| {row['rule']} | {millions(row['overshoot_usd'])} | {millions(row['winners_loss_usd'])}"
            f" | {millions(row['closed_profit_usd'])} | {100 * row['largest_haircut']:,.1f} %"
            f" | {row['haircut_gini']:.3f} | {row['touched_winners']:,.0f} |"
        )


def main():
    program, users, work = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    pool = work / "pool.csv"
    closed = write_pool(read(users), pool)
    print(f"closed notional: {millions(closed)} M USD")
    for multiple in LOSS_MULTIPLES:
        answer = ask(program, pool, work / "results", multiple * LOSS_USD, closed)
        rows = [row for row in answer if row["numeraire"] == "wealth"]
        print_table(f"Wealth: {millions(multiple * LOSS_USD)} M USD of profit (amounts in M USD)", rows)
    for part in CLOSED_PARTS:
        answer = ask(program, pool, work / "results", LOSS_USD, part * closed)
        rows = [row for row in answer if row["numeraire"] == "contracts"]
        print_table(f"Contracts: {millions(part * closed)} M USD of notional (amounts in M USD)", rows)


main()
