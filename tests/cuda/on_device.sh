#!/bin/sh
# on_device.sh WEFT PROGRAM ARGUMENTS...: runs a test program on the first CUDA device. Without one it says so, and ctest counts it as
# skipped.
weft=$1
shift
devices=$("$weft" devices) || exit 1
case $devices in
  *cuda:0*) ;;
  *)
    echo "skipped: no CUDA device"
    echo "$devices"
    exit 77
    ;;
esac
WEFT_DEVICE=cuda:0 exec "$@"
