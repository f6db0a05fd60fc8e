#!/usr/bin/env bash
# Prints a Python in which Keras 3.15.1 can be imported: $WEFT_KERAS_PYTHON's, or one of the virtual environments below.
# Fails if there is none; with --install it makes one, of PyPI's packages, in ~/.cache/weft-venv.
set -euo pipefail
own="${XDG_CACHE_HOME:-$HOME/.cache}/weft-venv"

for python in ${WEFT_KERAS_PYTHON:+"$WEFT_KERAS_PYTHON"} /opt/weft-venv/bin/python "$own/bin/python"; do
  if [[ -x $python ]] && "$python" -c '
import importlib.metadata as m, importlib.util as u, sys
sys.exit(m.version("keras") != "3.15.1" or not (u.find_spec("jax") and u.find_spec("h5py")))' 2>/dev/null; then
    echo "$python"
    exit 0
  fi
done
[[ ${1:-} == --install ]] || exit 1

echo "== Installing Keras 3.15.1 on JAX into $own" >&2
rm -rf "$own"
mkdir -p "$(dirname "$own")"
/usr/bin/python3 -m venv "$own" >&2
"$own/bin/pip" install --quiet --disable-pip-version-check keras==3.15.1 jax h5py >&2
echo "$own/bin/python"
