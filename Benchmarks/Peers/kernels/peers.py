"""Peers in Python: the work of each kernel as a specialist writes it with NumPy, SciPy, numba,
polars, pandas and two solvers for implied volatility.

usage: peers.py CONTESTANT KERNEL WORK

Loads the inputs, computes once, writes WORK/answers/CONTESTANT-KERNEL.f64, prints "ready"; then for
every line "go" works for a tenth of a second or more and prints seconds per element.
"""

import math
import pathlib
import sys
import time

import numpy as np

SCENARIOS = 1024
TILE = 64
SQRT_2PI = math.sqrt(2 * math.pi)


def load(work, name, kind="<f8"):
    return np.fromfile(work / name, dtype=kind)


def option_inputs(work, prefix):
    names = ("forward", "strike", "expiry_years", "sign")
    return [load(work, f"{prefix}_{name}.f64") for name in names]


# Each contestant is a function (work folder) -> (pass, answer, elements); `pass` does the work.


def numpy_exp(work):
    return numpy_elementary(work, "exp", np.exp)


def numpy_log(work):
    return numpy_elementary(work, "log", np.log)


def numpy_elementary(work, name, function):
    x = load(work, f"{name}_x.f64")
    y = np.empty_like(x)
    return (lambda: function(x, out=y)), (lambda: y), x.size


def numpy_normal_cdf(work):
    from scipy.special import ndtr

    return numpy_elementary(work, "normal_cdf", ndtr)


def numpy_normal_quantile(work):
    from scipy.special import ndtri

    return numpy_elementary(work, "normal_quantile", ndtri)


def numpy_greeks(work):
    from scipy.special import ndtr

    forward, strike, years, sign = option_inputs(work, "option")
    volatility = load(work, "option_volatility.f64")
    out = np.empty((5, forward.size))

    def work_once():
        root = np.sqrt(years)
        deviation = volatility * root
        d1 = np.log(forward / strike) / deviation + 0.5 * deviation
        density = np.exp(-0.5 * d1 * d1) / SQRT_2PI
        cdf1 = ndtr(sign * d1)
        cdf2 = ndtr(sign * (d1 - deviation))
        out[0] = sign * (forward * cdf1 - strike * cdf2)
        out[1] = sign * cdf1
        out[2] = density / (forward * deviation)
        out[3] = forward * density * root
        out[4] = -0.5 * forward * density * volatility / root

    return work_once, (lambda: out), forward.size


def numpy_revaluation(work):
    from scipy.special import ndtr

    forward, volatility = load(work, "reval_forward.f64"), load(work, "reval_volatility.f64")
    strikes, years = load(work, "reval_strike.f64"), load(work, "reval_expiry_years.f64")
    signs = load(work, "reval_sign.f64")
    out = np.empty((strikes.size, forward.size))

    def work_once():
        # One option after another: the arrays of a row stay in the cache.
        for index in range(strikes.size):
            deviation = volatility * math.sqrt(years[index])
            d1 = np.log(forward / strikes[index]) / deviation + 0.5 * deviation
            sign = signs[index]
            out[index] = sign * (
                forward * ndtr(sign * d1) - strikes[index] * ndtr(sign * (d1 - deviation))
            )

    return work_once, (lambda: out), out.size


def numpy_normals(work):
    generator = np.random.Generator(np.random.Philox(9))
    out = np.empty(SCENARIOS * 64)
    return (lambda: generator.standard_normal(out=out)), (lambda: out), out.size


def readings(profits, out, first):
    """Worst, scenario, VaR 99 % and ES 97.5 % of rows of profits."""
    rows = slice(first, first + profits.shape[0])
    out[1, rows] = profits.argmin(axis=1)
    tail = np.partition(profits, 25, axis=1)[:, :26]
    tail.sort(axis=1)
    out[0, rows] = tail[:, 0]
    out[2, rows] = -tail[:, 10]
    out[3, rows] = -(tail[:, :25].sum(axis=1) + 0.6 * tail[:, 25]) / 25.6


