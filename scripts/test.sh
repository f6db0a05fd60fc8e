#!/usr/bin/env bash
# Builds weft with everything around it and runs all tests. Arguments go to ctest: scripts/test.sh -L golden
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

source scripts/ccache_env.sh
scripts/install_packages.sh
if python=$(scripts/keras_python.sh); then
  export WEFT_KERAS_PYTHON=$python
  echo "== The exchange tests use the Keras of $python"
else
  echo "== No Python with Keras 3.15.1 found: the live exchange tests skip (scripts/keras_python.sh --install)"
fi
echo "== Building weft (build/release)"
cmake --preset release -DWEFT_BUILD_TESTS=ON -DWEFT_BUILD_BENCHMARKS=ON >/dev/null
cmake --build --preset release
echo "== Testing"
ctest --preset release -j"$(nproc)" "$@"
