#!/usr/bin/env python3
"""Coefficients of the elementary functions in Sources/CKernels/elementary_coefficients.h.

Usage: elementary_functions.py > ../../Sources/CKernels/elementary_coefficients.h   (needs mpmath 1.3)

Polynomials interpolate at Chebyshev nodes, which is close to minimax; rational functions interpolate at
as many Chebyshev nodes as they have free coefficients. The error of the double coefficients, evaluated
exactly, is measured on a dense grid and printed beside them, so that the promise stands in the header.

  exp      (e^r - 1 - r) / r^2 on |r| <= ln2/2
  log      (2 atanh(u/2) - u) / u^3 in z = u^2, for u = (a - b)/(b + (a - b)/2) and 2/3 <= a/b <= 3/2
  Mills    S in (1 - N(x)) / phi(x) = q (1 + 9 q S(t)), q = 1/(x + 5), t = 1 - 9 q on [-1, 1], so for every
           x >= -1/2, and a rough derivative of S
  quantile centre: z/q - level in r = 0.425^2 - q^2 for |q| = |p - 1/2| <= 0.425; tails:
           z - slope s - level in s = sqrt(-ln p), the line taken so that little is left:
           s - 1.5 for s <= 5.7, s - 5.5 above, down to the smallest double [the regions of Wichura 1988]
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
    return mpf(1) / 12 + z / 80 + z * z / 448 + z**3 / 2304
  u = sqrt(z)
  return (log((2 + u) / (2 - u)) - u) / (u * z)


def mills_scaled(t):
  """(x + 5) (1 - N(x)) / phi(x)."""
  if t == 1:
    return mpf(1)
  x = 9 / (1 - t) - 5
  if x > 60:
    total, term = mpf(0), mpf(1)
    for k in range(24):
      total += term
      term *= -(2 * k + 1) / x**2
    return total * (x + 5) / x
  return erfc(x / sqrt(mpf(2))) / 2 / npdf(x) * (x + 5)


def mills_rest(t):
  if 1 - t < mpf(10) ** -25:
    return mpf(5) / 9
  return (mills_scaled(t) - 1) / (1 - t)


def mills_slope(t):
  return mp.diff(mills_rest, t, h=mpf(10) ** -12, direction=-1)


EDGE = mpf("0.180625")


def quantile_ratio(r):
  """z / q at q^2 = 0.425^2 - r."""
  if EDGE - r < mpf(10) ** -25:
    return sqrt(2 * pi)
  q = sqrt(EDGE - r)
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


def constant(name, value):
  """A number as the sum of two doubles."""
  high = float(value)
  print(f"#define {name}_HIGH {high.hex()}")
  print(f"#define {name}_LOW {float(value - mpf(high)).hex()}")


def show_tail(name, start, low, high, slope, level, degree):
  """Coefficients of z - slope s - level in s - start, and the line."""
  def rest(x):
    return quantile_tail(x + start) - mpf(slope) * (x + start) - mpf(level)
  top, bottom = fit_rational(rest, low - start, high - start, degree)
  error = max(
    abs(evaluate(top, x) / evaluate(bottom, x) - rest(x)) / quantile_tail(x + start)
    for x in (mpf(low) - start + (mpf(high) - low) * i / 300 for i in range(301)))
  print(f"\n#define {name}_SLOPE {slope}\n#define {name}_LEVEL {level}\n#define {name}_START {start}")
  show(name + "_TOP", top, f"z - slope s - level in s - {start}; {relative(error)} of z.")
  show(name + "_BOTTOM", bottom, "Its denominator.")


def main():
  print("/* Written by Data/reference/elementary_functions.py; each table states the error of its")
  print("   coefficients when evaluated exactly, lowest power first. */")
  print("#pragma once")
  print()
  constant("INVERSE_ROOT_TWO_PI", 1 / sqrt(2 * pi))
  constant("ROOT_TWO_PI", sqrt(2 * pi))
  half = log(mpf(2)) / 2 * mpf("1.0001")
  c = fit(exp_tail, -half, half, 10)
  e = largest_error(lambda r: 1 + r + r * r * evaluate(c, r), exp, -half, half)
  show("EXP_TAIL", c, f"(e^r - 1 - r) / r^2; {relative(e)} of e^r.")
  zmax = mpf("0.1601")
  c = fit(log_tail, 0, zmax, 10)
  e = largest_error(lambda z: 1 + z * evaluate(c, z), lambda z: 1 + z * log_tail(z), 0, zmax)
  show("LOG_TAIL", c, f"(2 atanh(u/2) - u) / u^3 in u^2; {relative(e)} of 2 atanh(u/2).")
  c = fit(mills_rest, -1, 1, 25)
  e = largest_error(lambda t: 1 + (1 - t) * evaluate(c, t), mills_scaled, -1, 1)
  show("MILLS", c, f"S(t) of the Mills ratio q (1 + 9 q S(t)); {relative(e)} of the ratio.")
  c = fit(mills_slope, -1, 1, 6)
  show("MILLS_SLOPE", c, "Derivative of S in t, to three digits.")
  level = mpf(2.8125)
  print(f"\n#define QUANTILE_CENTRE_LEVEL {level}")
  top, bottom = fit_rational(lambda r: quantile_ratio(r) - level, 0, EDGE, 8)
  e = largest_error(
    lambda r: level + evaluate(top, r) / evaluate(bottom, r), quantile_ratio, 0, EDGE, 300)
  show("QUANTILE_CENTRE_TOP", top, f"z/q - level in 0.425^2 - q^2; {relative(e)} of z.")
  show("QUANTILE_CENTRE_BOTTOM", bottom, "Its denominator.")
  show_tail("QUANTILE_NEAR", 1.5, mpf("1.6"), mpf("5.7"), 1.53125, -1.0, 9)
  show_tail("QUANTILE_FAR", 5.5, mpf("5.7"), mpf("27.5"), 1.421875, -0.375, 10)


if __name__ == "__main__":
  main()
