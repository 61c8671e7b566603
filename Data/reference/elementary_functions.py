#!/usr/bin/env python3
"""Coefficients of the elementary functions in Sources/CKernels/elementary_coefficients.h.

Usage: elementary_functions.py > ../../Sources/CKernels/elementary_coefficients.h   (needs mpmath 1.3)

Polynomials interpolate at Chebyshev nodes, which is close to minimax; rational functions interpolate at
as many Chebyshev nodes as they have free coefficients. The error of the double coefficients, evaluated
exactly, is measured on a dense grid and printed beside them, so that the promise stands in the header.

  exp      (e^r - 1 - r) / r^2 on |r| <= ln2/2
  log      (atanh(s) - s) / s^3 * 2, in z = s^2, for s = (m - k)/(m + k), |s| <= 3 - 2 sqrt 2
  Mills    (1 - N(x)) / phi(x) * (x + 5), in t = (x - 5)/(x + 5) on [-1, 1], so for every x >= 0
  quantile centre: z/q in 0.425^2 - q^2 for |q| = |p - 1/2| <= 0.425; tails: z in s = sqrt(-ln p),
           s - 1.6 for s <= 5, s - 5 above, down to the smallest double [form of Wichura 1988, AS 241]
"""
from mpmath import mp, mpf, chebyfit, matrix, lu_solve, cos, pi, log, exp, sqrt, erfc, erfinv, npdf

mp.dps = 60


def fit(function, low, high, count):
  """Coefficients, lowest first, of the polynomial with `count` terms."""
  return list(reversed(chebyfit(function, [low, high], count)))


def fit_rational(function, low, high, degree):
  """Numerator and denominator (constant term 1) of equal degree, lowest first."""
  count = 2 * degree + 1
  middle, half = (mpf(low) + high) / 2, (mpf(high) - low) / 2
  nodes = [middle + half * cos(pi * (2 * i + 1) / (2 * count)) for i in range(count)]
  system, right = matrix(count, count), matrix(count, 1)
  for row, x in enumerate(nodes):
    value = function(x)
    for power in range(degree + 1):
      system[row, power] = x**power
    for power in range(1, degree + 1):
      system[row, degree + power] = -value * x**power
    right[row] = value
  solution = lu_solve(system, right)
  return list(solution[: degree + 1]), [mpf(1)] + list(solution[degree + 1 :])


def evaluate(coefficients, x):
  total = mpf(0)
  for c in reversed(coefficients):
    total = total * x + mpf(float(c))
  return total


def largest_error(approximation, function, low, high, count=1500):
  worst = mpf(0)
  for i in range(1, count):
    x = mpf(low) + (mpf(high) - low) * i / count
    value = function(x)
    worst = max(worst, abs(approximation(x) - value) / abs(value))
  return worst


def show(name, coefficients, note):
  print(f"\n/* {note} */")
  print(f"#define {name}_COUNT {len(coefficients)}")
  print(f"static const double {name.lower()}[{name}_COUNT] = {{")
  texts = [float(c).hex() for c in coefficients]
  for i in range(0, len(texts), 3):
    print("    " + ", ".join(texts[i : i + 3]) + ("," if i + 3 < len(texts) else "};"))


def relative(error):
  return f"relative error {mp.nstr(error, 3)}"


def exp_tail(r):
  if abs(r) < mpf(10) ** -15:
    return mpf(1) / 2 + r / 6 + r * r / 24
  return (exp(r) - 1 - r) / r**2


def log_tail(z):
  if z < mpf(10) ** -12:
    return 2 * (mpf(1) / 3 + z / 5 + z * z / 7 + z**3 / 9)
  s = sqrt(z)
  return (log((1 + s) / (1 - s)) - 2 * s) / (s * z)


def mills_scaled(t):
  if t == 1:
    return mpf(1)
  x = 5 * (1 + t) / (1 - t)
  if x > 2000:
    total, term = mpf(0), mpf(1)
    for k in range(12):
      total += term
      term *= -(2 * k + 1) / x**2
    return total * (x + 5) / x
  return erfc(x / sqrt(mpf(2))) / 2 / npdf(x) * (x + 5)


def quantile_centre(r):
  if r < mpf(10) ** -25:
    return sqrt(2 * pi)
  q = sqrt(r)
  return sqrt(mpf(2)) * erfinv(2 * q) / q


def quantile_tail(s):
  """Positive z with N(-z) = exp(-s^2), by Newton on the logarithm."""
  target = -s * s
  z = sqrt(mpf(2)) * s - (log(s) + mpf("1.2655")) / (sqrt(mpf(2)) * s)
  for _ in range(60):
    tail = erfc(z / sqrt(mpf(2))) / 2
    step = (log(tail) - target) * tail / npdf(z)
    z += step
    if abs(step) < mpf(10) ** -50 * abs(z):
      break
  return z


def main():
  print("/* Written by Data/reference/elementary_functions.py; each table states the error of its")
  print("   coefficients when evaluated exactly, lowest power first. */")
  print("#pragma once")
  half = log(mpf(2)) / 2 * mpf("1.0001")
  c = fit(exp_tail, -half, half, 11)
  e = largest_error(lambda r: 1 + r + r * r * evaluate(c, r), exp, -half, half)
  show("EXP_TAIL", c, f"(e^r - 1 - r) / r^2; {relative(e)} of e^r.")
  zmax = (3 - 2 * sqrt(mpf(2))) ** 2 * mpf("1.001")
  c = fit(log_tail, 0, zmax, 9)
  e = largest_error(lambda z: 2 + z * evaluate(c, z), lambda z: 2 + z * log_tail(z), 0, zmax)
  show("LOG_TAIL", c, f"2 (atanh(s) - s) / s^3 in s^2; {relative(e)} of 2 atanh(s).")
  c = fit(mills_scaled, -1, 1, 26)
  e = largest_error(lambda t: evaluate(c, t), mills_scaled, -1, mpf("0.98"))
  show("MILLS", c, f"(x + 5) (1 - N(x)) / phi(x) in (x - 5)/(x + 5); {relative(e)}.")
  edge = mpf("0.180625")
  for name, f, argument, low, high, degree in (
    ("QUANTILE_CENTRE", lambda r: quantile_centre(edge - r), "0.425^2 - q^2", 0, edge, 8),
    ("QUANTILE_NEAR", lambda s: quantile_tail(s + mpf("1.6")), "s - 1.6", -0.25, mpf("3.4"), 8),
    ("QUANTILE_FAR", lambda s: quantile_tail(s + 5), "s - 5", 0, mpf("22.5"), 8),
  ):
    top, bottom = fit_rational(f, low, high, degree)
    e = largest_error(lambda x: evaluate(top, x) / evaluate(bottom, x), f, low, high, 300)
    show(name + "_TOP", top, f"Quantile, in {argument}; {relative(e)} of the ratio.")
    show(name + "_BOTTOM", bottom, "Its denominator.")


if __name__ == "__main__":
  main()
