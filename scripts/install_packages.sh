#!/usr/bin/env bash
# Installs the Debian packages that weft needs, those that are missing. `install_packages.sh ci` adds what only CI uses.
set -euo pipefail

packages=(
  g++ cmake ninja-build pkg-config git        # the tools of the build
  libfmt-dev libspdlog-dev                    # text, the log
  libhdf5-dev libzip-dev zlib1g-dev nlohmann-json3-dev # .keras files, npz, MNIST's .gz
  libdnnl-dev                                 # oneDNN: fast matrix products
  libcli11-dev                                # the program weft
  graphviz                                    # dot draws the picture of a model
  catch2 python3                              # the tests
)
if [[ ${1:-} == ci ]]; then
  packages+=(ccache clang-14 clang-format-14 clang-tidy-14 python3-venv)
fi

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true)
  [[ $status == "install ok installed" ]] || missing+=("$package")
done
if ((${#missing[@]} == 0)); then
  exit 0
fi

command=(env DEBIAN_FRONTEND=noninteractive apt-get)
if ((EUID != 0)); then
  if ! command -v sudo >/dev/null; then
    echo "weft needs these packages: ${missing[*]}" >&2
    echo "Expected root or sudo, to install them. Received: user $(id -un), and no sudo." >&2
    exit 1
  fi
  command=(sudo "${command[@]}")
fi
echo "== Installing from the distribution: ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { "${command[@]}" update && "${command[@]}" install -y --no-install-recommends "${missing[@]}"; } \
  >"$log" 2>&1 </dev/null; then
  tail -n 30 "$log" >&2
  echo "apt-get could not install the packages (its last lines stand above)." >&2
  exit 1
fi
