#!/usr/bin/env bash
# Proves weft on a machine with an NVIDIA GPU, in one command, from what scripts/gpu_pack.sh gathered in build/carry:
#   gpu_check.sh [--seconds N] [--output FOLDER]
# Writes into FOLDER (default: $OUT, else benchmarks/results): gpu.md and gpu.json, the report; gpu_ops.jsonl, single kernels beside the
# machine's peaks; gpu_compare.md and .json, PyTorch in the same run; gpu_device.json, the GPU as cuDNN describes it; gpu_logs.tar.gz, what
# every part printed. A part that fails or runs out of its time hides no other; the status is 1 if one did. N (540) is for all parts together.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
seconds=540
output=${OUT:-benchmarks/results}
while (($# > 0)); do
  case $1 in
    --seconds) seconds=$2 ;;
    --output) output=$2 ;;
    *)
      echo "gpu_check.sh: expected --seconds N or --output FOLDER. Received: $1" >&2
      exit 2
      ;;
  esac
  shift 2
done
here=$PWD
logs=$(mktemp -d)/logs
mkdir -p "$logs" "$output"
bin=$here/build/gpu/bin
if [[ -e build/carry/gpu.tgz && ! -x $bin/weft ]]; then tar -C build -xzf build/carry/gpu.tgz; fi
if [[ ! -x $bin/weft ]]; then
  echo "gpu_check.sh: build/carry/gpu.tgz is not there. Expected: what scripts/gpu_pack.sh makes, on a machine with nvcc." >&2
  exit 2
fi

# CUDA's libraries: a toolkit, or the wheels of a Python environment.
python=$(command -v python3 || true)
wheels=""
if [[ -n $python ]]; then
  wheels=$("$python" -c 'import glob, sysconfig; print(":".join(glob.glob(sysconfig.get_path("purelib") + "/nvidia/*/lib")))' \
    2>/dev/null || true)
fi
export LD_LIBRARY_PATH="${wheels:+$wheels:}/usr/local/cuda/lib64${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
# Samples draw their models; without Graphviz something that takes the text will do.
if ! command -v dot >/dev/null; then
  stand_in=$(mktemp -d)
  printf '#!/bin/sh\ncat >"$3"\n' >"$stand_in/dot" # dot -Tpng -o FILE
  chmod +x "$stand_in/dot"
  export PATH=$PATH:$stand_in
fi
export WEFT_TEST_SOURCE_DIR=$here WEFT_BACKEND_DIR=$here/build/gpu/lib WEFT_DATA_DIR=$here/data WEFT_DEVICE=cuda:0 OMP_NUM_THREADS=1

parts=()   # "name status seconds"
failed=0
# part NAME LIMIT COMMAND...: runs it with a limit in seconds, less where little is left of all.
part() {
  local name=$1 limit=$2 start=$SECONDS status=0
  shift 2
  local left=$((seconds - SECONDS))
  if ((left < 5)); then
    parts+=("$name not-run 0")
    failed=1
    return
  fi
  timeout --kill-after=5 $((limit < left ? limit : left)) "$@" >"$logs/$name.log" 2>&1 || status=$?
  local word=passed
  case $status in
    0) ;;
    77) word=skipped ;;
    124 | 137) word=out-of-time ;;
    *) word="failed($status)" ;;
  esac
  [[ $word == passed || $word == skipped ]] || failed=1
  parts+=("$name $word $((SECONDS - start))")
  echo "== $name: $word, $((SECONDS - start)) s"
  tail -n 3 "$logs/$name.log"
}

skip() { echo "skipped: $*" && exit 77; }
export -f skip

# sample NAME [LEAST]: in a folder of its own; the accuracy that it prints last is at least LEAST.
sample() {
  local folder
  folder=$(mktemp -d)
  cd "$folder" || return 1
  "$bin/$1" | tee out || return 1
  [[ -n ${2:-} ]] || return 0
  local accuracy
  accuracy=$(grep -oiE 'accuracy:? [0-9.e-]+' out | tail -n 1 | grep -oE '[0-9.e-]+$')
  awk -v is="$accuracy" -v least="$2" 'BEGIN { printf "accuracy %s, expected at least %s\n", is, least; exit !(is >= least) }'
}
export -f sample
export bin output

sanitizer=$(command -v compute-sanitizer || ls /usr/local/cuda/bin/compute-sanitizer 2>/dev/null || true)
export sanitizer

# The most important first: time may run out.
part environment 60 bash -c 'nvidia-smi; nvidia-smi -q -d CLOCK,POWER,PERFORMANCE | head -60; "$bin/weft" devices; "$bin/weft" devices | grep -q "^cuda:0"'
if ((failed)); then
  cat "$logs/environment.log"
  seconds=0 # nothing else can run
