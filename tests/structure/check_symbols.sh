#!/bin/sh
# check_symbols.sh LIBRARY: libweft needs no symbol of CUDA's libraries, and, as our own, exports only names of weft's.
set -eu
cuda=$(nm -D --undefined-only "$1" | grep -E ' (cu[A-Z]|cuda[A-Z]|cudnn|cublas|nccl)' || true)
if [ -n "$cuda" ]; then
  echo "libweft must not need CUDA. Received:"
  echo "$cuda"
  exit 1
fi
foreign=$(nm -D --defined-only "$1" | awk '$2 == "T" {print $3}' | grep -Ev '^(_Z|_init|_fini|weft_)' || true)
if [ -n "$foreign" ]; then
  echo "libweft must export no C name but weft_*. Received:"
  echo "$foreign"
  exit 1
fi
count=$(nm -D --defined-only "$1" | grep -c ' T ' || true)
echo "$count functions exported, none of CUDA's needed"
test "$count" -gt 0
