"""Users of Aave in June 2023, what they held and owed, and a book of it. Used by aave.py."""
import csv
import datetime
import gzip

FILES = ["b1", "b2", "b3", "b1_v3", "b2_v3", "b3_v3"]
# Prices that version 3 had in the files, USD.
ETH_USD, BTC_USD = 1719.89763743, 26757.53028597
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
