#!/bin/sh
# check_functors.sh NVCC SOURCE BUILD: nvcc compiles every functor of core/ops/pointwise as device code, for the oldest and a new GPU, from the headers
# that g++ compiles for the CPU. Says how many.
set -eu
nvcc=$1 source=$2 build=$3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/functors.cu" <<'TEXT'
#define WEFT_FUNCTORS_ONLY
#include <generated/pointwise_all.h>
template <class F, class T>
__device__ void apply(F f, T* x) {
  if constexpr (F::kind == weft::functors::Kind::select)
    x[0] = f(x[0] != T(0), x[1], x[2]);
  else if constexpr (F::arity == 1)
    x[0] = static_cast<T>(f(x[0]));
  else
    x[0] = static_cast<T>(f(x[0], x[1]));
}
template <class... F>
__device__ void apply_all(weft::TypeList<F...>, float* x) {
  (apply(F(), x), ...);
}
__global__ void all_functors_kernel(float* x) { apply_all(weft::PointwiseFunctors{}, x); }
TEXT
for architecture in sm_80 sm_90; do
  "$nvcc" -std=c++20 -arch=$architecture --fmad=false --expt-relaxed-constexpr -I "$build/include" -I "$source" -cubin -o "$folder/out" \
    "$folder/functors.cu"
done
count=$(grep -c '^#include <weft/core/ops/pointwise/' "$build/generated/pointwise_all.h")
test "$count" -gt 0
echo "$count functors compiled by nvcc for sm_80 and sm_90"