def by_instrument(tiles, columns):
    """[tiles][columns][64] as [columns, scenarios]."""
    rows = tiles.reshape(-1, columns, TILE).swapaxes(0, 1)
    return np.ascontiguousarray(rows.reshape(columns, -1))


def scipy_sparse(work, name):
    from scipy.sparse import csr_array

    profits = by_instrument(load(work, f"{name}.f64"), 2000)
    offsets = load(work, "sparse_offsets.i64", "<i8")
    columns = load(work, "sparse_columns.i32", "<i4")
    quantities = csr_array((load(work, "sparse_quantities.f64"), columns, offsets),
                           shape=(offsets.size - 1, 2000))
    out = np.empty((4, offsets.size - 1))

    def work_once():
        # 256 accounts at a time: their rows stay in the cache for the selection.
        for first in range(0, offsets.size - 1, 256):
            readings(quantities[first:first + 256] @ profits, out, first)

    return work_once, (lambda: out), offsets.size - 1


def numpy_dense(work, terms):
    panel = by_instrument(load(work, f"dense_{terms}_panel.f64"), terms)
    coefficients = load(work, f"dense_{terms}_coefficients.f64").reshape(-1, terms)
    out = np.empty((4, coefficients.shape[0]))

    def work_once():
        for first in range(0, coefficients.shape[0], 256):
            readings(coefficients[first:first + 256] @ panel, out, first)

    return work_once, (lambda: out), coefficients.shape[0]


def numba_loops():
    """Loops without calls, which LLVM vectorises. Logarithms and exponentials stay with NumPy,
    which has vector ones: numba's wheels bring no such library, and a scalar erfc is slow."""
    from numba import njit

    compiled = njit(fastmath=True, error_model="numpy", cache=True)

    @njit(fastmath=True, error_model="numpy", inline="always")
    def tail_ratio(signed_x):
        # The normal's upper tail at |x| over exp(-x^2 / 2) (Hart 1968, 5666; West 2005).
        x = abs(signed_x)
        above = 3.52624965998911e-2 * x + 0.700383064443688
        above = ((above * x + 6.37396220353165) * x + 33.912866078383) * x + 112.079291497871
        above = (above * x + 221.213596169931) * x + 220.206867912376
        below = (8.83883476483184e-2 * x + 1.75566716318264) * x + 16.064177579207
        below = ((below * x + 86.7807322029461) * x + 296.564248779674) * x + 637.333633378831
        return above / ((below * x + 793.826512519948) * x + 440.413735824752)

    @compiled
    def ratios(forward, strike, out):
        for i in range(out.size):
            out[i] = forward[i] / strike[i]

    @compiled
    def powers(moneyness, years, volatility, d1, out):
        for i in range(out.size):
            deviation = volatility[i] * math.sqrt(years[i])
            d1[i] = moneyness[i] / deviation + 0.5 * deviation
            out[i] = -0.5 * d1[i] * d1[i]

    @compiled
    def greeks(forward, strike, years, sign, volatility, d1, bell, out):
        value, delta, gamma, vega, theta = out[0], out[1], out[2], out[3], out[4]
        for i in range(bell.size):
            root = math.sqrt(years[i])
            deviation = volatility[i] * root
            d2, inverse = d1[i] - deviation, 1 / deviation
            # F phi(d1) = K phi(d2): one exponential serves both.
            forward_bell = forward[i] * bell[i]
            tail1, tail2 = bell[i] * tail_ratio(d1[i]), forward_bell * tail_ratio(d2)
            normal1 = 1 - tail1 if sign[i] * d1[i] > 0 else tail1
            strike_normal2 = strike[i] - tail2 if sign[i] * d2 > 0 else tail2
            density = forward_bell * (1 / SQRT_2PI)
            value[i] = sign[i] * (forward[i] * normal1 - strike_normal2)
            delta[i] = sign[i] * normal1
            gamma[i] = bell[i] * (1 / SQRT_2PI) * inverse / forward[i]
            vega[i] = density * root
            theta[i] = -0.5 * density * volatility[i] * volatility[i] * inverse

    @compiled
    def scenario_powers(moneyness, volatility, inverse_volatility, log_strikes, roots, d1, out):
        for k in range(roots.size):
            inverse_root, half_root, log_strike = 1 / roots[k], 0.5 * roots[k], log_strikes[k]
            for i in range(moneyness.size):
                d = (moneyness[i] - log_strike) * inverse_volatility[i] * inverse_root
                d += half_root * volatility[i]
                d1[k, i] = d
                out[k, i] = -0.5 * d * d

    @compiled
    def scenario_values(forward, volatility, strikes, roots, signs, d1, bell, out):
        for k in range(strikes.size):
            root, strike, sign = roots[k], strikes[k], signs[k]
            for i in range(forward.size):
                d2, forward_bell = d1[k, i] - root * volatility[i], forward[i] * bell[k, i]
                tail1, tail2 = forward_bell * tail_ratio(d1[k, i]), forward_bell * tail_ratio(d2)
                first = forward[i] - tail1 if sign * d1[k, i] > 0 else tail1
                second = strike - tail2 if sign * d2 > 0 else tail2
                out[k, i] = sign * (first - second)

    return ratios, powers, greeks, scenario_powers, scenario_values


