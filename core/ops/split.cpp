#include <weft/core/ops/split.h>

#include <weft/core/ops/slice.h>
#include "core/ops/checks.hpp"

namespace weft {
namespace ops {
namespace {

Tensor part(const Tensor& x, int axis, Index index) {
  std::vector<Index> where(static_cast<std::size_t>(axis), Index(All));
  where.push_back(index);
  return getitem(x, where);
}

}  // namespace

std::vector<Tensor> split(const Tensor& x, int sections, int axis) {
  const int place = normalize_axis("split", axis, x.shape().rank());
  const Dim size = x.shape()[place];
  if (sections <= 0) {
    fail("split", "there must be parts to cut into", "1 or more sections",
         fmt::format("sections={}", sections));
  }
  if (!size.known() || size % sections != 0) {
    fail("split", fmt::format("axis {} cannot be cut into equal parts", place),
         fmt::format("a known size divisible by {}", sections), "x.shape=" + x.shape().to_string());
  }
  std::vector<Tensor> out;
  const std::int64_t length = size / sections;
  for (std::int64_t i = 0; i < sections; ++i)
    out.push_back(part(x, place, Slice{i * length, (i + 1) * length, {}}));
  return out;
}

std::vector<Tensor> split(const Tensor& x, const std::vector<int>& indices, int axis) {
  const int place = normalize_axis("split", axis, x.shape().rank());
  std::vector<Tensor> out;
  std::optional<std::int64_t> start;
  for (int index : indices) {
    out.push_back(part(x, place, Slice{start, index, {}}));
    start = index;
  }
  out.push_back(part(x, place, Slice{start, {}, {}}));
  return out;
}

std::vector<Tensor> unstack(const Tensor& x, int num, int axis) {
  const int place = normalize_axis("unstack", axis, x.shape().rank());
  const Dim size = x.shape()[place];
  if (!size.known() && num < 0) {
    fail("unstack", "the dimension is None", "a known size, or `num`",
         "x.shape=" + x.shape().to_string());
  }
  if (size.known() && num >= 0 && !(size == num)) {
    fail("unstack", "`num` is not the size of the axis", dim_text(size), std::to_string(num));
  }
  std::vector<Tensor> out;
  const std::int64_t count = size.known() ? static_cast<std::int64_t>(size) : num;
  for (std::int64_t i = 0; i < count; ++i) out.push_back(part(x, place, i));
  return out;
}

}  // namespace ops

namespace registration {
void op_split() {}  // made of slices
}  // namespace registration
}  // namespace weft
