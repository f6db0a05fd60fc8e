#!/bin/sh
# keep_ptxas_report.sh NVCC ARGUMENTS... -o OBJECT ...: runs nvcc, and leaves in OBJECT.ptxas what ptxas says of registers, shared memory and
# spills (-Xptxas=-v), for tests/cuda/check_registers.py. What else it says goes on.
object=
previous=
for argument; do
  [ "$previous" = -o ] && object=$argument
  previous=$argument
done
[ -n "$object" ] || exec "$@"
"$@" 2>"$object.ptxas"
status=$?
grep -v -e '^ptxas info' -e '^ *[0-9]* bytes stack frame' "$object.ptxas" >&2
exit $status
