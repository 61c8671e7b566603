"""Backtests seven books over the daily and hourly past of BTC and ETH and prints a table.

usage: backtest.py CROSSMARGIN DATA WORK

CROSSMARGIN is the program, DATA a folder with the price and option files named below, WORK an empty folder for the two books
and their results. Needs Python 3.11 or later and nothing else.
"""

import csv
import datetime
import gzip
import pathlib
import subprocess
import sys

HOUR = datetime.timedelta(hours=1)

# Balances and contracts of each book; linear contracts are coins, inverse ones USD.
BOOKS = {
    "long": ({"USD": 400_000}, {"BTC-LINEAR": 10, "ETH-LINEAR": 100}),
    "short": ({"USD": 400_000}, {"BTC-LINEAR": -10, "ETH-LINEAR": -100}),
    "hedged": ({"BTC": 10}, {"BTC-PERPETUAL": -684_000}),
    "spread": ({"USD": 400_000}, {"BTC-LINEAR": 10, "ETH-LINEAR": -336}),
    "mixed": ({"BTC": 4, "ETH": 150, "USDC": 500_000}, {"BTC-LINEAR": 6, "ETH-LINEAR": -40}),
    "straddle": ({"USD": 400_000}, {"BTC-29MAY26-76000-C": 10, "BTC-29MAY26-76000-P": 10}),
    "strangle": ({"USD": 800_000}, {"BTC-29MAY26-90000-C": -10, "BTC-29MAY26-65000-P": -10}),
}


