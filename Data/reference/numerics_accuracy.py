#!/usr/bin/env python3
"""Writes the tables of the accuracy tests: values of the kernels' functions from 50-digit arithmetic.

Usage: numerics_accuracy.py OUT [--count 10000] [--options 10000] [--seed 20260725] [--processes 2]
Needs mpmath 1.3, with gmpy2 for speed. The committed sample is `numerics_accuracy.py ../../Tests/Vectors/accuracy`;
the full measurement has --count 1000000 --options 100000 and takes some minutes. Both are read by the same
tests, the full one where CROSSMARGIN_ACCURACY names its folder.

OUT/NAME.f64 is a table: little-endian doubles, row-major. OUT/index.json says columns, rows and seed of each, and
carries the bounds that the tests allow, which are kept by hand in Tests/Vectors/accuracy/index.json.
Functions have the arguments, the true value rounded to double, and the remainder, true less rounded, so that
errors below one unit in the last place can be measured. Points whose value is zero, infinite or below the smallest
normal double are left out. Rows come in chunks of 1,000, each from its own seed: a table of fewer rows with the
same seed is the beginning of one with more, and the number of processes does not matter.

Shares of the options: 40 % ordinary (1 hour to 3 years, 10 to 200 % volatility, |d1| < 8), 10 % one minute to
expiry, 10 % with 200 to 500 % volatility, 15 % far wings (8 < |d1| < 37), 8 % within 1e-9 of the money, 7 % with a
total deviation s = sigma sqrt(T) from 1e-4 to 1e-2, 2 % with s from 1e-7 to 1e-4, 4 % with s from 3 to 8, 4 % deep in
the money (3 to 20 deviations). Calls and puts alike. Implied volatilities: half of the options out of the money,
half in the money, with the same shares; left out is where half a unit in the last place of the price moves the
volatility by more than a tenth.
"""
import argparse
import json
import math
import multiprocessing
import os
import sys
from array import array
from pathlib import Path
from random import Random

from mpmath import exp, log, mpf

import reference_functions as reference

CHUNK_ROWS = 1000
SMALLEST_NORMAL = sys.float_info.min
LARGEST = sys.float_info.max
MINUTE_YEARS = 1 / 525600
HOUR_YEARS = 1 / 8760
ATTAINABLE_MAX = 0.1
INDEX = Path(__file__).resolve().parents[2] / "Tests/Vectors/accuracy/index.json"


# Ways of drawing a number.


def uniform(low, high):
  return lambda g: g.uniform(low, high)


def spread(low, high, g):
  """Log-uniform."""
  return math.exp(g.uniform(math.log(low), math.log(high)))


def either(g):
  return g.choice([1.0, -1.0])


def around(places, g, width=1e-3):
  """Near one of the places, at distances from 1e-17 to `width` of it: where kernels change their branch."""
  return g.choice(places) * (1 + either(g) * spread(1e-17, width, g))


def small(g):
  return either(g) * spread(1e-20, 1, g)


def neighbours(x, count=3):
  """x and the doubles beside it."""
  above, below = [x], []
  for _ in range(count):
    above.append(math.nextafter(above[-1], math.inf))
    below.append(math.nextafter((below or above)[-1], -math.inf))
  return below + above


def mirrored(draw):
  return lambda g: -draw(g)


# Populations per function: shares, ways to draw the arguments, and points that always take part.

LN2 = math.log(2)
ROOT_HALF = math.sqrt(0.5)
# The ends of the centre and of the near tail of the usual rational approximations [Wichura 1988].
QUANTILE_SEAMS = [0.075, 0.925, math.exp(-25), 0.02425, 0.97575]

CDF = [
  (4, uniform(-38.5, 8.5)),
  (3, uniform(-3, 3)),
  (2, uniform(-8.5, 8.5)),
  (1, small),
]
CDF_EDGES = [x for c in (-37.5, -26.5, -8.3, -5.0, -1.0, 1.0, 5.0, 8.5) for x in neighbours(c)] + [
  0.0, 5e-324, 1e-300, -1e-300]


def mantissas(g):
  """Around 1 by up to eight octaves, where prices over prices lie."""
  return math.ldexp(g.uniform(1, 2), g.randint(-8, 8))


def positive(g):
  """Any positive double, subnormal ones included."""
  return math.ldexp(g.uniform(1, 2), g.randint(-1074, 1023))


def near_one(g):
  return 1 + either(g) * 2.0 ** -g.uniform(1, 52.9) if g.random() < 0.5 else g.uniform(0.7, 1.4)


def ratio_within(width):
  def draw(g):
    b = positive_normal(g) if g.random() < 0.5 else spread(1e-9, 1e9, g)
    return b * (1 + either(g) * spread(1e-16, width, g)), b
  return draw


def positive_normal(g):
  return math.ldexp(g.uniform(1, 2), g.randint(-1022, 1022))


