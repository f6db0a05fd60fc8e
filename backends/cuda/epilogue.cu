#include "backends/cuda/epilogue.hpp"

#include <weft/core/error.h>

#include "backends/cuda/kernel.hpp"

namespace weft::cuda {
namespace {

/// The column that element i is in, of rows of `columns`.
struct Columns {
  std::int64_t columns;
  bool small;  ///< all elements have numbers below 2^31
  Divisor divisor;

  Columns(std::int64_t columns_, std::int64_t elements)
      : columns(columns_),
        small(elements < std::int64_t{1} << 31),
        divisor(small ? static_cast<std::uint32_t>(columns_) : 1) {}

  WEFT_HD std::int64_t of(std::int64_t i) const {
    if (!small) return i % columns;
    std::uint32_t rest = 0;
    divisor.divide(static_cast<std::uint32_t>(i), rest);
    return rest;
  }
};

template <class T>
__device__ __forceinline__ T finish(EpilogueActivation activation, T y, bool has_bias, T bias) {
  if (has_bias) y = store<T>(load(y) + load(bias));
  return activation == EpilogueActivation::none ? y : store<T>(activate(activation, load(y)));
}

/// Vectors of N neighbours, all in one row.
template <class T, int N>
__global__ void finish_kernel(EpilogueActivation activation, const T* bias, Columns vectors,
                              std::int64_t count, T* y) {
  using V = Vector<T, N>;
  for_each_index(count, [&](std::int64_t i) {
    V v = load_vector<V>(y + i * N), b = {};
    if (bias != nullptr) b = load_vector<V>(bias + vectors.of(i) * N);
    for (int k = 0; k < N; ++k) v.at[k] = finish(activation, v.at[k], bias != nullptr, b.at[k]);
    store_vector(y + i * N, v);
  });
}

template <class T, int N>
void launch_finish(EpilogueActivation activation, const void* bias, std::int64_t rows,
                   std::int64_t columns, void* y, void* stream) {
  const std::int64_t count = rows * columns / N;
  launch(finish_kernel<T, N>, shape_for(count, 2), stream, activation, static_cast<const T*>(bias),
         Columns(columns / N, count), count, static_cast<T*>(y));
}

template <class T>
void finish_elements(EpilogueActivation activation, const void* bias, std::int64_t rows,
                     std::int64_t columns, void* y, void* stream) {
  using V = Vector<T>;
  if (columns % V::size == 0 && is_aligned<V>(y) && is_aligned<V>(bias))
    launch_finish<T, V::size>(activation, bias, rows, columns, y, stream);
  else
    launch_finish<T, 1>(activation, bias, rows, columns, y, stream);
}

}  // namespace

void finish_product(DType dtype, EpilogueActivation activation, const void* bias, std::int64_t rows,
                    std::int64_t columns, void* y, void* stream) {
  if (rows == 0 || columns == 0) return;
  switch (dtype.code()) {
    case DType::float32:
      return finish_elements<float>(activation, bias, rows, columns, y, stream);
    case DType::float64:
      return finish_elements<double>(activation, bias, rows, columns, y, stream);
    case DType::float16:
      return finish_elements<Float16>(activation, bias, rows, columns, y, stream);
    case DType::bfloat16:
      return finish_elements<BFloat16>(activation, bias, rows, columns, y, stream);
    default:
      throw DtypeError("cuda: no activation and no bias behind a product of " + dtype.name());
  }
}

}  // namespace weft::cuda
