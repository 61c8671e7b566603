#!/usr/bin/env python3
"""Runs a command when the machine is quiet and prints what it took.

usage: timed.py COMMAND [ARGUMENT...]

Waits until the processors idle, runs the command with its output on stderr, and prints one line of
wall seconds, processor seconds and peak resident bytes of the command, and the share of the machine
that others used meanwhile. A command that fails ends this with its code.
"""

import os
import subprocess
import sys
import time

SAMPLE_SECONDS = 1.0
BUSY_FRACTION_MAX = 0.05
WAIT_SECONDS_MAX = 1_800.0
# The kernel counts time in ticks; within a few of them nothing can be said of others.
TICK_SECONDS = 1 / os.sysconf("SC_CLK_TCK")
UNKNOWN_SECONDS = 4 * TICK_SECONDS


def busy_seconds():
    """Seconds that all processors together have worked since the machine started."""
    with open("/proc/stat") as file:
        ticks = [int(field) for field in file.readline().split()[1:9]]
    idle = ticks[3] + ticks[4]
    return (sum(ticks) - idle) * TICK_SECONDS


def wait_for_quiet():
    """Returns when little else runs; says so when it gives up."""
    deadline = time.monotonic() + WAIT_SECONDS_MAX
    while time.monotonic() < deadline:
        before = busy_seconds()
        time.sleep(SAMPLE_SECONDS)
        if busy_seconds() - before <= BUSY_FRACTION_MAX * SAMPLE_SECONDS * os.cpu_count():
            return
    print("timed.py: the machine does not come to rest; measured all the same", file=sys.stderr)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    wait_for_quiet()
    before, since = busy_seconds(), time.monotonic()
    process = subprocess.Popen(sys.argv[1:], stdout=sys.stderr)
    # Of this child alone: what started this script may have had children of its own.
    _, status, used = os.wait4(process.pid, 0)
    wall = time.monotonic() - since
    own = used.ru_utime + used.ru_stime
    others = max(busy_seconds() - before - own - UNKNOWN_SECONDS, 0) / (wall * os.cpu_count())
    code = os.waitstatus_to_exitcode(status)
    if code != 0:
        sys.exit(code if code > 0 else 128 - code)
    print(f"{wall:.3f}\t{own:.3f}\t{used.ru_maxrss * 1024}\t{others:.3f}")


if __name__ == "__main__":
    main()
