// The labels of the crossentropies' kernels.
#pragma once
#include <weft/core/error.h>

#include "backends/cpu/kernels/dispatch.hpp"
#include "backends/refusal_texts.hpp"

namespace weft::cpu {

/// The class of a row. Throws Error when there is no such class.
inline std::int64_t checked_label(const void* labels, DType dtype, std::int64_t row,
                                  std::int64_t classes) {
  const std::int64_t label = load_index(labels, dtype, row);
  if (label >= 0 && label < classes) return label;
  throw Error(label_refusal(classes, dtype, row, label));
}

}  // namespace weft::cpu
