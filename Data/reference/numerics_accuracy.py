#!/usr/bin/env python3
"""Writes Tests/Vectors/numerics_accuracy.json: values of the kernels' functions from 50-digit arithmetic,
rounded to double, and the largest error that the tests allow, in the unit named beside it.

Usage: numerics_accuracy.py > ../../Tests/Vectors/numerics_accuracy.json   (needs mpmath 1.3)
"""
import json
import math
import random

from mpmath import mp, mpf, erfc, exp, log, npdf, sqrt

mp.dps = 50

# Bounds are about 1.3 to 2 times the largest error seen over larger tables than the one committed.
ALLOWED = {
  "exp": {"ulp": 1.5},
  "log": {"ulp": 2.5},
  "normal_cdf": {"ulp": 8},
  "normal_quantile": {"ulp": 10},
  "value_of_scale": 4e-15,
  "value_relative": 1e-12,
  "greek_relative": 1e-13,
}


def cdf(x):
  return erfc(-x / sqrt(mpf(2))) / 2


def quantile(p):
  """Newton on ln N for the lower half; the upper half by symmetry from the exact 1 - p."""
  if p == mpf(1) / 2:
    return mpf(0)
  if p > mpf(1) / 2:
    return -quantile(1 - p)
  s = sqrt(-log(p))
  z = -(sqrt(mpf(2)) * s - (log(s) + mpf("1.2655")) / (sqrt(mpf(2)) * s)) if p < 0.1 else mpf(-1) / 2
  for _ in range(100):
    tail = cdf(z)
    step = (log(tail) - log(p)) * tail / npdf(z)
    z -= step
    if abs(step) < mpf(10) ** -42 * abs(z):
      break
  return z


def greeks(forward, strike, expiry, volatility, sign):
  f, k, t, v, w = (mpf(x) for x in (forward, strike, expiry, volatility, sign))
  s = v * sqrt(t)
  d1 = log(f / k) / s + s / 2
  d2 = d1 - s
  density = npdf(d1)
  vega = f * density * sqrt(t)
  return {
    "value": w * (f * cdf(w * d1) - k * cdf(w * d2)),
    "delta": w * cdf(w * d1),
    "gamma": density / (f * s),
    "vega": vega,
    "theta": -f * density * v / (2 * sqrt(t)),
    "vanna": -density * d2 / v,
    "volga": vega * d1 * d2 / v,
    "d1": d1,
  }


def options(count, generator):
  """Minutes to years, 5 to 500 % volatility, |d1| < 8, both sides."""
  rows = []
  while len(rows) < count:
    expiry = math.exp(generator.uniform(math.log(2e-6), math.log(3)))
    volatility = math.exp(generator.uniform(math.log(0.05), math.log(5)))
    deviation = volatility * math.sqrt(expiry)
    strike = math.exp(generator.uniform(-7, 12))
    forward = strike * math.exp(generator.uniform(-8, 8) * deviation)
    sign = generator.choice([1.0, -1.0])
    result = greeks(forward, strike, expiry, volatility, sign)
    if abs(result.pop("d1")) < 8 and result["value"] > 0:
      inputs = [forward, strike, expiry, volatility, sign]
      rows.append(inputs + [float(x) for x in result.values()])
  return rows


def table(function, points):
  return [[x, float(function(mpf(x)))] for x in points]


def main():
  g = random.Random(20260725)
  u = g.uniform
  tables = {
    "exp": table(exp, [u(-700, 700) for _ in range(150)] + [u(-1, 1) for _ in range(100)]),
    "log": table(log, [math.exp(u(-700, 700)) for _ in range(150)] + [1 + u(-0.3, 0.4) for _ in range(150)]),
    "normal_cdf": table(cdf, [u(-37, 8.2) for _ in range(200)] + [u(-3, 3) for _ in range(150)]),
    "normal_quantile": table(
      quantile,
      [math.exp(u(-690, 0)) for _ in range(150)]
      + [u(0, 1) for _ in range(100)]
      + [0.5 + u(-1e-3, 1e-3) for _ in range(20)]
      + [1 - 2.0 ** -u(1, 53) for _ in range(60)]
      + [1e-300, 1e-16, 1e-9, 0.075, 0.925, 1 - 2.0**-53],
    ),
    "option_columns": ["forward", "strike", "expiry_years", "volatility", "sign", "value", "delta",
                       "gamma", "vega", "theta", "vanna", "volga"],
    "options": options(300, g),
  }
  tables["normal_quantile"] = [row for row in tables["normal_quantile"] if 0 < row[0] < 1]
  print("{")
  print('"source": "Data/reference/numerics_accuracy.py, mpmath at 50 digits",')
  print('"allowed": ' + json.dumps(ALLOWED) + ",")
  names = list(tables)
  for name in names:
    rows = ",\n".join(json.dumps(row) for row in tables[name])
    print(f'"{name}": [\n{rows}]' + ("," if name != names[-1] else ""))
  print("}")


if __name__ == "__main__":
  main()