FUNCTIONS = {
  "exp": (
    lambda x: exp(mpf(x)),
    [(4, uniform(-745, 709.78)), (3, uniform(-1, 1)), (1, small),
     (2, lambda g: around([(n + 0.5) * LN2 for n in range(-60, 60)], g))],
    [y for x in (709.782712893384, -708.396418532264, LN2 / 2, -LN2 / 2, 1.0, -1.0)
     for y in neighbours(x)] + [0.0, 5e-324, -5e-324, 2.0**-53, -(2.0**-54), 1e-300],
  ),
  "log": (
    lambda x: log(mpf(x)),
    [(5, near_one), (5, positive), (3, mantissas),
     (2, lambda g: around([ROOT_HALF, 2 * ROOT_HALF, 0.75, 1.5, 1.375, 0.6875], g))],
    neighbours(1.0, 40) + neighbours(ROOT_HALF) + neighbours(2 * ROOT_HALF) + [
      5e-324, 1e-323, SMALLEST_NORMAL, math.nextafter(SMALLEST_NORMAL, 0), LARGEST, 2.0, 0.5],
  ),
  "log_ratio": (
    reference.log_ratio,
    [(10, ratio_within(0.3)), (3, ratio_within(1e-8)),
     (9, lambda g: (positive_normal(g), positive_normal(g))),
     (8, lambda g: (mantissas(g) * 1e4, mantissas(g) * 1e4))],
    [(y, x) for x in (1.0, 3.0, 42_000.0, 1e-300) for y in neighbours(x)] + [
      (LARGEST, SMALLEST_NORMAL), (SMALLEST_NORMAL, LARGEST), (2.0, 1.0), (1.0, 2.0)],
  ),
  "normal_density": (
    reference.normal_density,
    [(5, uniform(-38.5, 38.5)), (4, uniform(-4, 4)), (1, small)],
    CDF_EDGES + [-x for x in CDF_EDGES],
  ),
  "normal_cdf": (reference.normal_cdf, CDF, CDF_EDGES),
  "normal_complement": (
    reference.normal_complement, [(w, mirrored(draw)) for w, draw in CDF], [-x for x in CDF_EDGES]),
  "normal_quantile": (
    reference.normal_quantile,
    [(4, lambda g: spread(1e-300, 1, g)), (3, uniform(0, 1)), (2, lambda g: 1 - 2.0 ** -g.uniform(1, 53)),
     (1, lambda g: 0.5 + either(g) * spread(1e-16, 1e-2, g)), (1, lambda g: around(QUANTILE_SEAMS, g))],
    [y for x in QUANTILE_SEAMS + [0.5, 1e-300, 1e-16, 1e-9] for y in neighbours(x)] + [
      1 - 2.0**-53, 1 - 2.0**-52, SMALLEST_NORMAL, 0.25, 0.75],
  ),
  "mills_ratio": (
    reference.mills_ratio,
    [(6, uniform(-8, 40)), (2, lambda g: spread(40, 1e6, g)), (1, small), (2, uniform(-1, 3))],
    [y for x in (-8.0, -1.0, 1.0, 5.0, 10.0, 40.0, 1e6) for y in neighbours(x)] + [0.0, 1e-300],
  ),
}


# Options.


def option(g, expiry, volatility, d1):
  """(forward, strike, expiry_years, volatility, sign) with about this d1."""
  deviation = volatility * math.sqrt(expiry)
  strike = spread(1e-3, 2e5, g)
  return strike * math.exp((d1 - deviation / 2) * deviation), strike, expiry, volatility, either(g)


def of_deviation(low, high, expiry_low, expiry_high):
  def draw(g):
    expiry = spread(expiry_low, expiry_high, g)
    return option(g, expiry, spread(low, high, g) / math.sqrt(expiry), g.uniform(-8, 8))
  return draw


def ordinary(g):
  return option(g, spread(HOUR_YEARS, 3, g), spread(0.1, 2, g), g.uniform(-8, 8))


def far_wing(g):
  expiry, volatility = spread(MINUTE_YEARS, 3, g), spread(0.1, 5, g)
  volatility = min(volatility, 2 / math.sqrt(expiry))
  return option(g, expiry, volatility, either(g) * g.uniform(8, 37))


def near_the_money(g):
  _, strike, expiry, volatility, sign = option(
    g, spread(MINUTE_YEARS, 3, g), spread(0.1, 5, g), 0)
  return strike * (1 + g.choice([0, 1, -1]) * spread(1e-16, 1e-9, g)), strike, expiry, volatility, sign


def deep_in_the_money(g):
  expiry = spread(HOUR_YEARS, 3, g)
  volatility = min(spread(0.1, 2, g), 1 / math.sqrt(expiry))
  distance = either(g) * g.uniform(3, 20)
  forward, strike, *_ = option(g, expiry, volatility, distance)
  return forward, strike, expiry, volatility, math.copysign(1, distance)


OPTIONS = [
  (40, ordinary),
  (10, lambda g: option(g, MINUTE_YEARS, spread(0.1, 5, g), g.uniform(-8, 8))),
  (10, lambda g: option(g, spread(MINUTE_YEARS, 3, g), g.uniform(2, 5), g.uniform(-8, 8))),
  (15, far_wing),
  (8, near_the_money),
  (7, of_deviation(1e-4, 1e-2, MINUTE_YEARS, 3)),
  (2, of_deviation(1e-7, 1e-4, MINUTE_YEARS, 3)),
  (4, of_deviation(3, 8, 0.5, 5)),
  (4, deep_in_the_money),
]