def read(path):
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def append(path, rows):
    """Adds rows to a table of a book, by the columns that it has."""
    with open(path, encoding="utf-8", newline="") as file:
        columns = next(csv.reader(file))
    with open(path, "a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, columns, restval="", lineterminator="\n").writerows(rows)


def fill(book):
    """Adds linear perpetuals and the accounts to an imported market."""
    with open(book / "market/assets.csv", encoding="utf-8", newline="") as file:
        prices = {row["asset"]: row["price_usd"] for row in csv.DictReader(file)}
    append(
        book / "instruments.csv",
        [
            {
                "instrument": f"{coin}-LINEAR",
                "kind": "perpetual",
                "underlying": coin,
                "quote": "USD",
                "settlement": "USD",
                "multiplier": 1,
            }
            for coin in ("BTC", "ETH")
        ],
    )
    append(book / "market/marks.csv", [{"instrument": f"{c}-LINEAR", "mark": prices[c]} for c in ("BTC", "ETH")])
    append(book / "accounts.csv", [{"account": name} for name in BOOKS])
    for name, (balances, contracts) in BOOKS.items():
        append(
            book / "balances.csv",
            [{"account": name, "asset": asset, "amount": amount} for asset, amount in balances.items()],
        )
        append(
            book / "positions.csv",
            [{"account": name, "instrument": contract, "quantity": size} for contract, size in contracts.items()],
        )


def make_daily(program, data, book):
    prices = data / "prices_daily"
    options = data / "options"
    months = ["202512", "202601", "202602", "202603", "202604"]
    panels = [options / f"deribit_chain_panel_daily_{month}.csv.gz" for month in months]
    factors = {
        "spot:BTC": prices / "BTC_binance_spot_1d_2017_2026.csv.gz",
        "spot:ETH": prices / "ETH_binance_spot_1d_2017_2026.csv.gz",
        "spot:USDC": f"{prices}/yahoo_crypto_daily_to_2024-12.csv.gz@USDC-USD",
        "spot:USDX": data / "prices_hourly/USDC_usdt_1h_2025_2026.csv.gz",
        "vol:BTC": options / "dvol_btc_1h_2021_2025.csv.gz",
    }
    command = [program, "import", "--chain", panels[-1], "--at", "2026-04-30T11:05Z"]
    for factor, file in factors.items():
        command += ["--history", f"{factor}={file}"]
    for panel in panels:
        command += ["--panel", panel]
    command += ["--proxy", "spot:USDC=spot:USDX", "--history-hour", "0"]
    house = pathlib.Path(__file__).parents[2] / "Data/book/parameters/house.yaml"
    command += ["--parameters", f"house={house}", "--output", book]
    subprocess.run([str(word) for word in command], check=True, stdout=subprocess.DEVNULL)
    fill(book)


def closes(path):
    """Closing prices by the end of their hour."""
    return {
        datetime.datetime.fromisoformat(row["ts_utc"].replace("Z", "+00:00")) + HOUR: row["close"] for row in read(path)
    }


def make_hourly(daily, data, book):
    """The market of the daily book with an hourly past: BTC spot, then WBTC as its stand-in."""
    subprocess.run(["cp", "-r", str(daily), str(book)], check=True)
    prices = data / "prices_hourly"
    volatility = {
        datetime.datetime.fromisoformat(row["datetime_utc"].replace(" UTC", "+00:00")): float(row["dvol_open"]) / 100
        for row in read(data / "options/dvol_btc_1h_2021_2025.csv.gz")
    }
    columns = {
        "spot:BTC": closes(prices / "BTC_binance_spot_1h_2020_2023.csv.gz")
        | closes(prices / "BTC_binance_perp_1h_2022_2025.csv.gz"),
        "spot:ETH": closes(prices / "ETH_binance_perp_1h_2020_2026.csv.gz"),
        "spot:USDC": closes(prices / "USDC_usdt_1h_2025_2026.csv.gz"),
        "spot:WBTC": closes(prices / "WBTC_binance_spot_1h_2023_2026.csv.gz"),
        "vol:BTC": volatility,
    }
    times = sorted(set().union(*columns.values()))
    with open(book / "market/history.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["time", *columns])
        for time in times:
            if time.minute == 0 and time <= datetime.datetime(2026, 4, 30, tzinfo=datetime.UTC):
                levels = [column.get(time, "") for column in columns.values()]
                writer.writerow([time.strftime("%Y-%m-%dT%H:%MZ"), *levels])
    run = (book / "run.yaml").read_text(encoding="utf-8")
    lines = [
        'history_proxies: {"spot:BTC": "spot:WBTC", "vol:ETH": "vol:BTC"}' if line.startswith("history_proxies") else line
        for line in run.splitlines()
    ]
    (book / "run.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def table(title, scores):
    print(f"\n{title}\n")
    print("| book | model | dates | beyond VaR (promised) | Kupiec p | Christoffersen p | zone | Z2 (5 % below) | peak to trough | largest rise |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for row in scores:
        if row["period"] != "all":
            continue
        print(
            f"| {row['account']} | {row['model']} | {row['dates']} | {row['exceedances']} ({float(row['expected_exceedances']):.1f}) "
            f"| {float(row['coverage_p']):.4f} | {float(row['independence_p']):.4f} | {row['zone']} "
            f"| {float(row['es_z2']):.2f} ({float(row['es_z2_critical']):.2f}) | {float(row['peak_to_trough']):.1f} "
            f"| {100 * float(row['largest_rise']):.0f} % |"
        )


def years(title, scores):
    """Losses beyond VaR over their promised number, by year, all books together."""
    shown = sorted({row["period"] for row in scores} - {"all"})
    print(f"\n{title}\n")
    print("| model | " + " | ".join(shown) + " |")
    print("|---" * (len(shown) + 1) + "|")
    for model in dict.fromkeys(row["model"] for row in scores):
        cells = []
        for year in shown:
            rows = [row for row in scores if row["model"] == model and row["period"] == year]
            found = sum(int(row["exceedances"]) for row in rows)
            promised = sum(float(row["expected_exceedances"]) for row in rows)
            cells.append(f"{found} ({promised:.1f})")
        print(f"| {model} | " + " | ".join(cells) + " |")


POLICIES = {
    "fixed": "fixed",
    "free": "free",
    "floor": "floor",
    "floor_steps": "floor, steps",
    "floor_steps_ramp": "floor, steps, ramp",
    "fixed_same_mean": "fixed, same mean",
}


def adaptive(rows):
    """Requirements that follow the market over the past of each asset."""
    print("\nRequirements that follow the market\n")
    print(
        "| asset | requirement | mean | peak to trough | largest rise in five days | moves covered | liquidated | in vain "
        "| by a rise | bad debt |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for row in rows:
        share = {name: f"{100 * float(row[name]):.2f} %" for name in row if name not in ("asset", "policy")}
        print(
            f"| {row['asset']} | {POLICIES[row['policy']]} | {share['mean_requirement']} "
            f"| {float(row['peak_to_trough']):.1f} | {share['largest_rise_of_five']} | {share['coverage']} "
            f"| {share['liquidated']} | {share['liquidated_in_vain']} | {share['liquidated_by_a_rise']} "
            f"| {100 * float(row['bad_debt']):.4f} % |"
        )


def main():
    program, data, work = sys.argv[1], pathlib.Path(sys.argv[2]).resolve(), pathlib.Path(sys.argv[3])
    daily, hourly = work / "daily", work / "hourly"
    make_daily(program, data, daily)
    make_hourly(daily, data, hourly)
    runs = {
        "One day, 99 % value at risk, 97.5 % expected shortfall": (daily, []),
        "One hour, the same": (hourly, ["--horizon-days", "0.0416666667", "--window", "2000", "--first", "1000"]),
    }
    for tool in ("buffer", "stress", "floor"):
        runs[f"One day, margins after the tool {tool}"] = (daily, ["--tool", tool])
    for title, (book, options) in runs.items():
        output = work / ("results-" + title.split(",")[0].replace(" ", "-") + "-" + (options[-1] if options else "none"))
        command = [program, "backtest", str(book), "--output", str(output), *options]
        for name in BOOKS:
            command += ["--account", name]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        with open(output / "scores.csv", encoding="utf-8", newline="") as file:
            scores = list(csv.DictReader(file))
        table(title, scores)
        if not options:
            with open(output / "adaptive.csv", encoding="utf-8", newline="") as file:
                adaptive(list(csv.DictReader(file)))
        if not options or "--horizon-days" in options:
            years(title + ": losses beyond value at risk by year (promised)", scores)


main()
