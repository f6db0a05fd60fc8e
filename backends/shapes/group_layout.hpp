// How an input of a pointwise_group lies against the whole.
#pragma once
#include <weft/core/shape.h>

#include <cstdint>
#include <optional>

#include "core/ops/pointwise_group.hpp"

namespace weft::kernels {

struct GroupLayout {
  enum Kind {
    whole,   ///< element i is element i
    number,  ///< one element
    rows,    ///< element i is element i % period
    columns  ///< element i is element i / period
  };
  Kind kind = whole;
  std::int64_t period = 1;
};

/// None where an input is neither.
inline std::optional<GroupLayout> group_layout(const Shape& input, const Shape& whole) {
  if (input.size() == 1)
    return GroupLayout{whole.size() == 1 ? GroupLayout::whole : GroupLayout::number, 1};
  if (input.size() == whole.size()) return GroupLayout();
  if (!weft::detail::can_enter_group(input, whole)) return std::nullopt;
  // Rows end with the whole's last axis that is not 1, columns do not.
  int last = -1;
  while (whole[last] == 1) --last;
  if (-last <= input.rank() && input[last] == whole[last])
    return GroupLayout{GroupLayout::rows, input.size()};
  return GroupLayout{GroupLayout::columns, whole.size() / input.size()};
}

}  // namespace weft::kernels
