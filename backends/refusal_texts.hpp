// What users read of an index, id or label that is out of range, whichever device found it.
#pragma once
#include <weft/core/dtype.h>

#include <cstdint>
#include <limits>
#include <string>

namespace weft::kernels {

/// What load_index has read, for a message: uint64 beyond int64 as it is, and what
/// ops/class_numbers.hpp makes of NaN.
inline std::string index_text(std::int64_t index, DType dtype) {
  if (dtype == DType::uint64) return std::to_string(static_cast<std::uint64_t>(index));
  const bool of_nan = dtype == DType::int32 && index == std::numeric_limits<std::int32_t>::min();
  return std::to_string(index) + (of_nan ? ", which stands for NaN too," : "");
}

/// Of take, and of the Embedding `layer` where that is not empty.
inline std::string take_refusal(const std::string& layer, std::int64_t size, DType dtype,
                                std::int64_t position, std::int64_t index) {
  const std::string places = std::to_string(size), number = std::to_string(position);
  if (!layer.empty()) {
    return "Embedding layer '" + layer + "': a token id is out of range. Expected: 0 <= id < " +
           places +
           " (input_dim, the size of the vocabulary). Received: " + index_text(index, dtype) +
           " (id number " + number + ")";
  }
  return "take: an index is out of range. Expected: " + std::to_string(-size) + " <= index < " +
         places + ". Received: " + index_text(index, dtype) + " (index number " + number + ")";
}

inline std::string take_along_axis_refusal(std::int64_t size, std::int64_t position,
                                           std::int64_t index) {
  return "take_along_axis: an index is out of range. Expected: " + std::to_string(-size) +
         " <= index < " + std::to_string(size) + ". Received: " + std::to_string(index) +
         " (index number " + std::to_string(position) + ")";
}

inline std::string label_refusal(std::int64_t classes, DType dtype, std::int64_t row,
                                 std::int64_t label) {
  return "sparse_categorical_crossentropy: a label is out of range. Expected: 0 <= label < " +
         std::to_string(classes) +
         " (the number of classes). Received: " + index_text(label, dtype) + " at row " +
         std::to_string(row);
}

}  // namespace weft::kernels
