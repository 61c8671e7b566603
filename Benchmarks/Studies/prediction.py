#!/usr/bin/env python3
"""Forecasts who is liquidated on the next day: the tables and the figure of Data/studies/prediction.md.

usage: prediction.py CROSSMARGIN DATA WORK [ACCOUNTS]

CROSSMARGIN  the program
DATA         folder with options/, prices_daily/ and prices_hourly/ as named below
WORK         folder for one book a day and the results; made if absent, books in it are kept
ACCOUNTS     accounts a day; 10,000 where it is not given

Prints Markdown; writes WORK/results and WORK/prediction.svg. Needs nothing beyond the standard library.
"""
import concurrent.futures
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
# The week of the fall: BTC lost 16 % from 5 to 6 February 2026, as the chains have it.
APART = "2026-01-31T00:00Z/2026-02-08T00:00Z"
MINUTE = datetime.timedelta(minutes=1)
NAMES = {
    "structural": "structural, 2 Phi(-distance)",
    "single_look": "structural, Phi(-distance)",
    "simulated": "simulated, t moves",
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
