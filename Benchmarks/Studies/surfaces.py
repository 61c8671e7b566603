#!/usr/bin/env python3
"""Fits every snapshot of an option chain and says how well: the tables and the figure of Data/studies/surfaces.md.

usage: surfaces.py CROSSMARGIN OPTIONS WORK

CROSSMARGIN  the program
OPTIONS      folder with deribit_chain_panel_daily_*.csv.gz and deribit_chain_intraday_*.csv.gz
WORK         folder for books; made if absent

Prints Markdown; writes WORK/surfaces.svg. Needs nothing beyond the standard library.
"""
import csv
import gzip
import re
import statistics
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2] / "Data/book/parameters/house.yaml"


def snapshots(path, column):
    """Latest time of each burst of rows: rows less than ten minutes apart belong together."""
    with gzip.open(path, "rt") as file:
        times = sorted({row[column] for row in csv.DictReader(file)})
    parsed = [datetime.fromisoformat(t.replace("Z", "+00:00")).astimezone(timezone.utc) if "+" in t or "Z" in t
              else datetime.fromisoformat(t).replace(tzinfo=timezone.utc) for t in times]
    return [t for t, following in zip(parsed, parsed[1:] + [None])
            if following is None or following - t > timedelta(minutes=10)]


def parameters(work):
    """The house's parameter file, in force since before the first snapshot: a book needs one."""
    text = HOUSE.read_text()
    copy = work / "house.yaml"
    copy.write_text(re.sub(r"effective_from: \S+", "effective_from: 2025-01-01T00:00Z", text))
    return copy


