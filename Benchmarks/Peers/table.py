#!/usr/bin/env python3
"""Makes one Markdown table of measurements.

usage: table.py LOG

Each line of LOG is tab separated: accounts, program, wall seconds, processor seconds, peak resident
bytes, share of the machine that others used, path of the SQLite file written, stages. A program's row
shows its fastest run beside which little else ran, the number of such runs, and the span of their
wall times.
"""

import pathlib
import sqlite3
import sys

# A run beside which others took more of the machine does not count, unless there is no better one.
OTHERS_MAX = 0.05

HEADER = """\
| accounts | program | runs | wall s | span | CPU s | peak MiB | rows | MiB | stages s |
|---:|---|---:|---:|---|---:|---:|---:|---:|---|"""


def row_count(path):
    """Rows of all tables of a database."""
    with sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True) as connection:
        names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        counts = [connection.execute(f'SELECT count(*) FROM "{name}"') for (name,) in names]
        return sum(count.fetchone()[0] for count in counts)


def row(accounts, program, runs):
    """The row of a program at a size."""
    quiet = [run for run in runs if run["others"] <= OTHERS_MAX]
    counted = quiet or runs
    walls = [run["wall"] for run in counted]
    best = min(counted, key=lambda run: run["wall"])
    mark = "" if quiet else " (disturbed)"
    cells = [
        f"{int(accounts):,}",
        program,
        str(len(counted)),
        f"{best['wall']:.3f}{mark}",
        f"{min(walls):.3f}-{max(walls):.3f}",
        f"{best['cpu']:.3f}",
        f"{best['peak'] / 2**20:,.0f}",
        f"{row_count(best['store']):,}",
        f"{best['store'].stat().st_size / 2**20:.1f}",
        best["stages"],
    ]
    return "| " + " | ".join(cells) + " |"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    groups = {}
    for line in pathlib.Path(sys.argv[1]).read_text().splitlines():
        accounts, program, wall, cpu, peak, others, store, stages = line.split("\t")
        run = {
            "wall": float(wall),
            "cpu": float(cpu),
            "peak": int(peak),
            "others": float(others),
            "store": pathlib.Path(store),
            "stages": stages,
        }
        groups.setdefault((accounts, program), []).append(run)
    print(HEADER)
    for (accounts, program), runs in groups.items():
        print(row(accounts, program, runs))


if __name__ == "__main__":
    main()
