#!/usr/bin/env bash
# check_compile_time.sh INCLUDE_DIR [COMPILER]: the hello-world may take one second longer to compile than a program that
# includes the standard headers any user has anyway. The best of five runs of each.
set -euo pipefail
include=$1
compiler=${2:-g++}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

printf '#include <%s>\n' functional memory optional string vector >"$work/bare.cpp"
echo 'int main() { return 0; }' >>"$work/bare.cpp"
hello=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/tests/consumer/hello/hello.cpp

best_ms() {
  local best=1000000 start end
  for _ in 1 2 3 4 5; do
    start=$(date +%s%N)
    "$compiler" -std=c++20 -I"$include" -c "$1" -o "$work/out.o"
    end=$(date +%s%N)
    ((end - start >= best * 1000000)) || best=$(((end - start) / 1000000))
  done
  echo "$best"
}
bare=$(best_ms "$work/bare.cpp")
weft=$(best_ms "$hello")
echo "compile time: standard headers $bare ms, hello-world with weft $weft ms"
if ((weft > bare + 1000)); then
  echo "Expected: at most 1000 ms more. Received: $((weft - bare)) ms more." >&2
  exit 1
fi
