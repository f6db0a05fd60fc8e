// The identity matrix.
#pragma once
#include <weft/core/op.h>

#include <optional>

namespace weft::ops {

/// Options of eye.
struct EyeOptions {
  std::optional<std::int64_t> M = {};  ///< columns; N when not given
  std::int64_t k = 0;                  ///< which diagonal: above the main one when positive
  DType dtype = {};                    ///< floatx when not given
};

/// `[N, M]`: ones where column - row == k, zeros elsewhere.
Tensor eye(std::int64_t N, EyeOptions options = {});

}  // namespace weft::ops
