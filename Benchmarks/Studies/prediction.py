#!/usr/bin/env python3
"""Forecasts who is liquidated on the next day: the tables and the figure of Data/studies/prediction.md.

usage: prediction.py CROSSMARGIN DATA WORK [ACCOUNTS]

CROSSMARGIN  the program
DATA         folder with options/, prices_daily/ and prices_hourly/ as named below
WORK         folder for one book a day and the results; made if absent, books in it are kept
ACCOUNTS     accounts a day; 10,000 where it is not given

Prints Markdown; writes WORK/results and WORK/prediction.svg. Needs nothing beyond the standard library.
"""
import csv
import datetime
import gzip
import math
import re
import shutil
import subprocess
import sys
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2] / "Data/book/parameters/house.yaml"
MONTHS = ["202512", "202601", "202602", "202603", "202604"]
# The week around the fall of 5 February 2026.
APART = "2026-01-31T00:00Z/2026-02-08T00:00Z"
MINUTE = datetime.timedelta(minutes=1)
NAMES = {
    "structural": "structural, 2 Phi(-distance)",
    "single_look": "structural, Phi(-distance)",
    "simulated": "simulated, t moves",
    "after_expiries": "t tail after expiries",
    "hazard": "hazard regression",
}


def days(panels):
    """Time of the chain of each day."""
    times = {}
    for panel in panels:
        with gzip.open(panel, "rt") as file:
            for row in csv.DictReader(file):
                time = datetime.datetime.fromisoformat(row["timestamp"])
                times[time.date()] = max(time, times.get(time.date(), time))
    return [times[day] for day in sorted(times)]


def make(program, data, work, house, time, panels, accounts):
    """The book of one day: the market as known then, and accounts whose seed is the day."""
    book = work / f"book-{time:%Y%m%d}"
    if book.exists():
        return book
    market = work / f"market-{time:%Y%m%d}"
    shutil.rmtree(market, ignore_errors=True)
    prices, options = data / "prices_daily", data / "options"
    known = [panel for panel in panels if panel.name[-13:-7] <= f"{time:%Y%m}"]
    factors = {
        "spot:BTC": prices / "BTC_binance_spot_1d_2017_2026.csv.gz",
        "spot:ETH": prices / "ETH_binance_spot_1d_2017_2026.csv.gz",
        "spot:USDC": data / "prices_hourly/USDC_usdt_1h_2025_2026.csv.gz",
        "vol:BTC": options / "dvol_btc_1h_2021_2025.csv.gz",
    }
    command = [program, "import", "--at", f"{time + MINUTE:%Y-%m-%dT%H:%MZ}", "--chain", known[-1]]
    for factor, file in factors.items():
        command += ["--history", f"{factor}={file}"]
    for panel in known:
        command += ["--panel", panel]
    command += ["--history-hour", "0", "--parameters", f"house={house}", "--output", market]
    run(command)
    seed = f"{time:%Y%m%d}"
    part = work / f"part-{seed}"
    shutil.rmtree(part, ignore_errors=True)
    run([program, "generate", "--market", market, "--accounts", accounts, "--seed", seed, "--output", part])
    shutil.rmtree(market)
    part.rename(book)
    return book


def run(command):
    found = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if found.returncode != 0:
        raise SystemExit(f"{' '.join(str(word) for word in command)}\n{found.stdout}{found.stderr}")


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def percent(text, decimals=1):
    return f"{100 * float(text):.{decimals}f} %"


def skill(row, name):
    return f"{percent(row[name])} ({percent(row[name + '_low'])} to {percent(row[name + '_high'])})"