# Rows; None where the point is left out.


def representable(value):
  return SMALLEST_NORMAL <= abs(value) <= LARGEST


def function_row(name, arguments):
  value = FUNCTIONS[name][0](*arguments)
  if not representable(value):
    return None
  rounded = float(value)
  remainder = float(value - mpf(rounded))
  assert abs(remainder) <= math.ulp(rounded) / 2
  return [*arguments, rounded, remainder]


def option_row(arguments):
  values = reference.black_greeks(*arguments)
  if not all(representable(value) for value in values):
    return None
  return [*arguments, *map(float, values)]


def implied_row(arguments, in_the_money):
  forward, strike, expiry, volatility, _ = arguments
  sign = 1.0 if (forward > strike) == in_the_money else -1.0
  price, _, _, vega, *_ = reference.black_greeks(forward, strike, expiry, volatility, sign)
  if not representable(price) or price * mpf(2) ** -53 > ATTAINABLE_MAX * volatility * vega:
    return None
  price = float(price)
  solved = reference.implied_volatility(forward, strike, expiry, sign, price, volatility)
  if solved is None:
    return None
  return [forward, strike, expiry, sign, price, *map(float, solved)]


def is_argument(name, arguments):
  """Whether a drawn point lies in the domain of the function."""
  if name == "log":
    return 0 < arguments[0] <= LARGEST
  if name == "log_ratio":
    return all(SMALLEST_NORMAL <= x <= LARGEST for x in arguments)
  if name == "normal_quantile":
    return 0 < arguments[0] < 1
  return True


def draw(populations, g):
  weights, ways = zip(*populations)
  drawn = g.choices(ways, weights)[0](g)
  return drawn if isinstance(drawn, tuple) else (drawn,)


def candidates(name, chunk, g):
  """Endless arguments of one chunk; the first chunk of a function begins with its edges."""
  if name in FUNCTIONS and chunk == 0:
    for edge in FUNCTIONS[name][2]:
      yield edge if isinstance(edge, tuple) else (edge,)
  populations = FUNCTIONS[name][1] if name in FUNCTIONS else OPTIONS
  while True:
    yield draw(populations, g)


def chunk_bytes(task):
  name, chunk, count, seed = task
  g = Random(f"{seed}/{name}/{chunk}")
  rows = array("d")
  taken = 0
  for arguments in candidates(name, chunk, g):
    if taken == count:
      break
    if name == "options":
      row = option_row(arguments)
    elif name == "implied_volatility":
      row = implied_row(arguments, in_the_money=taken % 2 == 1)
    else:
      row = function_row(name, arguments) if is_argument(name, arguments) else None
    if row is not None:
      rows.extend(row)
      taken += 1
  if sys.byteorder == "big":
    rows.byteswap()
  return rows.tobytes()


def columns(name):
  if name == "options":
    return ["forward", "strike", "expiry_years", "volatility", "sign", *reference.GREEKS]
  if name == "implied_volatility":
    return ["forward", "strike", "expiry_years", "sign", "price", "volatility",
            "attainable_relative_error"]
  return (["a", "b"] if name == "log_ratio" else ["x"]) + ["value", "remainder"]


def write_table(name, count, seed, folder, pool):
  tasks = [(name, first // CHUNK_ROWS, min(CHUNK_ROWS, count - first), seed)
           for first in range(0, count, CHUNK_ROWS)]
  with open(folder / f"{name}.f64", "wb") as file:
    for part in pool.imap(chunk_bytes, tasks):
      file.write(part)
  return {"columns": columns(name), "rows": count, "seed": seed}


def main():
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument("out", type=Path)
  parser.add_argument("--count", type=int, default=10_000, help="points per function")
  parser.add_argument("--options", type=int, default=10_000, help="options and implied volatilities")
  parser.add_argument("--seed", type=int, default=20260725)
  parser.add_argument("--processes", type=int, choices=[1, 2], default=2)
  arguments = parser.parse_args()

  for chosen in range(4):
    g = Random(chosen)
    reference.check_derivatives(option(g, spread(0.01, 2, g), spread(0.2, 1.5, g), g.uniform(-2, 2)))
  allowed = json.loads(INDEX.read_text())["allowed"]
  arguments.out.mkdir(parents=True, exist_ok=True)
  tables = {}
  with multiprocessing.Pool(arguments.processes, os.nice, (10,)) as pool:
    for name in [*FUNCTIONS, "options", "implied_volatility"]:
      count = arguments.count if name in FUNCTIONS else arguments.options
      tables[name] = write_table(name, count, arguments.seed, arguments.out, pool)
  index = {
    "source": f"Data/reference/numerics_accuracy.py, mpmath at {reference.DIGITS} digits",
    "format": "NAME.f64: little-endian doubles, row-major",
    "allowed": allowed,
    "tables": tables,
  }
  (arguments.out / "index.json").write_text(json.dumps(index, indent=2) + "\n")


if __name__ == "__main__":
  main()