def numba_greeks(work):
    ratios, powers, greeks, _, _ = numba_loops()
    forward, strike, years, sign = option_inputs(work, "option")
    volatility = load(work, "option_volatility.f64")
    d1, bell = np.empty_like(forward), np.empty_like(forward)
    out = np.empty((5, forward.size))

    def work_once():
        ratios(forward, strike, bell)
        np.log(bell, out=bell)
        powers(bell, years, volatility, d1, bell)
        np.exp(bell, out=bell)
        greeks(forward, strike, years, sign, volatility, d1, bell, out)

    return work_once, (lambda: out), forward.size


def numba_revaluation(work):
    _, _, _, scenario_powers, scenario_values = numba_loops()
    names = ("forward", "volatility", "strike", "expiry_years", "sign")
    forward, volatility, strikes, years, signs = (load(work, f"reval_{n}.f64") for n in names)
    # Options at a time: their cells stay in L2, and a call from Python costs little of a cell.
    block = 16
    d1 = np.empty((block, forward.size))
    bell = np.empty_like(d1)
    out = np.empty((strikes.size, forward.size))

    def work_once():
        moneyness, inverse_volatility = np.log(forward), 1 / volatility
        log_strikes, roots = np.log(strikes), np.sqrt(years)
        for first in range(0, strikes.size, block):
            part = slice(first, first + block)
            scenario_powers(moneyness, volatility, inverse_volatility, log_strikes[part],
                            roots[part], d1, bell)
            np.exp(bell, out=bell)
            scenario_values(forward, volatility, strikes[part], roots[part], signs[part], d1, bell,
                            out[part])

    return work_once, (lambda: out), out.size


def numba_products():
    from numba import njit

    compiled = njit(fastmath=True, error_model="numpy", cache=True)

    @compiled
    def read(row, kept, out, account):
        # The 26th smallest of the minima of 32 lanes is no less than the 26th smallest profit.
        lowest = row[:32].copy()
        for s in range(32, row.size, 32):
            for lane in range(32):
                lowest[lane] = min(lowest[lane], row[s + lane])
        threshold, count = np.sort(lowest)[25], 0
        for s in range(row.size):
            kept[count] = row[s]
            count += row[s] <= threshold
        tail = np.sort(kept[:count])
        scenario, total = 0, 0.6 * tail[25]
        while row[scenario] != tail[0]:
            scenario += 1
        for i in range(25):
            total += tail[i]
        out[0, account], out[1, account] = tail[0], scenario
        out[2, account], out[3, account] = -tail[10], -total / 25.6

    @compiled
    def sparse(offsets, columns, quantities, profits, out):
        row, kept = np.empty(profits.shape[1]), np.empty(profits.shape[1] + 1)
        for account in range(offsets.size - 1):
            entry, end = offsets[account], offsets[account + 1]
            row[:] = 0
            # By fours: the row is loaded and stored once for four entries.
            while entry + 4 <= end:
                p0, p1 = profits[columns[entry]], profits[columns[entry + 1]]
                p2, p3 = profits[columns[entry + 2]], profits[columns[entry + 3]]
                q0, q1 = quantities[entry], quantities[entry + 1]
                q2, q3 = quantities[entry + 2], quantities[entry + 3]
                for s in range(row.size):
                    row[s] += q0 * p0[s] + q1 * p1[s] + q2 * p2[s] + q3 * p3[s]
                entry += 4
            while entry < end:
                p0, q0 = profits[columns[entry]], quantities[entry]
                for s in range(row.size):
                    row[s] += q0 * p0[s]
                entry += 1
            read(row, kept, out, account)

    @compiled
    def read_all(profits, first, out):
        kept = np.empty(profits.shape[1] + 1)
        for i in range(profits.shape[0]):
            read(profits[i], kept, out, first + i)

    return sparse, read_all


