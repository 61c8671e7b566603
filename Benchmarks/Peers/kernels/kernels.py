#!/usr/bin/env python3
"""Times CrossMargin's kernels and their peers, in turn on one core, and prints one Markdown table.

usage: kernels.py WORK --ours PROGRAM [--cpp PROGRAM] [--python PYTHON] [--kernels a,b]
                  [--repeats 9] [--core 0]

WORK      folder for inputs and answers, about 300 MB; inputs there are used again.
--ours    the product `contestant` of the package Benchmarks.
--cpp     the program that build.sh makes of the C++ peers; without it they are left out.
--python  an interpreter with requirements.txt; without it the Python peers are left out.

All contestants of a kernel are alive at once; each round asks one after the other, ours first. A
contestant that does not start, or whose answer differs from ours beyond its tolerance, fails the
run, after the table.
"""

import argparse
import array
import math
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
PRODUCTS = ["sparse_gauss", "sparse_heavy", "dense_20", "dense_50", "dense_100", "dense_200"]

# Contestants of each kernel.
PEERS = {
    "exp": ["libmvec", "mkl", "numpy_scipy"],
    "log": ["libmvec", "mkl", "numpy_scipy"],
    "normal_cdf": ["libmvec", "mkl", "numpy_scipy"],
    "normal_quantile": ["mkl", "numpy_scipy"],
    "black76_greeks": ["libmvec", "mkl", "quantlib", "numba", "numpy_scipy"],
    "black76_value": ["libmvec", "mkl", "quantlib", "numba", "numpy_scipy"],
    "implied_volatility": ["quantlib", "lbriv", "iv_engine"],
    "sparse_gauss": ["mkl", "mkl_product", "numba", "numpy_scipy"],
    "sparse_heavy": ["mkl", "mkl_product", "numba", "numpy_scipy"],
    "dense_20": ["openblas", "mkl", "numba", "numpy_scipy"],
    "dense_50": ["openblas", "mkl", "numba", "numpy_scipy"],
    "dense_100": ["openblas", "mkl", "numba", "numpy_scipy"],
    "dense_200": ["openblas", "mkl", "numba", "numpy_scipy"],
    "normals": ["mkl_philox", "mkl_mt", "numpy_scipy"],
    "csv": ["polars", "pandas"],
}
IN_PYTHON = {"numpy_scipy", "numba", "lbriv", "iv_engine", "polars", "pandas"}
# The product alone, without readings, has no answer of its own.
WITHOUT_ANSWER = {"mkl_product"}

UNITS = {"csv": ("MB/s", lambda seconds: 1e-6 / seconds)}
UNITS.update({name: ("us", lambda seconds: seconds * 1e6) for name in PRODUCTS})
NANOSECONDS = ("ns", lambda seconds: seconds * 1e9)

# Largest difference from our answer, as `difference` measures it. Functions: the worst of the
# peers' own documented error. Options: rounding of d1 in plain arithmetic. Roots: what the rounding
# of a price leaves open. Products and the sum of quantities: the order of sums.
TOLERANCES = {
    "exp": 1e-14, "log": 1e-14, "normal_cdf": 1e-13, "normal_quantile": 1e-13,
    "black76_greeks": 1e-11, "black76_value": 1e-11, "implied_volatility": 1e-11, "csv": 1e-9,
}
TOLERANCES.update({name: 1e-11 for name in PRODUCTS})
# QuantLib takes the price of the other side from parity, which cancels the smallest ones.
WIDER_TOLERANCES = {("implied_volatility", "quantlib"): 1e-4}

# Normals differ between generators: mean and variance may be off by this many standard errors.
STANDARD_ERRORS_MAX = 5


def numbers(path):
    values = array.array("d")
    values.frombytes(path.read_bytes())
    return values


