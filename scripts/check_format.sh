#!/usr/bin/env bash
# Checks every source against .clang-format; `check_format.sh --fix` puts them in shape.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mode=(--dry-run -Werror)
[[ ${1:-} != --fix ]] || mode=(-i)
git ls-files -z --cached --others --exclude-standard -- '*.h' '*.hpp' '*.cpp' '*.cu' '*.cuh' |
  xargs -0 -r -n 40 -P "$(nproc)" clang-format-14 "${mode[@]}"
