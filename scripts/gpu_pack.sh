#!/usr/bin/env bash
# Builds what scripts/gpu_check.sh needs on a machine with a GPU, for one architecture, and gathers it in build/carry/gpu.tgz: programs,
# libweft, the plug-in, and every shared library that such a machine may lack. CUDA, cuDNN and cuBLASLt are found there.
#   gpu_pack.sh [ARCHITECTURE]     90 (H100, H200) without an argument
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/ccache_env.sh
PATH=$PATH:/usr/local/cuda/bin
architecture=${1:-90}
cmake --preset cuda -DWEFT_CUDA_ARCHITECTURES="$architecture-real" -DWEFT_ONEDNN=OFF -DWEFT_BUILD_TESTS=ON -DWEFT_BUILD_SAMPLES=ON \
  -DWEFT_BUILD_BENCHMARKS=ON >/dev/null
programs=(bench_train bench_ops cudnn_device weft mnist_mlp mnist_cnn mnist_lstm toy_resnet autoencoder ticket text_transformer)
for area in device ops layers graph architecture training errors golden; do programs+=("weft_tests_$area"); done
ninja -C build/cuda "${programs[@]/#/bin/}" weft_cuda

# bin/NAME finds our libraries for programs/NAME and what it starts; nothing else on that machine is to find them.
rm -rf build/gpu build/carry
mkdir -p build/gpu/bin build/gpu/programs build/gpu/lib build/carry
for program in "${programs[@]}"; do
  strip -o "build/gpu/programs/$program" "build/cuda/bin/$program"
  cat >"build/gpu/bin/$program" <<'END'
#!/bin/sh
here=$(cd "$(dirname "$0")/.." && pwd)
LD_LIBRARY_PATH=$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} exec "$here/programs/$(basename "$0")" "$@"
END
  chmod +x "build/gpu/bin/$program"
done
soname=$(objdump -p build/cuda/lib/libweft.so | awk '/SONAME/ { print $2 }')
strip --strip-unneeded -o "build/gpu/lib/$soname" build/cuda/lib/libweft.so
strip --strip-unneeded -o build/gpu/lib/libweft_cuda.so build/cuda/lib/libweft_cuda.so
# The C and C++ libraries and what belongs to them are the machine's own.
ldd build/cuda/bin/weft_tests_ops build/cuda/bin/weft | awk '$3 ~ /^\// { print $3 }' | sort -u |
  grep -vE '/(libc|libm|libdl|libpthread|librt|libresolv|libnsl|libutil|libanl|libstdc\+\+|libgcc_s|ld-linux[^/]*|libweft)\.so' |
  while read -r library; do cp -L "$library" build/gpu/lib/; done
git describe --always --dirty >build/gpu/commit
tar -C build -czf build/carry/gpu.tgz gpu
# The borrowed machine takes so much of a working tree and what is carried.
carried=$(($(git ls-files -z | du -cb --files0-from=- | tail -n 1 | cut -f1) + $(stat -c %s build/carry/gpu.tgz)))
echo "build/carry/gpu.tgz has $(($(stat -c %s build/carry/gpu.tgz) >> 20)) MiB; with the tree $((carried >> 20)) of 64 MiB"
((carried < 64 << 20))
