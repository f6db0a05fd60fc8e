#include "backends/cuda/gather_rows.hpp"

#include "backends/cuda/kernel.hpp"

namespace weft::cuda {
namespace {

template <class T>
__global__ void gather_rows_kernel(T* to, const T* table, std::int64_t width,
                                   const std::int64_t* rows, std::int64_t count) {
  for_each_index(count * width, [&](std::int64_t i) {
    const std::int64_t row = i / width;
    to[i] = table[rows[row] * width + (i - row * width)];
  });
}

template <class T>
void gather(void* to, const void* table, std::size_t row_bytes, const std::int64_t* rows,
            std::int64_t count, void* stream) {
  const auto width = static_cast<std::int64_t>(row_bytes / sizeof(T));
  launch(gather_rows_kernel<T>, shape_for(count * width), stream, static_cast<T*>(to),
         static_cast<const T*>(table), width, rows, count);
}

}  // namespace

void gather_rows(void* to, const void* table, std::size_t row_bytes, const std::int64_t* rows,
                 std::int64_t count, void* stream) {
  using Wide = Vector<unsigned, 4>;
  const auto fits = [&](std::size_t bytes) {
    return row_bytes % bytes == 0 && reinterpret_cast<std::uintptr_t>(to) % bytes == 0 &&
           reinterpret_cast<std::uintptr_t>(table) % bytes == 0;
  };
  if (fits(sizeof(Wide)))
    gather<Wide>(to, table, row_bytes, rows, count, stream);
  else if (fits(sizeof(unsigned)))
    gather<unsigned>(to, table, row_bytes, rows, count, stream);
  else
    gather<unsigned char>(to, table, row_bytes, rows, count, stream);
}

}  // namespace weft::cuda