def numba_sparse(work, name):
    sparse, _ = numba_products()
    profits = by_instrument(load(work, f"{name}.f64"), 2000)
    offsets = load(work, "sparse_offsets.i64", "<i8")
    columns = load(work, "sparse_columns.i32", "<i4")
    quantities = load(work, "sparse_quantities.f64")
    out = np.empty((4, offsets.size - 1))
    return (lambda: sparse(offsets, columns, quantities, profits, out)), (lambda: out), out.shape[1]


def numba_dense(work, terms):
    _, read_all = numba_products()
    panel = by_instrument(load(work, f"dense_{terms}_panel.f64"), terms)
    coefficients = load(work, f"dense_{terms}_coefficients.f64").reshape(-1, terms)
    block = 256
    profits = np.empty((block, SCENARIOS))
    out = np.empty((4, coefficients.shape[0]))

    def work_once():
        for first in range(0, out.shape[1], block):
            np.matmul(coefficients[first:first + block], panel, out=profits)
            read_all(profits, first, out)

    return work_once, (lambda: out), out.shape[1]


def implied_inputs(work):
    """Each price with forward and strike as of a call: a put is one with the two exchanged."""
    forward, strike, years, sign = option_inputs(work, "implied")
    price = load(work, "implied_price.f64")
    is_call = sign > 0
    return (price, np.where(is_call, forward, strike), np.where(is_call, strike, forward), years)


def lbriv_roots(work):
    from lbriv.black_core import vectorized_implied_vol_strikes

    price, forward, strike, years = implied_inputs(work)
    out = np.empty(price.size)

    def work_once():
        # It takes one forward for all strikes: prices and strikes by their forward.
        deviation = vectorized_implied_vol_strikes(price / forward, 1.0, strike / forward, 1)
        np.divide(deviation, np.sqrt(years), out=out)

    return work_once, (lambda: out), out.size


def iv_engine_roots(work):
    from iv_engine import normalised_implied_volatilities

    price, forward, strike, years = implied_inputs(work)
    out = np.empty(price.size)

    def work_once():
        # Without its checks of each argument's shape; the last argument: on one thread.
        deviation = normalised_implied_volatilities(
            price / np.sqrt(forward * strike), np.log(forward / strike), True, False
        )
        np.divide(deviation, np.sqrt(years), out=out)

    return work_once, (lambda: out), out.size


def polars_csv(work):
    import polars

    path = work / "positions.csv"
    known = polars.Enum(polars.read_csv(work / "instruments.csv")["instrument"])
    types = {"account": polars.String, "instrument": known, "quantity": polars.Float64}
    out = [0.0] * 3

    def work_once():
        # Reading raises for an unknown instrument and for text that is no number.
        table = polars.scan_csv(path, schema=types).collect(engine="streaming")
        if not table["quantity"].is_finite().all():
            raise ValueError("a quantity is no number")
        account = table["account"]
        begins = account.ne_missing(account.shift(1))
        names = account.filter(begins)
        if names.n_unique() != names.len():
            raise ValueError("rows of an account stand apart")
        out[:] = [table.height, names.len(), table["quantity"].sum()]

    return work_once, (lambda: np.array(out)), path.stat().st_size


