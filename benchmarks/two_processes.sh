#!/bin/sh
# two_processes.sh BENCH_TRAIN [MODEL [SECONDS [ROUNDS]]]: two processes that train at once, each with two threads, on two
# cores. Each must keep 0.8 of half the throughput that one has alone: with threads that spin without bound it was 0.01.
# Alone and together take turns; the medians of the rounds count. Prints JSON; returns 1 below 0.8.
set -eu
bench=$1
model=${2:-mlp}
seconds=${3:-3}
rounds=${4:-5}
cores=$(getconf _NPROCESSORS_ONLN)
if [ "$cores" -lt 2 ]; then
  echo "two cores are needed"
  exit 77
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Steps in all of the time, not one step's: waiting for the other process is what is measured.
train() { taskset -c 0,1 "$bench" --model "$model" --threads 2 --seconds "$seconds" > "$folder/$1"; }
steps() { sed 's/.*"steps": \([0-9]*\).*/\1/' "$folder/$1"; }

round=0
while [ "$round" -lt "$rounds" ]; do
  train alone
  train first &
  train second
  wait
  echo "$(steps alone) $(steps first) $(steps second)" >> "$folder/all"
  round=$((round + 1))
done

awk -v model="$model" -v seconds="$seconds" '
  function median(values, n,   i, j, t) {
    for (i = 2; i <= n; ++i)
      for (j = i; j > 1 && values[j - 1] > values[j]; --j) { t = values[j]; values[j] = values[j - 1]; values[j - 1] = t }
    return values[int((n + 1) / 2)]
  }
  { alone[NR] = $1; worse[NR] = 2 * ($2 < $3 ? $2 : $3) / $1; sum[NR] = ($2 + $3) / $1 }
  END {
    share = median(worse, NR)
    printf "{\"model\": \"%s\", \"steps_per_second_alone\": %.1f, \"of_half_the_throughput\": %.3f, \"both_together\": %.3f}\n",
           model, median(alone, NR) / seconds, share, median(sum, NR)
    exit share < 0.8
  }' "$folder/all"
