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
import math
import subprocess
import sys
from pathlib import Path

FILES = ["b1", "b2", "b3", "b1_v3", "b2_v3", "b3_v3"]
# Prices that version 3 had in the files, USD.
ETH_USD, BTC_USD = 1719.89763743, 26757.53028597
HORIZONS = [30, 90, 180]
UTC = datetime.UTC
HOUR = datetime.timedelta(hours=1)
# Collateral and debts are entered at what they count for, so that the rule weighs them once more by one.
PARAMETERS = """family: aave
name: aave
effective_from: 2023-01-01T00:00Z
terms:
  reserves:
    source: "weights of each user are in its amounts"
    value:
{reserves}
  modes: {{source: "none", value: {{}}}}
"""
RUN = """valuation_time: {time}
seed: 1
models: {{aave: parameters/aave.yaml}}
default_model: aave
scenario_sets:
  montecarlo: {{kind: monte_carlo, scenarios: 1024, horizon_days: 1, distribution: t}}
market: {{age_max: P1D}}
unmargined_max: 0.01
strict: true
outputs: {{csv: false, report: false, detail: none}}
"""


def read(path):
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path, columns, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def bars(path):
    return [(datetime.datetime.fromisoformat(row["ts_utc"].replace("Z", "+00:00")), row) for row in read(path)]


def snapshot(data):
    """The hour of June 2023 whose prices of ETH and BTC are nearest to those of the files."""
    btc = {time: float(row["close"]) for time, row in bars(data / "prices_hourly/BTC_binance_spot_1h_2020_2023.csv.gz")}
    found = min(
        (abs(float(row["close"]) / ETH_USD - 1) + abs(btc[time] / BTC_USD - 1), time)
        for time, row in bars(data / "prices_hourly/ETH_binance_spot_1h_2021_2023.csv.gz")
        if (time.year, time.month) == (2023, 6) and time in btc
    )
    return found[1] + HOUR


class User:
    """A user's collateral and debts by what moves them, USD; collateral at its liquidation threshold."""

    def __init__(self, file, row):
        def number(name):
            return float(row.get(name) or 0)

        is_v3 = file.endswith("v3")
        unit = 1 if is_v3 else ETH_USD
        self.file, self.name = file, f"{file}-{row['user']}"
        self.health = number("healthf")
        collateral = number("collateral") * unit
        debt = number("debt") * unit
        self.staked = number("collateral_steth_calc") * unit
        stable = number("collateral_stable_calc") * unit
        wbtc = number("collateral_wbtc_calc") * unit
        eth = sum(number(name) for name in ("collateral_eth_calc", "collateral_reth_calc", "collateral_cbeth_calc")) * unit
        self.eth_debt = number("ethdebt_calc" if is_v3 else "ethdebt") * unit
        self.stable_debt = number("debt_stable_calc") * unit
        self.wbtc_debt = number("debt_wbtc_calc") * unit
        parts = self.staked + stable + wbtc + eth
        owed = self.eth_debt + self.stable_debt + self.wbtc_debt
        self.fits = collateral > 0 and debt > 0 and abs(parts / collateral - 1) < 0.01 and abs(owed / debt - 1) < 0.01
        self.gaps = (parts / collateral - 1 if collateral else 0, owed / debt - 1 if debt else 0)
        if not self.fits:
            return
        # The parts are scaled to the totals, and all collateral has the user's own threshold.
        threshold = number("threshold") / 10_000
        self.staked, stable, wbtc, eth = (part * threshold * collateral / parts for part in (self.staked, stable, wbtc, eth))
        self.eth_debt, self.stable_debt, self.wbtc_debt = (
            part * debt / owed for part in (self.eth_debt, self.stable_debt, self.wbtc_debt)
        )
        self.stable, self.wbtc, self.eth = stable, wbtc, eth

    def fall(self):
        """Relative move of the price of ETH, with all that is staked, at which weighted collateral equals debt; None where none."""
        slope = self.staked + self.eth - self.eth_debt
        fixed = self.stable + self.wbtc - self.stable_debt - self.wbtc_debt
        if slope <= 0 or fixed >= 0:
            return None
        return -fixed / slope - 1


def book(folder, time, assets, instruments, accounts, history, tracked=()):
    """A book of lending accounts. assets {name: price}, accounts {name: {asset: USD}}, history (factors, rows)."""
    stamp = time.strftime("%Y-%m-%dT%H:%MZ")
    lines = "\n".join(f"      {asset}: {{ltv: 0.999999, threshold: 1, bonus: 1.05}}" for asset in sorted({*assets, "USD"}))
    (folder / "parameters").mkdir(parents=True, exist_ok=True)
    (folder / "parameters/aave.yaml").write_text(PARAMETERS.format(reserves=lines))
    (folder / "run.yaml").write_text(RUN.format(time=stamp))
    write(
        folder / "market/assets.csv",
        ["asset", "price_usd", "tracks"],
        [[asset, price, "ETH" if asset in tracked else ""] for asset, price in assets.items()],
    )
    write(folder / "market/forwards.csv", ["underlying", "quote", "expiry", "forward"], [])
    write(folder / "market/vols.csv", ["underlying", "expiry", "strike", "vol"], [])
    # What is swept are the underlyings of instruments; nobody holds these.
    write(
        folder / "instruments.csv",
        ["instrument", "kind", "underlying", "quote", "settlement", "multiplier"],
        [[f"{asset}-PERPETUAL", "perpetual", asset, "USD", "USD", 1] for asset in instruments],
    )
    write(
        folder / "market/marks.csv",
        ["instrument", "mark"],
        [[f"{asset}-PERPETUAL", assets[asset]] for asset in instruments],
    )
    factors, rows = history
    write(folder / "market/history.csv", ["time", *factors], rows)
    write(folder / "positions.csv", ["account", "instrument", "quantity"], [])
    write(
        folder / "balances.csv",
        ["account", "asset", "amount"],
        [
            [name, asset, repr(usd / assets.get(asset, 1))]
            for name, held in sorted(accounts.items())
            for asset, usd in held.items()
            if usd != 0
        ],
    )


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
