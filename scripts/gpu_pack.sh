#!/usr/bin/env bash
# Builds what scripts/gpu_check.sh needs on a machine with a GPU, for one architecture, and gathers it in build/gpu: programs,
# libweft, the plug-in, and every shared library that such a machine may lack. CUDA, cuDNN and cuBLASLt are found there.
#   gpu_pack.sh [ARCHITECTURE]     90 (H100, H200) without an argument
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/ccache_env.sh
architecture=${1:-90}
cmake --preset cuda -DWEFT_CUDA_ARCHITECTURES="$architecture-real" -DWEFT_ONEDNN=OFF -DWEFT_BUILD_TESTS=ON -DWEFT_BUILD_SAMPLES=ON \
  -DWEFT_BUILD_BENCHMARKS=ON >/dev/null
programs=(bench_train bench_ops cudnn_device weft)
for area in device ops layers graph architecture training errors golden; do programs+=("weft_tests_$area"); done
samples=(mnist_mlp mnist_cnn mnist_lstm toy_resnet autoencoder ticket text_transformer)
ninja -C build/cuda "${programs[@]}" "${samples[@]}" weft_cuda
rm -rf build/gpu
mkdir -p build/gpu/bin build/gpu/lib
for program in "${programs[@]}" "${samples[@]}"; do strip -o "build/gpu/bin/$program" "build/cuda/bin/$program"; done
for library in build/cuda/lib/libweft.so.*.*.* build/cuda/lib/libweft_cuda.so; do
  strip --strip-unneeded -o "build/gpu/lib/$(basename "$library")" "$library"
done
soname=$(objdump -p build/cuda/lib/libweft.so | awk '/SONAME/ { print $2 }')
mv build/gpu/lib/libweft.so.*.*.* "build/gpu/lib/$soname"
# The C library and what belongs to it are the machine's own.
ldd build/cuda/bin/weft_tests_ops build/cuda/bin/weft | awk '$3 ~ /^\// { print $3 }' | sort -u |
  grep -vE '/(libc|libm|libdl|libpthread|librt|ld-linux[^/]*|libweft)\.so' | while read -r library; do
  cp -L "$library" build/gpu/lib/
done
git describe --always --dirty >build/gpu/commit
du -sh build/gpu
