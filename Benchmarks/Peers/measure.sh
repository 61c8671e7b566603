#!/bin/bash
# Times the nightly job of CrossMargin and of peer programs, and prints one Markdown table.
#
# usage: measure.sh WORK [PEERS]
#
# WORK   folder for inputs and results, about 1 GB; made if absent, inputs there are used again.
# PEERS  folder of the peer programs (README.md). Without it CrossMargin alone is timed, on the
#        market and the accounts of its own generator, which is another and larger job.
#
# SIZES, CORES, RUNS and CROSSMARGIN (the program) may be set in the environment.
set -euo pipefail

if [ $# -lt 1 ] || [ $# -gt 2 ]; then
  sed -n '2,/^set/{/^#/p}' "$0" >&2
  exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
mkdir -p "$1"
work=$(cd "$1" && pwd)
peers=
if [ $# -eq 2 ]; then peers=$(cd "$2" && pwd); fi

sizes=${SIZES:-1000 10000 100000}
cores=${CORES:-$(nproc)}
runs=${RUNS:-3}
crossmargin=${CROSSMARGIN:-$root/.build/release/crossmargin}
if [ ! -f "$crossmargin" ] || [ ! -x "$crossmargin" ]; then
  echo "measure.sh: no program $crossmargin; build it or name it by CROSSMARGIN" >&2
  exit 2
fi
# From this size on pandas, which takes longest, runs once.
single_run_size=100000
log=$work/log-$cores.tsv

python=python3
if [ -x "$peers/v/bin/python" ]; then python=$peers/v/bin/python; fi
# What the Python programs need to find MKL and to keep what numba compiled.
peer_environment=("NUMBA_CACHE_DIR=$work/numba" "OPENBLAS_NUM_THREADS=$cores")
for library in "$peers"/v/lib/libmkl_rt.so.*; do
  if [ -e "$library" ]; then
    peer_environment+=("MKL_RT=$library" "LD_LIBRARY_PATH=$peers/v/lib")
  fi
done

# timed COMMAND...: its figures. The C++ and Python programs take as many threads as they are told,
# libraries below them as many as they see processors, so all are kept to the same processors.
timed() {
  python3 "$here/timed.py" taskset -c "0-$((cores - 1))" "$@"
}

# record SIZE PROGRAM FIGURES STORE STAGES: one line of the log.
record() {
  local IFS=$'\t'
  printf '%s\n' "$*" >> "$log"
}

# stages RESULTS: seconds of each stage as CrossMargin recorded them.
stages() {
  "$crossmargin" export "$1" --table manifest |
    sed -n 's/^stage_seconds:\([a-z_]*\),\([0-9.e-]*\),.*/\1 \2/p' |
    awk '$2 >= 0.0005 { printf "%s%s %.3f", separator, $1, $2; separator = ", " }'
}

run_crossmargin() {
  local size=$1 results=$work/crossmargin-$1 figures
  rm -rf "$results"
  figures=$(timed "$crossmargin" run "$work/book-$size" --output "$results" --threads "$cores")
  record "$size" crossmargin "$figures" "$results/results.sqlite" "$(stages "$results")"
  if [ -n "$peers" ]; then
    # The page is no part of the peers' job; the book leaves it out.
    figures=$(timed "$crossmargin" report "$results")
    record "$size" "its report.html" "$figures" "$results/results.sqlite" ""
  fi
}

# run_peer SIZE PROGRAM COMMAND...: the word STORE in the command stands for the file to write.
run_peer() {
  local size=$1 program=$2 store=$work/$2-$1.sqlite figures
  shift 2
  figures=$(timed env "${peer_environment[@]}" "${@/#STORE/$store}")
  record "$size" "$program" "$figures" "$store" ""
}

run_peers() {
  local size=$1 run=$2 input=$work/portfolio-$1
  # With a second core C++ writes in a thread beside the computing.
  local compiled=("$peers/nightly" "$input" STORE "$cores" rows)
  local tuned=("$python" "$peers/nightly_tuned.py" "$input" STORE --threads "$cores")
  run_peer "$size" cpp-heap "${compiled[@]}" heap $((cores > 1))
  run_peer "$size" cpp-nth "${compiled[@]}" nth $((cores > 1))
  run_peer "$size" python-numba "${tuned[@]}"
  run_peer "$size" python-mkl "${tuned[@]}" --product mkl --block 512
  if [ "$size" -lt "$single_run_size" ] || [ "$run" -eq 1 ]; then
    run_peer "$size" pandas "$python" "$peers/nightly_plain.py" "$input" STORE
  fi
}

make_inputs() {
  local size=$1
  if [ -d "$work/book-$size" ]; then return; fi
  if [ -n "$peers" ]; then
    "$python" "$peers/generate.py" "$work/portfolio-$size" "$size" >&2
    python3 "$here/to_book.py" "$work/portfolio-$size" "$work/book-$size"
  else
    "$crossmargin" generate --synthetic --stress "$root/Data/stress/events.csv" \
      --accounts "$size" --output "$work/book-$size" >&2
    # No peer studies liquidations.
    sed -i 's/nightly: true/nightly: false/' "$work/book-$size/run.yaml"
  fi
}

for size in $sizes; do make_inputs "$size"; done
: > "$log"
if [ -n "$peers" ]; then
  # The first run of the Python programs compiles; it is not counted.
  run_peers "${sizes%% *}" 1
  : > "$log"
fi
for size in $sizes; do
  for run in $(seq "$runs"); do
    run_crossmargin "$size"
    if [ -n "$peers" ]; then run_peers "$size" "$run"; fi
  done
  if [ -n "$peers" ]; then
    for program in cpp-heap cpp-nth python-numba python-mkl pandas; do
      echo "== $size accounts: crossmargin and $program" >&2
      python3 "$here/agreement.py" "$work/crossmargin-$size" "$work/$program-$size.sqlite" >&2
    done
  fi
done
python3 "$here/table.py" "$log"
