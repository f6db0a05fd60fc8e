#!/bin/sh
# check_simd.sh OBJECT...: objects compiled for one instruction set define no weak symbol. The linker keeps one of all
# weak ones of a name, and that may be the one for a processor that this is not.
set -eu
test $# -gt 0 || { echo "no objects were given"; exit 1; }
for object in "$@"; do
  weak=$(nm -C --defined-only "$object" | grep -E ' [WVu] ' || true)
  if [ -n "$weak" ]; then
    echo "$object must define no weak symbol (make it static, or always inline). Received:"
    echo "$weak"
    exit 1
  fi
  # Nor may it define what is not in the namespace of its instruction set.
  foreign=$(nm -C --defined-only "$object" | grep -E ' [TDBR] ' | grep -Ev 'weft::cpu::v[234]::' || true)
  if [ -n "$foreign" ]; then
    echo "$object must define names in weft::cpu::v2, v3 or v4 only. Received:"
    echo "$foreign"
    exit 1
  fi
done
echo "$# objects without a weak symbol"
