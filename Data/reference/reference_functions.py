"""The kernels' functions in 50-digit arithmetic (mpmath), each taking doubles and giving mpf.

Options are undiscounted Black (1976) on the forward; formulas as in Haug (2007), chapters 1 and 2, at
zero rates. They are checked against numerical derivatives of the value by `check_derivatives`.
"""
from statistics import NormalDist

from mpmath import diff, erfc, exp, log, mp, mpf, npdf, sqrt

DIGITS = 50
mp.dps = DIGITS
ROOT_TWO = sqrt(mpf(2))
HALF_PI_ROOT = sqrt(mp.pi / 2)

GREEKS = ["value", "delta", "gamma", "vega", "theta", "vanna", "volga", "charm", "speed"]


def log_ratio(a, b):
  return log(mpf(a) / mpf(b))


def normal_density(x):
  return npdf(mpf(x))


def normal_cdf(x):
  return erfc(-mpf(x) / ROOT_TWO) / 2


def normal_complement(x):
  return normal_cdf(-x)


def mills_ratio(x):
  """(1 - N(x)) / phi(x) = sqrt(pi/2) exp(x^2/2) erfc(x / sqrt 2)."""
  x = mpf(x)
  return HALF_PI_ROOT * exp(x * x / 2) * erfc(x / ROOT_TWO)


def normal_quantile(p):
  """Inverse of N at a double p.

  The start has about 15 digits [Wichura 1988]; one step of the inverse Taylor series, x = z + t + z t^2/2 +
  (2 z^2 + 1) t^3/6 + O((1 + |z|)^3 t^4) with t = (p - N(z)) / phi(z), gives more than 45. The upper half
  follows by symmetry, as 1 - p is then exact.
  """
  if p > 0.5:
    return -normal_quantile(1 - p)
  z = mpf(NormalDist().inv_cdf(p))
  t = (mpf(p) - normal_cdf(z)) / npdf(z)
  if abs(t) * (1 + abs(z)) > mpf(10) ** -12:
    raise ArithmeticError(f"the start of the quantile at {p} is not accurate enough")
  return z + t * (1 + t * (z / 2 + t * (2 * z * z + 1) / 6))


def black_value(forward, strike, expiry, volatility, sign):
  deviation = volatility * sqrt(expiry)
  d1 = log(forward / strike) / deviation + deviation / 2
  d2 = d1 - deviation
  return sign * (forward * normal_cdf(sign * d1) - strike * normal_cdf(sign * d2))


def black_greeks(forward, strike, expiry, volatility, sign):
  """The outputs named in GREEKS; all arguments doubles.

  theta is dV/dt and charm d(delta)/dt at fixed forward and volatility, per year of calendar time: minus the
  derivatives in the time to expiry.
  """
  f, k, t, v, w = (mpf(x) for x in (forward, strike, expiry, volatility, sign))
  root = sqrt(t)
  s = v * root
  d1 = log(f / k) / s + s / 2
  d2 = d1 - s
  density = npdf(d1)
  delta = w * normal_cdf(w * d1)
  gamma = density / (f * s)
  vega = f * density * root
  return [
    f * delta - w * k * normal_cdf(w * d2),
    delta,
    gamma,
    vega,
    -f * density * v / (2 * root),
    -density * d2 / v,
    vega * d1 * d2 / v,
    density * d2 / (2 * t),
    -(gamma / f) * (1 + d1 / s),
  ]


def check_derivatives(option):
  """Raises unless the closed forms agree with numerical derivatives of the value to 12 digits."""
  f, k, t, v, w = (mpf(x) for x in option)
  # Orders of differentiation in forward, expiry and volatility, and the sign of calendar time.
  orders = [(0, 0, 0, 1), (1, 0, 0, 1), (2, 0, 0, 1), (0, 0, 1, 1), (0, 1, 0, -1), (1, 0, 1, 1),
            (0, 0, 2, 1), (1, 1, 0, -1), (3, 0, 0, 1)]
  value = lambda a, b, c: black_value(a, k, b, c, w)
  for name, closed, (i, j, l, time) in zip(GREEKS, black_greeks(*option), orders):
    numerical = time * (diff(value, (f, t, v), (i, j, l)) if i + j + l else value(f, t, v))
    if abs(numerical - closed) > mpf(10) ** -12 * abs(closed):
      raise ArithmeticError(f"{name} of {option}: {closed}, by differences {numerical}")


def implied_volatility(forward, strike, expiry, sign, price, start):
  """The volatility at which the option is worth exactly `price`, to 40 digits, and its relative error when the
  price is off by half a unit in the last place: eps price / (2 sigma vega).

  Newton's iteration on the logarithm of the out-of-the-money value, which is concave in sigma and so converges
  from any start below the root [Choi, Huh, Su 2023]. None where no volatility gives the price. The start is
  the volatility whose price was rounded.
  """
  f, k, t, w, price = (mpf(x) for x in (forward, strike, expiry, sign, price))
  target = price - max(w * (f - k), 0)
  outer = 1 if f <= k else -1
  if not 0 < target < min(f, k):
    return None
  sigma, root = mpf(start), sqrt(t)
  for _ in range(200):
    s = sigma * root
    vega = f * npdf(log(f / k) / s + s / 2) * root
    value = black_value(f, k, t, sigma, outer)
    step = log(target / value) * value / vega
    sigma = max(sigma + step, sigma / 2)
    if abs(step) < mpf(10) ** -40 * sigma:
      return sigma, price / (2 * sigma * vega) * mpf(2) ** -52
  raise ArithmeticError(f"no convergence for {(forward, strike, expiry, sign, float(price))}")
