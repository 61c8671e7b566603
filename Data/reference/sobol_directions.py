"""Prints the table of direction numbers of the Sobol sequence that the kernels use.

usage: sobol_directions.py JOE_KUO DIMENSIONS

JOE_KUO is the file `new-joe-kuo-6.21201` of Joe and Kuo (2008, SIAM Journal on Scientific Computing 30, 2635,
https://web.maths.unsw.edu.au/~fkuo/sobol/): after a title, one line `d s a m_1 ... m_s` for each dimension from the second
on. The first dimension has no line: all its numbers are 1.
"""

import sys


def main():
    source, dimensions = sys.argv[1], int(sys.argv[2])
    rows = []
    with open(source, encoding="ascii") as lines:
        next(lines)
        for line in lines:
            words = [int(word) for word in line.split()]
            rows.append((words[1], words[2], words[3:]))
            if len(rows) == dimensions - 1:
                break
    if len(rows) < dimensions - 1:
        sys.exit(f"{source} has {len(rows) + 1} dimensions")
    print("/* Primitive polynomials and first direction numbers of the Sobol sequence for dimensions 1 to")
    print(f"   {dimensions - 1} (dimension 0 has none): degree s, coefficients a, then m_1 to m_s.")
    print("   From Joe and Kuo (2008); printed by Data/reference/sobol_directions.py. */")
    line = "   "
    for degree, coefficients, numbers in rows:
        for word in (degree, coefficients, *numbers):
            text = f" {word},"
            if len(line) + len(text) > 100:
                print(line)
                line = "   "
            line += text
    print(line)


main()
