#!/bin/sh
# The tests labelled gpu need a device. Without one this one is counted as skipped and says so; with one it is skipped
# too, for another reason, until there is a CUDA backend to test.
if [ ! -e /dev/nvidia0 ] || ! command -v nvidia-smi >/dev/null 2>&1; then
  echo "skipped: no CUDA device"
  exit 77
fi
nvidia-smi -L
echo "skipped: there is a CUDA device, but weft has no CUDA backend yet"
exit 77