def difference(kernel, work, ours, theirs):
    """Largest difference: of functions and roots relative, of options relative to the strike and
    what follows from it, of products relative to the largest answer of a block."""
    if len(ours) != len(theirs):
        return math.inf
    scale = [abs(value) for value in ours]
    if kernel == "black76_greeks":
        strike, count = numbers(work / "option_strike.f64"), len(ours) // 5
        scale = [*strike, *([1.0] * count), *(1 / k for k in strike), *strike, *strike]
        # Theta of a day is hundreds of strikes: it keeps its own size.
        scale[4 * count:] = [max(k, abs(v)) for k, v in zip(strike, ours[4 * count:])]
    elif kernel == "black76_value":
        strike = numbers(work / "reval_strike.f64")
        scale = [k for k in strike for _ in range(len(ours) // len(strike))]
    elif kernel in PRODUCTS:
        count = len(ours) // 4
        worst = max(scale[:count])
        scale = [worst] * count + [1.0] * count + [worst] * (2 * count)
    gaps = [abs(a - b) / s if a != b else 0.0 for a, b, s in zip(ours, theirs, scale)]
    return max(gap if gap == gap else math.inf for gap in gaps)


def standard_errors(values):
    """How far the mean and the variance are from 0 and 1, in standard errors, whichever is more."""
    count = len(values)
    mean = math.fsum(values) / count
    variance = math.fsum((value - mean) ** 2 for value in values) / (count - 1)
    errors = max(abs(mean) * math.sqrt(count), abs(variance - 1) * math.sqrt(count / 2))
    return errors if errors == errors else math.inf


def judged(kernel, contestant, options, failures):
    """The difference of a contestant's answer as text; too large a one joins the failures."""
    answers = options.work / "answers"
    theirs = answers / f"{contestant}-{kernel}.f64"
    if kernel == "normals":
        gap, allowed = standard_errors(numbers(theirs)), STANDARD_ERRORS_MAX
        text = f"{gap:.1f} standard errors"
    elif contestant in {"crossmargin", *WITHOUT_ANSWER}:
        return ""
    else:
        ours = numbers(answers / f"crossmargin-{kernel}.f64")
        gap = difference(kernel, options.work, ours, numbers(theirs))
        allowed = WIDER_TOLERANCES.get((kernel, contestant), TOLERANCES[kernel])
        text = f"{gap:.1e}"
    if gap > allowed:
        failures.append(f"{kernel}, {contestant}: differs by {text}, more than {allowed}")
    return text


def environment(options):
    """What every program runs in: one thread, whichever library makes them."""
    variables = dict(os.environ, OMP_NUM_THREADS="1", MKL_NUM_THREADS="1",
                     OPENBLAS_NUM_THREADS="1", NUMBA_NUM_THREADS="1", POLARS_MAX_THREADS="1",
                     NUMBA_CACHE_DIR=str(options.work / "numba"))
    # OpenBLAS knows no cores newer than itself; this one runs wherever AVX-512 does.
    if "avx512f" in pathlib.Path("/proc/cpuinfo").read_text():
        variables["OPENBLAS_CORETYPE"] = "SKYLAKEX"
    return variables


def pinned(command, options):
    return ["taskset", "-c", str(options.core), *map(str, command)]


class Contestant:
    def __init__(self, name, kernel, command, options):
        self.name, self.kernel, self.seconds, self.error = name, kernel, [], None
        # What an earlier run left is not this one's answer.
        (options.work / "answers" / f"{name}-{kernel}.f64").unlink(missing_ok=True)
        self.process = subprocess.Popen(
            pinned(command, options), env=environment(options), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if self.read() != "ready":
            self.fail()

    def read(self):
        return self.process.stdout.readline().strip()

    def fail(self):
        self.process.kill()
        complaint = self.process.communicate()[1].strip()
        self.error = complaint.splitlines()[-1] if complaint else "ended without a word"

    def go(self):
        if self.error:
            return
        try:
            self.process.stdin.write("go\n")
            self.process.stdin.flush()
            self.seconds.append(float(self.read()))
        except (OSError, ValueError):
            self.fail()

    def end(self):
        if not self.error:
            self.process.communicate()


def wait_for_rest():
    """Waits until nothing else works: a minute below half a processor, five minutes at most."""
    for _ in range(60):
        if os.getloadavg()[0] < 0.5:
            return
        time.sleep(5)
    print("kernels.py: the machine is not at rest", file=sys.stderr)


def contestants(kernel, options):
    yield Contestant("crossmargin", kernel, [options.ours, kernel, options.work], options)
    for name in PEERS[kernel]:
        if name in IN_PYTHON and options.python:
            command = [options.python, HERE / "peers.py", name, kernel, options.work]
        elif name not in IN_PYTHON and options.cpp:
            command = [options.cpp, name, kernel, options.work]
        else:
            continue
        yield Contestant(name, kernel, command, options)


def rows(kernel, options, failures):
    running = list(contestants(kernel, options))
    for _ in range(options.repeats):
        for contestant in running:
            contestant.go()
    unit, convert = UNITS.get(kernel, NANOSECONDS)
    ours = running[0]
    for contestant in running:
        contestant.end()
        if contestant.error:
            failures.append(f"{kernel}, {contestant.name}: {contestant.error}")
            continue
        differs = "" if ours.error else judged(kernel, contestant.name, options, failures)
        middle = statistics.median(contestant.seconds)
        lowest, highest = sorted(map(convert, (min(contestant.seconds), max(contestant.seconds))))
        ratio = "" if ours.error else f"{middle / statistics.median(ours.seconds):.2f}"
        yield (f"| {kernel} | {contestant.name} | {convert(middle):.4g} {unit} | {lowest:.4g} "
               f"| {highest:.4g} | {ratio} | {differs} |")


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "unknown processor"


def lines_of(command):
    """What a command prints, line by line; nothing if there is no such command."""
    try:
        return subprocess.run(command, text=True, capture_output=True).stdout.splitlines()
    except OSError:
        return []


def versions(options):
    """What the peers are made of."""
    found = []
    if options.cpp:
        found += [" ".join(platform.libc_ver()), *lines_of(["g++", "--version"])[:1]]
        found += lines_of(["dpkg-query", "-W", "-f", "${Package} ${Version}\n", "libquantlib0v5",
                           "libopenblas0-pthread"])
    if options.python:
        names = [line.split("==")[0] for line in (HERE / "requirements.txt").open() if "==" in line]
        script = ("import sys, platform, importlib.metadata as m\n"
                  "print('Python', platform.python_version())\n"
                  "for name in sys.argv[1:]: print(name, m.version(name))")
        found += lines_of([options.python, "-c", script, *names])
    return ", ".join(found)


def print_square_rate(options, failures):
    """The rate of OpenBLAS where it is at its best, large square matrices: a check that it runs on
    all of the processor."""
    command = [options.cpp, "openblas", "dgemm_square", options.work]
    square = Contestant("openblas", "dgemm_square", command, options)
    for _ in range(options.repeats):
        square.go()
    square.end()
    if square.error:
        failures.append(f"dgemm_square, openblas: {square.error}")
    else:
        rate = 1e-9 / statistics.median(square.seconds)
        print(f"OpenBLAS, square matrices of 1,536: {rate:.1f} GFLOPS.", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--ours", type=pathlib.Path, required=True)
    parser.add_argument("--cpp", type=pathlib.Path)
    parser.add_argument("--python", type=pathlib.Path)
    parser.add_argument("--kernels", default=",".join(PEERS))
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--core", type=int, default=0)
    options = parser.parse_args()
    kernels = options.kernels.split(",")
    unknown = [kernel for kernel in kernels if kernel not in PEERS]
    if unknown:
        parser.error(f"no kernel {unknown[0]}; there are {', '.join(PEERS)}")
    if not (options.work / "positions.csv").exists():
        subprocess.run([options.ours, "inputs", options.work], check=True)
    wait_for_rest()
    failures = []
    print("| kernel | contestant | median | minimum | maximum | times ours | differs by |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: |")
    for kernel in kernels:
        for row in rows(kernel, options, failures):
            print(row, flush=True)
    print(f"\n{processor()}, core {options.core}, {options.repeats} rounds. {versions(options)}.",
          flush=True)
    if options.cpp:
        print_square_rate(options, failures)
    subprocess.run(pinned([options.ours, "bounds"], options), env=environment(options), check=True)
    for failure in failures:
        print(f"kernels.py: {failure}", file=sys.stderr)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