def scores(found):
    print("\n| days | forecaster | liquidated | forecast | log score | log skill | Brier | Brier skill | AUC | captured by 1 % |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for row in found:
        auc = f"{float(row['auc']):.4f}" if row.get("auc") else "–"
        captured = percent(row["captured_by_top_percent"], 0) if row.get("captured_by_top_percent") else "–"
        print(
            f"| {row['period']} ({row['days']}) | {NAMES[row['forecaster']]} | {row['liquidations']} "
            f"| {float(row['expected']):.0f} | {float(row['log_score']):.5f} | {skill(row, 'log_skill')} "
            f"| {float(row['brier']):.6f} | {skill(row, 'brier_skill')} | {auc} | {captured} |"
        )


def reliability(found):
    print("\n| forecaster | from | to | forecasts | mean forecast | liquidated | interval |")
    print("|---|---|---|---|---|---|---|")
    for row in found:
        print(
            f"| {NAMES[row['forecaster']]} | {percent(row['from'], 2)} | {percent(row['to'], 2)} "
            f"| {int(row['forecasts']):,} | {percent(row['mean_forecast'], 3)} | {percent(row['observed'], 3)} "
            f"| {percent(row['observed_low'], 3)} to {percent(row['observed_high'], 3)} |"
        )


COLOURS = {
    "structural": "#c0601a",
    "single_look": "#23805e",
    "simulated": "#8e2a5b",
    "after_expiries": "#d5542b",
    "hazard": "#2f6fb7",
}


def figure(found, path):
    """Mean forecast against the share that was liquidated, both on logarithmic axes."""
    size, left, top, least = 460, 70, 20, 1e-5

    def place(share):
        return (math.log10(max(share, least)) - math.log10(least)) / -math.log10(least)

    def x(share):
        return left + size * place(share)

    def y(share):
        return top + size * (1 - place(share))

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + size + 230}" height="{top + size + 60}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{left + size + 230}" height="{top + size + 60}" fill="#ffffff"/>',
    ]
    for tick in (1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1):
        label = f"{100 * tick:g} %"
        parts.append(f'<line x1="{left}" x2="{left + size}" y1="{y(tick):.1f}" y2="{y(tick):.1f}" stroke="#dde3ea"/>')
        parts.append(f'<line x1="{x(tick):.1f}" x2="{x(tick):.1f}" y1="{top}" y2="{top + size}" stroke="#dde3ea"/>')
        parts.append(f'<text x="{left - 8}" y="{y(tick) + 4:.1f}" text-anchor="end" fill="#55606f">{label}</text>')
        parts.append(f'<text x="{x(tick):.1f}" y="{top + size + 18}" text-anchor="middle" fill="#55606f">{label}</text>')
    parts.append(f'<line x1="{left}" y1="{top + size}" x2="{left + size}" y2="{top}" stroke="#8b96a5" stroke-dasharray="4 4"/>')
    for rank, (name, colour) in enumerate(COLOURS.items()):
        rows = [row for row in found if row["forecaster"] == name]
        points = [(x(float(row["mean_forecast"])), y(float(row["observed"]))) for row in rows]
        line = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for (a, b), row in zip(points, rows):
            low, high = y(float(row["observed_low"])), y(float(row["observed_high"]))
            parts.append(f'<line x1="{a:.1f}" x2="{a:.1f}" y1="{low:.1f}" y2="{high:.1f}" stroke="{colour}" opacity="0.5"/>')
            parts.append(f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3" fill="{colour}"/>')
        key = top + 20 + 22 * rank
        parts.append(f'<rect x="{left + size + 20}" y="{key - 10}" width="12" height="12" fill="{colour}"/>')
        parts.append(f'<text x="{left + size + 38}" y="{key}" fill="#17202e">{NAMES[name]}</text>')
    parts.append(f'<text x="{left + size / 2}" y="{top + size + 42}" text-anchor="middle" fill="#17202e">mean forecast</text>')
    parts.append(
        f'<text transform="translate(14 {top + size / 2}) rotate(-90)" text-anchor="middle" fill="#17202e">liquidated</text></svg>'
    )
    path.write_text("\n".join(parts) + "\n", encoding="utf-8")


def main():
    program, data, work = sys.argv[1], Path(sys.argv[2]).resolve(), Path(sys.argv[3])
    accounts = int(sys.argv[4]) if len(sys.argv) > 4 else 10_000
    work.mkdir(parents=True, exist_ok=True)
    panels = [data / f"options/deribit_chain_panel_daily_{month}.csv.gz" for month in MONTHS]
    # The house's parameter file, in force since before the first day: a book needs one.
    house = work / "house.yaml"
    house.write_text(re.sub(r"effective_from: \S+", "effective_from: 2025-01-01T00:00Z", HOUSE.read_text()))
    books = [make(program, data, work, house, time, panels, accounts) for time in days(panels)]
    results = work / "results"
    run([program, "predict", "--output", results, "--apart", APART, *books])
    found = rows(results / "scores.csv")
    known = rows(results / "days.csv")
    print(f"{len(books)} books of {accounts:,} accounts; {len(known)} outcomes, of which "
          f"{sum(1 for day in known if day.get('expected_hazard'))} are forecast.")
    for name in ("accounts", "liquidatable", "unmargined", "unresolved", "liquidations"):
        print(f"{name}: {sum(int(day[name]) for day in known):,} in all, {int(known[0][name]):,} on the first day")
    print("\n## Scores")
    scores([row for row in found if row["period"] in ("all", "apart", "without_apart")])
    print("\n## By month")
    scores([row for row in found if row["period"] not in ("all", "apart", "without_apart")])
    print("\n## What came of forecasts of each size")
    bins = rows(results / "reliability.csv")
    reliability(bins)
    figure(bins, work / "prediction.svg")
    print("\n## Coefficients\n\n| feature | last fit | least | greatest |\n|---|---|---|---|")
    for row in rows(results / "coefficients.csv"):
        print(f"| {row['feature'].replace('_', ' ')} | {float(row['last']):.3f} | {float(row['least']):.3f} | {float(row['greatest']):.3f} |")
    print("\n## The fall\n\n| from | accounts | liquidated | structural | t tail after expiries | hazard |\n|---|---|---|---|---|---|")
    begin, end = APART.split("/")
    for day in known:
        if begin <= day["next_time"] < end and day.get("expected_hazard"):
            print(f"| {day['time']} | {day['accounts']} | {day['liquidations']} | {float(day['expected_structural']):.0f} "
                  f"| {float(day['expected_after_expiries']):.0f} | {float(day['expected_hazard']):.0f} |")


main()
