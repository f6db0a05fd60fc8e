#!/bin/sh
# check_simd.sh BUILD: what is compiled for one instruction set exports nothing but names that carry the set: no weak
# symbol, which could become the whole program's copy, and nothing that runs before main.
set -eu
status=0
count=0
for isa in v2 v3 v4; do
  for object in $(find "$1/CMakeFiles/weft_simd_$isa.dir" -name '*.o'); do
    count=$((count + 1))
    foreign=$(nm --defined-only "$object" | awk '$2 ~ /^[A-Zu]$/ {print $2, $3}' | grep -v "^[^WVu] .*2${isa}[0-9]" || true)
    if [ -n "$foreign" ]; then
      echo "$object exports names that are not of $isa:"
      echo "$foreign"
      status=1
    fi
    if objdump -h "$object" | grep -q '\.init_array'; then
      echo "$object has an initializer that would run before main"
      status=1
    fi
  done
done
echo "$count objects of several instruction sets"
test "$count" -gt 0
exit $status
