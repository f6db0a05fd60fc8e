// Indices, labels and ids in messages.
#pragma once
#include <limits>

#include "backends/cpu/kernels/dispatch.hpp"

namespace weft::cpu {

/// What load_index reads, for a message: uint64 beyond int64 as it is, and what
/// ops/class_numbers.hpp makes of NaN.
inline std::string index_text(const void* data, DType dtype, std::int64_t i) {
  if (dtype == DType::uint64) return std::to_string(static_cast<const std::uint64_t*>(data)[i]);
  const std::int64_t index = load_index(data, dtype, i);
  const bool of_nan = dtype == DType::int32 && index == std::numeric_limits<std::int32_t>::min();
  return std::to_string(index) + (of_nan ? ", which stands for NaN too," : "");
}

}  // namespace weft::cpu