fi
tests='~[cpu]~[timing]~[.]'
part device-json 20 bash -o pipefail -c '"$bin/cudnn_device" | tee "$output/gpu_device.json"'
part conformance-device 60 "$bin/weft_tests_device" "$tests"
for model in mlp mlp_wide cnn lstm_rows ticket toy_resnet autoencoder transformer big_mlp; do
  part "train-$model" 20 "$bin/bench_train" --model "$model" --device cuda:0 --seconds 1
done
part conformance-ops 90 "$bin/weft_tests_ops" "$tests"
for area in layers graph architecture training errors golden; do
  part "conformance-$area" 45 "$bin/weft_tests_$area" "$tests"
done
for sample in "mnist_mlp 0.95" "mnist_cnn 0.988" "mnist_lstm 0.97" "toy_resnet" "autoencoder" "ticket" "text_transformer" "custom_layer" "custom_loop" "two_inputs"; do
  part "sample-${sample%% *}" 45 bash -o pipefail -c "sample $sample"
done
# Recurrent layers without the libraries: masks and all options by the plain kernels, the same expectations.
part plain-recurrent 30 env WEFT_KERNEL=reference "$bin/weft_tests_layers" 'LSTM*,GRU*'
for precision in highest high medium; do
  part "precision-$precision" 15 "$bin/bench_train" --model cnn --device cuda:0 --seconds 0.5 --precision "$precision"
done
part ops 60 bash -o pipefail -c '"$bin/bench_ops" --device cuda:0 --precision high --seconds 0.01 | tee "$output/gpu_ops.jsonl"'
if [[ -n $sanitizer ]]; then
  # Without the test that asks for too much memory, and the one that starts more processes.
  part memcheck 60 "$sanitizer" --target-processes all --report-api-errors no --error-exitcode 99 "$bin/weft_tests_device" "$tests" \
    '~a tensor larger*' '~20 steps*'
else
  part memcheck 5 bash -c 'skip there is no compute-sanitizer'
fi
if [[ -n $python ]] && "$python" -c 'import torch; assert torch.cuda.is_available()' 2>/dev/null; then
  part beside-torch 150 "$python" benchmarks/compare.py --weft "$bin/bench_train" --python "$python" --torch eager graphs compile \
    --keras --models mlp cnn lstm_rows toy_resnet transformer big_mlp mlp_wide ticket autoencoder --threads 1 --rounds 1 --seconds 0.5 \
    --device cuda:0 --output "$output/gpu_compare.md"
else
  part beside-torch 5 bash -c 'skip PyTorch with CUDA cannot be imported'
fi
part uncaptured 30 env WEFT_CUDA_GRAPH=0 "$bin/weft_tests_training" "$tests"
for model in mlp cnn lstm_rows; do
  part "predict-$model" 10 "$bin/bench_train" --model "$model" --device cuda:0 --seconds 0.3 --mode predict
done

gpu=$(nvidia-smi --query-gpu=name,driver_version --format=csv,noheader 2>/dev/null | head -n 1)
commit=$(cat build/gpu/commit)
{
  echo "# weft on ${gpu:-no GPU}, commit $commit, $(date -u +%Y-%m-%d)"
  echo
  echo "Made by scripts/gpu_check.sh in $SECONDS s. What each part printed is in gpu_logs.tar.gz."
  echo
  echo "| part | result | seconds | last line |"
  echo "| --- | --- | --- | --- |"
  for p in "${parts[@]}"; do
    read -r name word took <<<"$p"
    echo "| $name | $word | $took | $(tail -n 1 "$logs/$name.log" 2>/dev/null | tr '|' '/' | cut -c1-300) |"
  done
} >"$output/gpu.md"
{
  echo "{\"gpu\": \"$gpu\", \"commit\": \"$commit\", \"parts\": ["
  separator=""
  for p in "${parts[@]}"; do
    read -r name word took <<<"$p"
    line=null
    [[ $name =~ ^(train|predict|precision)- ]] && line=$(grep -m1 '^{' "$logs/$name.log" 2>/dev/null || echo null)
    echo "$separator{\"name\": \"$name\", \"result\": \"$word\", \"seconds\": $took, \"measured\": $line}"
    separator=", "
  done
  echo "]}"
} >"$output/gpu.json"
# At most a few files come back from a borrowed machine.
tar -C "$(dirname "$logs")" -czf "$output/gpu_logs.tar.gz" logs
exit "$failed"