def fit(program, path, at, work):
    """Rows of fits.csv and of quotes.csv and surfaces.csv of a snapshot, and the seconds of the calibration."""
    book = work / at.strftime("%Y%m%dT%H%M")
    stamp = (at + timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%MZ")
    if not (book / "run.yaml").exists():
        subprocess.run([program, "import", "--chain", path, "--at", stamp, "--parameters", f"house={work / 'house.yaml'}",
                        "--output", book], check=True, capture_output=True)
    start = time.perf_counter()
    subprocess.run([program, "calibrate", book], check=True, capture_output=True)
    seconds = time.perf_counter() - start
    tables = []
    for name in ("fits", "quotes", "surfaces"):
        with open(book / "calibration" / f"{name}.csv") as file:
            tables.append(list(csv.DictReader(file)))
    return tables, seconds


def report(name, found):
    """One row of the table."""
    fits = [row for (tables, _) in found for row in tables[0]]
    large = [row for row in fits if int(row["quotes"]) >= 5]
    fitted = [row for row in large if row.get("form")]
    free = [row for row in fitted if row["butterfly_free"] == "true"]
    calendar = [row for row in fitted if row["calendar_free"] == "true"]
    medians = [float(row["median_in_spreads"]) for row in fitted]
    errors = sorted(float(row["rms_vol"]) for row in fitted)
    within = sum(m <= 0.5 for m in medians)
    seconds = [s for (_, s) in found]
    print(f"| {name} | {len(found)} | {len(large)} | {100 * len(free) / len(large):.2f} % | "
          f"{100 * len(calendar) / len(large):.2f} % | {statistics.median(medians):.3f} | "
          f"{100 * within / len(large):.1f} % | {100 * errors[len(errors) // 2]:.2f} | "
          f"{statistics.median(seconds):.2f}, {max(seconds):.2f} |")


def exceptions(found):
    """Slices that are not free of butterflies or whose median error is above half a spread."""
    rows = []
    for at, (tables, _) in found:
        for row in tables[0]:
            if int(row["quotes"]) < 5:
                continue
            if not row.get("form") or row["butterfly_free"] != "true" or float(row["median_in_spreads"]) > 0.5:
                rows.append((at, row))
    return rows


def chart(panels, path):
    """Fitted volatilities of all expiries and the quotes, one panel for each instant."""
    width, height, left, top = 470, 360, 52, 40
    colours = ["#440154", "#482878", "#3e4a89", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6dcd59", "#b4de2c",
               "#e0c020", "#f0a020", "#e06010"]
    low, high, lowest, highest = -0.7, 0.7, 0.3, 2.4
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {len(panels) * (width + left + 20)} {height + 100}" '
           'font-family="sans-serif" font-size="12">', '<rect width="100%" height="100%" fill="#fff"/>']
    for index, (title, quotes, surfaces, at) in enumerate(panels):
        x0 = index * (width + left + 20) + left
        place = lambda k, v: (x0 + width * (k - low) / (high - low), top + height * (1 - (v - lowest) / (highest - lowest)))
        out.append(f'<text x="{x0}" y="24" font-size="15">{title}</text>')
        for v in (0.5, 1.0, 1.5, 2.0):
            y = place(low, v)[1]
            out.append(f'<line x1="{x0}" y1="{y:.1f}" x2="{x0 + width}" y2="{y:.1f}" stroke="#ddd"/>'
                       f'<text x="{x0 - 8}" y="{y + 4:.1f}" text-anchor="end">{v:.0%}</text>')
        for k in (-0.6, -0.4, -0.2, 0, 0.2, 0.4, 0.6):
            x = place(k, lowest)[0]
            out.append(f'<text x="{x:.1f}" y="{top + height + 18}" text-anchor="middle">{k}</text>')
        for number, row in enumerate(surfaces):
            colour = colours[number % len(colours)]
            expiry = datetime.fromisoformat(row["expiry"].replace("Z", "+00:00"))
            years = (expiry - at).total_seconds() / 31_536_000
            a, b, rho, m, sigma = (float(row[key]) for key in ("a", "b", "rho", "m", "sigma"))
            strikes = [float(q["log_moneyness"]) for q in quotes if q["expiry"] == row["expiry"]]
            points = []
            for step in range(141):
                k = low + (high - low) * step / 140
                if not min(strikes) <= k <= max(strikes):
                    continue
                w = a + b * (rho * (k - m) + ((k - m) ** 2 + sigma**2) ** 0.5)
                v = (w / years) ** 0.5
                if lowest <= v <= highest:
                    points.append("%.1f,%.1f" % place(k, v))
            out.append(f'<polyline points="{" ".join(points)}" fill="none" stroke="{colour}" stroke-width="1.6"/>')
            for q in quotes:
                k, v = float(q["log_moneyness"]), (float(q["bid_vol"]) + float(q["ask_vol"])) / 2
                if q["expiry"] == row["expiry"] and low <= k <= high and lowest <= v <= highest:
                    x, y = place(k, v)
                    out.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.6" fill="{colour}"/>')
            out.append(f'<text x="{x0 + 10 + (number % 4) * 118}" y="{top + height + 38 + 16 * (number // 4)}" '
                       f'fill="{colour}">{row["expiry"][:10]}</text>')
    out.append("</svg>")
    path.write_text("\n".join(out) + "\n")


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    program, options, work = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    work.mkdir(parents=True, exist_ok=True)
    parameters(work)
    daily, crash = [], []
    for path in sorted(options.glob("deribit_chain_panel_daily_*.csv.gz")):
        for at in snapshots(path, "timestamp"):
            daily.append((at, fit(program, path, at, work)))
    for path in sorted(options.glob("deribit_chain_intraday_*.csv.gz")):
        for at in snapshots(path, "timestamp"):
            crash.append((at, fit(program, path, at, work)))
    print("| snapshots | number | slices of 5 quotes or more | butterfly-free | calendar-free | median error, spreads | "
          "at most half a spread | median rms error, vol points | s per snapshot, median, max |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for coin in ("BTC", "ETH"):
        for name, found in ((f"daily {coin}", daily), (f"crash {coin}", crash)):
            report(name, [([[r for r in t if r["underlying"] == coin] for t in tables], s) for (_, (tables, s)) in found])
    print("\n| snapshot | slice | quotes | form | median error, spreads | butterfly-free |\n| --- | --- | ---: | --- | ---: | --- |")
    for at, row in exceptions(daily + crash):
        print(f"| {at:%Y-%m-%d %H:%M} | {row['underlying']} {row['expiry'][:10]} | {row['quotes']} | {row.get('form') or row['reason']} | "
              f"{row.get('median_in_spreads', '')[:5]} | {row.get('butterfly_free', '')} |")
    panels = []
    for title, day in (("BTC, 4 February 2026", 4), ("BTC, 6 February 2026", 6)):
        at, (tables, _) = next((at, f) for at, f in daily if (at.month, at.day) == (2, day))
        pick = [[r for r in table if r["underlying"] == "BTC"] for table in tables]
        panels.append((f"{title} {at:%H:%M} UTC", pick[1], pick[2], at))
    chart(panels, work / "surfaces.svg")


if __name__ == "__main__":
    main()
