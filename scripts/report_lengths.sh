#!/usr/bin/env bash
# Headers of 300 lines and more and sources of 600 and more: about how long a file that is about one thing is. Exit code
# 1 when there is one. Functions above 60 lines are clang-tidy's (.clang-tidy, readability-function-size).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
git ls-files -z --cached --others --exclude-standard -- '*.h' '*.hpp' '*.cpp' '*.cu' '*.cuh' | xargs -0 -r wc -l |
  awk '$2 != "total" && (($2 ~ /\.(h|hpp|cuh)$/ && $1 >= 300) || ($2 ~ /\.(cpp|cu)$/ && $1 >= 600)) {
         print "long file: " $2 ", " $1 " lines"; count++
       }
       END { print count + 0 " files are longer than they should be"; exit count > 0 }'
