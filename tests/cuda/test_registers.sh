#!/bin/sh
# test_registers.sh NVCC PYTHON SOURCE: check_registers.py is content with a kernel that is in order, and finds one that spills, one with more
# registers than its blocks may have, one that nobody launches, one without a report, and a build without reports.
set -eu
nvcc=$1 python=$2 source=$3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# check NAME LAUNCHES OPTIONS...: compiles the planted kernels, and checks the report; what is said is in $folder/said.
check() {
  rm -rf "$folder/build"
  mkdir -p "$folder/build/planted"
  printf "$2" >"$folder/launches"
  if [ "$1" != none ]; then
    shift 2
    sh "$source/scripts/keep_ptxas_report.sh" "$nvcc" -std=c++20 -arch=sm_90 -Xptxas=-v "$@" -cubin -o "$folder/build/planted/registers.cu.o" \
      "$source/tests/cuda/planted_registers.cu"
  fi
  "$python" "$source/tests/cuda/check_registers.py" "$folder/build" "$folder/launches" >"$folder/said" 2>&1
}

# finds TEXT NAME LAUNCHES OPTIONS...: the check must fail, and say so.
finds() {
  text=$1
  shift
  if check "$@" || ! grep -q "$text" "$folder/said"; then
    echo "Expected: a failure that says '$text'. Received:"
    cat "$folder/said"
    exit 1
  fi
}

check fine '256 fine_kernel\n'
cat "$folder/said"
finds 'spilling_kernel spills' spill '256 fine_kernel\n1024 spilling_kernel\n' -DWEFT_PLANTED_SPILL
finds 'wide_kernel: 1024 threads with' wide '256 fine_kernel\n1024 wide_kernel\n' -DWEFT_PLANTED_WIDE
check wide '256 fine_kernel\n256 wide_kernel\n' -DWEFT_PLANTED_WIDE
finds 'fine_kernel is launched by no test' unknown ''
finds 'gone_kernel has no report' gone '256 fine_kernel\n32 gone_kernel\n'
finds 'no report of ptxas' none '256 fine_kernel\n'
echo "the check of registers finds 5 planted mistakes of 5"
