#!/usr/bin/env python3
"""Makes one Markdown table of measurements.

usage: table.py LOG

Each line of LOG is tab separated: accounts, program, wall seconds, processor seconds, peak resident
bytes, share of others, path of the SQLite file written, stages. The row of a program shows its run of
least wall time; runs are counted and the span of their times is given.
"""

import pathlib
import sqlite3
import sys

# A run beside which others took more of the machine is marked.
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
    walls = [run["wall"] for run in runs]
    best = min(runs, key=lambda run: run["wall"])
    mark = " (disturbed)" if best["others"] > OTHERS_MAX else ""
    cells = [
        f"{int(accounts):,}",
        program,
        str(len(runs)),
        f"{best['wall']:.2f}{mark}",
        f"{min(walls):.2f}-{max(walls):.2f}",
        f"{best['cpu']:.2f}",
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
