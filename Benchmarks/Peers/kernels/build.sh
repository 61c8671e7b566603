#!/bin/bash
# Builds the C++ contestants into the program OUTPUT_FOLDER/peers.
#
# usage: build.sh OUTPUT_FOLDER [MKL_VENV]
#
# MKL_VENV  Python environment with the packages mkl and mkl-include; without it MKL is left out.
# Debian packages: libquantlib0-dev, libboost-dev; libopenblas-dev is loaded when it is asked for.
set -euo pipefail

if [ $# -lt 1 ] || [ $# -gt 2 ]; then
  sed -n '2,/^set/{/^#/p}' "$0" >&2
  exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"

libraries=(-lQuantLib -ldl)
mkl=()
if [ $# -eq 2 ]; then
  lib=$(cd "$2/lib" && pwd)
  mkl=(-DWITH_MKL "-I$2/include")
  # The versioned names, as the package brings no others.
  for part in intel_lp64 sequential core; do
    for found in "$lib/libmkl_$part".so.*; do libraries+=("$found"); done
  done
  libraries+=("-Wl,--no-as-needed,-rpath,$lib")
fi
# GCC 12 takes its own AVX-512 headers and the C library of MKL for readers of unset memory.
g++ -std=c++17 -O3 -march=native -mprefer-vector-width=512 -ffast-math -fopenmp-simd \
  -Wall -Wextra -Wno-uninitialized -Wno-maybe-uninitialized "${mkl[@]}" \
  "$here"/*.cpp "${libraries[@]}" -o "$1/peers"
