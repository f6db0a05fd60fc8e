// The labels of the crossentropies' kernels.
#pragma once
#include <fmt/core.h>
#include <weft/core/error.h>

#include "backends/cpu/kernels/dispatch.hpp"
#include "backends/cpu/kernels/index_text.hpp"

namespace weft::cpu {

/// The class of a row. Throws Error when there is no such class.
inline std::int64_t checked_label(const void* labels, DType dtype, std::int64_t row,
                                  std::int64_t classes) {
  const std::int64_t label = load_index(labels, dtype, row);
  if (label >= 0 && label < classes) return label;
  throw Error(
      fmt::format("sparse_categorical_crossentropy: a label is out of range. Expected: 0 <= label "
                  "< {} (the number of classes). Received: {} at row {}",
                  classes, index_text(labels, dtype, row), row));
}

}  // namespace weft::cpu
