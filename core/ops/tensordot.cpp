#include <weft/core/ops/tensordot.h>

#include <algorithm>

#include <weft/core/ops/matmul.h>
#include <weft/core/ops/reshape.h>
#include <weft/core/ops/transpose.h>
#include "core/ops/checks.hpp"

namespace weft {
namespace ops {
namespace {

/// The axes of `rank` that are not in `axes`.
Ints others(const Ints& axes, int rank) {
  Ints out;
  for (int i = 0; i < rank; ++i) {
    if (std::find(axes.begin(), axes.end(), i) == axes.end()) out.push_back(i);
  }
  return out;
}

std::int64_t size_of(const Shape& shape, const Ints& axes) {
  std::int64_t size = 1;
  for (std::int64_t axis : axes) size *= shape[static_cast<int>(axis)];
  return size;
}

Ints normalized(const std::vector<int>& axes, int rank) {
  Ints out;
  for (int axis : axes) out.push_back(normalize_axis("tensordot", axis, rank));
  return out;
}

Ints joined(Ints a, const Ints& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

}  // namespace

Tensor tensordot(const Tensor& x1, const Tensor& x2, const std::vector<int>& axes1,
                 const std::vector<int>& axes2) {
  const Shape s1 = x1.shape(), s2 = x2.shape();
  const Ints sum1 = normalized(axes1, s1.rank()), sum2 = normalized(axes2, s2.rank());
  bool fits = sum1.size() == sum2.size();
  for (std::size_t i = 0; fits && i < sum1.size(); ++i)
    fits = s1[static_cast<int>(sum1[i])] == s2[static_cast<int>(sum2[i])];
  if (!fits) {
    fail("tensordot", "the summed axes do not fit", "equal dimensions, pair by pair",
         "x1.shape=" + s1.to_string() + ", x2.shape=" + s2.to_string());
  }
  const Ints kept1 = others(sum1, s1.rank()), kept2 = others(sum2, s2.rank());
  const std::int64_t k = size_of(s1, sum1);
  Shape out;
  for (std::int64_t axis : kept1) out.push_back(s1[static_cast<int>(axis)]);
  for (std::int64_t axis : kept2) out.push_back(s2[static_cast<int>(axis)]);
  const Tensor a = reshape(transpose(x1, joined(kept1, sum1)), {size_of(s1, kept1), k});
  const Tensor b = reshape(transpose(x2, joined(sum2, kept2)), {k, size_of(s2, kept2)});
  return reshape(matmul(a, b), out);
}

Tensor tensordot(const Tensor& x1, const Tensor& x2, int axes) {
  const int rank1 = x1.shape().rank(), rank2 = x2.shape().rank();
  if (axes < 0 || axes > rank1 || axes > rank2) {
    fail("tensordot", "too many axes", fmt::format("0 <= axes <= {}", std::min(rank1, rank2)),
         fmt::format("axes={}", axes));
  }
  std::vector<int> axes1, axes2;
  for (int i = 0; i < axes; ++i) {
    axes1.push_back(rank1 - axes + i);
    axes2.push_back(i);
  }
  return tensordot(x1, x2, axes1, axes2);
}

Tensor dot(const Tensor& x1, const Tensor& x2) {
  const int rank1 = x1.shape().rank(), rank2 = x2.shape().rank();
  if (rank1 == 0 || rank2 == 0) return x1 * x2;
  if (rank2 <= 2) return matmul(x1, x2);
  return tensordot(x1, x2, std::vector<int>{-1}, std::vector<int>{-2});
}

}  // namespace ops

namespace registration {
void op_tensordot() {}  // made of transpose, reshape and matmul
}  // namespace registration
}  // namespace weft
