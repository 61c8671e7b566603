#!/usr/bin/env python3
"""Liquidation prices of users of Aave in June 2023 and what became of them: the tables of Data/studies/aave.md.

usage: aave.py CROSSMARGIN DATA WORK

CROSSMARGIN  the program
DATA         folder with accounts/aave_b*_2023-06.csv.gz, prices_hourly/, prices_daily/ and liquidations/
WORK         an empty folder for two books and their results; made if absent

Prints Markdown; writes WORK/left_out.csv. Needs nothing beyond the standard library.
"""
import csv
import datetime
import gzip
import json
import subprocess
import sys
from pathlib import Path

from aave_book import BTC_USD, ETH_USD, FILES, HOUR, UTC, User, bars, book, read, snapshot, write

HORIZONS = [30, 90, 180]


def study(program, folder, account_count):
    """Liquidation moves by account, exact, and probabilities by horizon and account."""
    moves, probabilities = {}, {}
    for days in HORIZONS:
        output = folder / f"results-{days}"
        run = subprocess.run(
            [program, "liquidate", folder, "--output", output, "--horizon-days", str(days), "--steps", str(days),
             "--paths", "4096", "--refine", str(account_count), "--furthest-fall", "0.97"],
            capture_output=True, text=True,
        )
        if run.returncode == 2:
            raise SystemExit(run.stdout + run.stderr)
        with open(output / "probabilities.csv", encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                probabilities[days, row["account"]] = float(row["probability"])
        with open(output / "distances.csv", encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["direction"] != "together":
                    moves[row["account"]] = row
    return moves, probabilities


def days_of(data, first, last):
    return [
        (datetime.datetime.fromtimestamp(int(row["open_time"]) // 1000, UTC) + datetime.timedelta(days=1), float(row["close"]))
        for row in read(data)
        if first <= datetime.datetime.fromtimestamp(int(row["open_time"]) // 1000, UTC) + datetime.timedelta(days=1) <= last
    ]


def score(title, users, probabilities, crossed, start):
    print(f"\n### {title}\n")
    print("| within | users | forecast | would have been liquidated | Brier | Brier of the base rate | AUC |")
    print("|---|---|---|---|---|---|---|")
    for days in HORIZONS:
        end = start + datetime.timedelta(days=days)
        pairs = [
            (probabilities[days, user.name], crossed[user.name] is not None and crossed[user.name] <= end)
            for user in users
            if (days, user.name) in probabilities
        ]
        count = len(pairs)
        events = sum(event for _, event in pairs)
        rate = events / count
        brier = sum((p - event) ** 2 for p, event in pairs) / count
        auc = "–"
        if 0 < events < count:
            wins = sum(
                1 if one > other else 0.5 if one == other else 0
                for one, event in pairs if event
                for other, rest in pairs if not rest
            )
            auc = f"{wins / (events * (count - events)):.3f}"
        print(
            f"| {days} days | {count} | {sum(p for p, _ in pairs):.1f} | {events} | {brier:.4f} "
            f"| {rate * (1 - rate):.4f} | {auc} |"
        )


def bins(users, probabilities, crossed, start, days):
    print(f"\nWhat came of the probabilities of {days} days:\n")
    print("| probability | users | mean probability | would have been liquidated |")
    print("|---|---|---|---|")
    end = start + datetime.timedelta(days=days)
    for low, high in zip([0, 0.01, 0.1, 0.3, 0.6, 0.9], [0.01, 0.1, 0.3, 0.6, 0.9, 1.01]):
        inside = [u for u in users if low <= probabilities.get((days, u.name), -1) < high]
        if not inside:
            continue
        mean = sum(probabilities[days, u.name] for u in inside) / len(inside)
        events = sum(1 for u in inside if crossed[u.name] is not None and crossed[u.name] <= end)
        print(f"| {low:.2f} to {min(high, 1):.2f} | {len(inside)} | {mean:.3f} | {events} ({events / len(inside):.2f}) |")


def agreement(users, moves, closed):
    """The largest relative distance of the program's prices from the closed form."""
    worst, count, missed = 0.0, 0, 0
    for user in users:
        move, row = closed(user), moves.get(user.name)
        if move is None or row is None:
            continue
        price = row.get("liquidation_price_down_usd") or ""
        if not price:
            missed += 1
            continue
        count += 1
        worst = max(worst, abs(float(price) / (float(row["price_usd"]) * (1 + move)) - 1))
    return worst, count, missed


def main():
    program, data, work = sys.argv[1], Path(sys.argv[2]).resolve(), Path(sys.argv[3])
    work.mkdir(parents=True, exist_ok=True)
    start = snapshot(data)
    users = [User(file, row) for file in FILES for row in read(data / f"accounts/aave_{file}_2023-06.csv.gz")]
    left_out = [user for user in users if not user.fits]
    write(work / "left_out.csv", ["user", "collateral_gap", "debt_gap"], [[u.name, *u.gaps] for u in left_out])
    fitting = [user for user in users if user.fits]
    print(f"Prices of the files are those of {start:%d %B %Y %H:%M} UTC.\n")
    print("| file | users | parts fit totals within 1 % | left out |")
    print("|---|---|---|---|")
    for file in FILES:
        own = [user for user in users if user.file == file]
        good = sum(user.fits for user in own)
        print(f"| {file} | {len(own)} | {good} | {len(own) - good} |")

    # Against the price of ETH: all whose debt is not in ETH alone.
    against_usd = [u for u in fitting if u.stable_debt + u.wbtc_debt > 0.01 * u.eth_debt and u.health >= 1]
    prices = days_of(data / "prices_daily/ETH_binance_spot_1d_2017_2026.csv.gz", datetime.datetime(2018, 1, 1, tzinfo=UTC), start)
    bitcoin = dict(days_of(data / "prices_daily/BTC_binance_spot_1d_2017_2026.csv.gz", datetime.datetime(2018, 1, 1, tzinfo=UTC), start))
    folder = work / "usd"
    book(
        folder, start, {"ETH": ETH_USD, "STETH": ETH_USD, "WBTC": BTC_USD, "USDC": 1}, ["ETH"],
        {
            u.name: {"STETH": u.staked, "ETH": u.eth - u.eth_debt, "WBTC": u.wbtc - u.wbtc_debt, "USDC": u.stable - u.stable_debt}
            for u in against_usd
        },
        (["spot:ETH", "spot:WBTC"], [[t.strftime("%Y-%m-%dT%H:%MZ"), p, bitcoin.get(t, "")] for t, p in prices]),
        tracked={"STETH"},
    )
    moves, probabilities = study(program, folder, len(against_usd))
    worst, count, missed = agreement(against_usd, moves, User.fall)
    print(f"\nOf {len(against_usd)} users who owe dollars or bitcoin, {count} have a price of ETH at which they are liquidated; "
          f"the program's differs from the closed form by at most {worst:.0e} of it ({missed} lie beyond the sweep).")
    lows = [(t + HOUR, float(row["low"])) for t, row in bars(data / "prices_hourly/ETH_binance_spot_1h_2021_2023.csv.gz")
            if start <= t < start + datetime.timedelta(days=max(HORIZONS))]
    crossed = {}
    for user in against_usd:
        move = user.fall()
        price = ETH_USD * (1 + move) if move is not None else 0
        crossed[user.name] = next((time for time, low in lows if low <= price), None)
    score("Debts in dollars or bitcoin, against the price of ETH", against_usd, probabilities, crossed, start)
    bins(against_usd, probabilities, crossed, start, 90)
    dates = {}
    for user in against_usd:
        if crossed[user.name] is not None:
            day = crossed[user.name].date()
            dates.setdefault(day, [0, 0.0])
            dates[day][0] += 1
            dates[day][1] += user.stable_debt + user.wbtc_debt + user.eth_debt
    calls = json.loads(gzip.open(data / "liquidations/aave_liquidations_subgraph_2023_2024.json.gz").read())["data"]["liquidates"]
    seen = {}
    for call in calls:
        day = datetime.datetime.fromtimestamp(int(call["timestamp"]), UTC).date()
        seen.setdefault(day, [0, 0.0])
        seen[day][0] += 1
        seen[day][1] += float(call["amountUSD"])
    print("\nDays on which they would have been liquidated, and large liquidations of all of Aave on that day:\n")
    print("| day | users | their debt, USD | large calls seen | their amount, USD |")
    print("|---|---|---|---|---|")
    for day, (count, debt) in sorted(dates.items()):
        large = seen.get(day, [0, 0.0])
        print(f"| {day} | {count} | {debt:,.0f} | {large[0]} | {large[1]:,.0f} |")

    # Against the price of staked ETH in ETH: who owes ETH alone. ETH is the money of this book.
    against_eth = [u for u in fitting if u.stable_debt + u.wbtc_debt <= 0.01 * u.eth_debt and u.health >= 1]
    daily = {}
    for row in read(data / "prices_daily/yahoo_crypto_daily_to_2024-12.csv.gz"):
        if row["asset"] in ("STETH-USD", "ETH-USD") and row["close"]:
            daily.setdefault(row["date"][:10], {})[row["asset"]] = float(row["close"])
    ratios = [
        (datetime.datetime.fromisoformat(date).replace(tzinfo=UTC) + datetime.timedelta(days=1), pair["STETH-USD"] / pair["ETH-USD"])
        for date, pair in sorted(daily.items()) if len(pair) == 2
    ]
    folder = work / "eth"
    book(
        folder, start, {"STETH": 1}, ["STETH"],
        {u.name: {"STETH": u.staked, "USD": u.eth + u.stable + u.wbtc - u.eth_debt - u.stable_debt - u.wbtc_debt} for u in against_eth},
        (["spot:STETH"], [[t.strftime("%Y-%m-%dT%H:%MZ"), r] for t, r in ratios if t <= start]),
    )
    moves, probabilities = study(program, folder, len(against_eth))

    def ratio(user):
        fixed = user.eth + user.stable + user.wbtc - user.eth_debt - user.stable_debt - user.wbtc_debt
        return -fixed / user.staked - 1 if fixed < 0 < user.staked else None

    worst, count, missed = agreement(against_eth, moves, ratio)
    later = [(t, r) for t, r in ratios if start < t <= start + datetime.timedelta(days=max(HORIZONS))]
    crossed = {
        u.name: next((t for t, r in later if ratio(u) is not None and r <= 1 + ratio(u)), None) for u in against_eth
    }
    print(f"\nOf {len(against_eth)} users who owe ETH alone, {count} have a price of staked ETH in ETH at which they are "
          f"liquidated; the program's differs from the closed form by at most {worst:.0e} of it ({missed} lie beyond the sweep). "
          f"The lowest close after the snapshot is {min(r for _, r in later):.4f}.")
    score("Debts in ETH, against the price of staked ETH in ETH", against_eth, probabilities, crossed, start)


main()
