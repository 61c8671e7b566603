"""Counts the vector arithmetic that a kernel does for eight elements: the bound in KernelWork.

usage: gdb -batch -x count_instructions.py --args PROGRAM KERNEL WORK < /dev/null > /dev/null

PROGRAM is the product `contestant`. The kernel is stepped through, instruction by instruction, for
512 elements of its first call. Two arithmetic instructions on floating-point vectors can start in a
cycle; a division keeps one of the two ports for four cycles and a root for seven and a half (AMD
Zen 5, measured), so they count as 8 and 15. Loads, stores, moves, and arithmetic on whole numbers,
which has further ports, are counted beside them. The counts go to standard error, since gdb prints
each step.
"""

import collections
import re
import sys

import gdb

FUNCTIONS = {
    "exp": "exponential", "log": "logarithm", "normal_cdf": "normal_cdf",
    "normal_quantile": "normal_quantile", "black76_greeks": "black76_greeks",
    "black76_value": "black76_value", "implied_volatility": "implied_volatility",
    "normals": "philox_normals",
}
ELEMENTS = 512
ARITHMETIC = re.compile(
    r"v(f?n?m(add|sub)\d*|mul|add|sub|min|max|scalef|rndscale|round|getexp|getmant|cmp\w*|cvt\w*"
    r"|fn?m(add|sub)\d*)pd$|v(cvt|cmp)\w*pd\w*$")
DIVISION, ROOT = re.compile(r"vdivpd$"), re.compile(r"vsqrtpd$")
WHOLE = re.compile(r"vp(?!broadcast|ermt|erm|blend|mov)\w+$")


def main():
    gdb.execute("set pagination off")
    gdb.execute("set breakpoint pending off")
    # "Argument list … is "KERNEL WORK"."
    kernel = gdb.execute("show args", to_string=True).split('"')[1].split()[0]
    # Inputs are drawn one by one with the same functions; normals come in tiles of 64 rows.
    least = 64 if kernel == "normals" else ELEMENTS
    gdb.execute(f"break {FUNCTIONS[kernel]} if $rdi >= {least}")
    gdb.execute("run", to_string=True)
    if kernel == "normals":
        elements = ELEMENTS
        gdb.execute("set $rsi = 8")
    else:
        elements = ELEMENTS
        gdb.execute(f"set $rdi = {ELEMENTS}")
    gdb.execute("delete")
    architecture = gdb.selected_frame().architecture()
    stack = int(gdb.parse_and_eval("$rsp"))
    mnemonics, known = collections.Counter(), {}
    while int(gdb.parse_and_eval("$rsp")) <= stack:
        address = int(gdb.parse_and_eval("$pc"))
        if address not in known:
            known[address] = architecture.disassemble(address)[0]["asm"].split()[0]
        mnemonics[known[address]] += 1
        gdb.execute("stepi", to_string=True)
    groups = collections.Counter()
    for mnemonic, count in mnemonics.items():
        name = ("division" if DIVISION.match(mnemonic) else "root" if ROOT.match(mnemonic)
                else "arithmetic" if ARITHMETIC.match(mnemonic)
                else "whole numbers" if WHOLE.match(mnemonic) else "other")
        groups[name] += count
    vectors = elements / 8
    bound = groups["arithmetic"] + 8 * groups["division"] + 15 * groups["root"]
    for name, count in sorted(groups.items()):
        print(f"{kernel}: {count / vectors:.1f} {name} for 8", file=sys.stderr)
    print(f"{kernel}: bound {bound / vectors:.1f}", file=sys.stderr)
    gdb.execute("kill")


main()