def pandas_csv(work):
    import pandas
    import pyarrow
    from pyarrow import csv

    path = work / "positions.csv"
    known = pandas.CategoricalDtype(pandas.read_csv(work / "instruments.csv")["instrument"])
    # Arrow's reader, which is faster than pandas' own and takes instruments as codes.
    types = {"account": pyarrow.string(), "quantity": pyarrow.float64(),
             "instrument": pyarrow.dictionary(pyarrow.int32(), pyarrow.string())}
    convert = csv.ConvertOptions(column_types=types)
    out = [0.0] * 3

    def work_once():
        reading = csv.ReadOptions(use_threads=False, block_size=1 << 20)
        arrow = csv.read_csv(path, read_options=reading, convert_options=convert)
        table = arrow.unify_dictionaries().to_pandas(use_threads=False)
        codes = table["instrument"].astype(known)
        if codes.isna().any() or not np.isfinite(table["quantity"]).all():
            raise ValueError("an instrument is unknown or a quantity is no number")
        _, names = pandas.factorize(table["account"])
        out[:] = [len(table), len(names), table["quantity"].sum()]

    return work_once, (lambda: np.array(out)), path.stat().st_size


CONTESTANTS = {
    ("numpy_scipy", "exp"): numpy_exp,
    ("numpy_scipy", "log"): numpy_log,
    ("numpy_scipy", "normal_cdf"): numpy_normal_cdf,
    ("numpy_scipy", "normal_quantile"): numpy_normal_quantile,
    ("numpy_scipy", "black76_greeks"): numpy_greeks,
    ("numpy_scipy", "black76_value"): numpy_revaluation,
    ("numpy_scipy", "sparse_gauss"): lambda work: scipy_sparse(work, "sparse_gauss"),
    ("numpy_scipy", "sparse_heavy"): lambda work: scipy_sparse(work, "sparse_heavy"),
    ("numpy_scipy", "dense_20"): lambda work: numpy_dense(work, 20),
    ("numpy_scipy", "dense_50"): lambda work: numpy_dense(work, 50),
    ("numpy_scipy", "dense_100"): lambda work: numpy_dense(work, 100),
    ("numpy_scipy", "dense_200"): lambda work: numpy_dense(work, 200),
    ("numpy_scipy", "normals"): numpy_normals,
    ("numba", "black76_greeks"): numba_greeks,
    ("numba", "black76_value"): numba_revaluation,
    ("numba", "sparse_gauss"): lambda work: numba_sparse(work, "sparse_gauss"),
    ("numba", "sparse_heavy"): lambda work: numba_sparse(work, "sparse_heavy"),
    ("numba", "dense_20"): lambda work: numba_dense(work, 20),
    ("numba", "dense_50"): lambda work: numba_dense(work, 50),
    ("numba", "dense_100"): lambda work: numba_dense(work, 100),
    ("numba", "dense_200"): lambda work: numba_dense(work, 200),
    ("lbriv", "implied_volatility"): lbriv_roots,
    ("iv_engine", "implied_volatility"): iv_engine_roots,
    ("polars", "csv"): polars_csv,
    ("pandas", "csv"): pandas_csv,
}


def seconds_per_element(work_once, elements):
    passes = 1
    while True:
        start = time.perf_counter()
        for _ in range(passes):
            work_once()
        seconds = time.perf_counter() - start
        if seconds >= 0.1:
            return seconds / passes / elements
        passes = passes * 10 if seconds < 0.01 else int(passes * 0.12 / seconds) + 1


def main():
    if len(sys.argv) != 4 or (sys.argv[1], sys.argv[2]) not in CONTESTANTS:
        known = ", ".join(f"{contestant} {kernel}" for contestant, kernel in CONTESTANTS)
        sys.exit(f"usage: peers.py CONTESTANT KERNEL WORK\nthere are: {known}")
    contestant, kernel, work = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    work_once, answer, elements = CONTESTANTS[contestant, kernel](work)
    work_once()
    answers = work / "answers"
    answers.mkdir(exist_ok=True)
    np.asarray(answer(), dtype="<f8").tofile(answers / f"{contestant}-{kernel}.f64")
    print("ready", flush=True)
    for line in sys.stdin:
        if line.strip() != "go":
            break
        print(seconds_per_element(work_once, elements), flush=True)


if __name__ == "__main__":
    main()
