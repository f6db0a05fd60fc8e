#include "layers/reshaping/crop.hpp"

#include <fmt/core.h>
#include <weft/core/error.h>
#include <weft/core/ops/slice.h>

#include "layers/reshaping/margin_arguments.hpp"

namespace weft::layers {
namespace {

[[noreturn]] void too_much(const std::string& layer, const Tensor& x,
                           const std::vector<Margin>& margins) {
  const std::string shape = x.shape().to_string();
  if (margins.size() == 1) {
    throw ShapeError(
        fmt::format("{}: `cropping` parameter of `Cropping1D` layer must be smaller than the input "
                    "length. Received: inputs.shape={}, cropping=({}, {})",
                    layer, shape, margins[0].before, margins[0].behind));
  }
  throw ShapeError(
      fmt::format("{}: Values in `cropping` argument should be smaller than the corresponding "
                  "spatial dimension of the input. Received: inputs.shape={}, cropping={}",
                  layer, shape, margins_text(margins)));
}

}  // namespace

Tensor crop(const std::string& layer, const Tensor& x, int first,
            const std::vector<Margin>& margins) {
  std::vector<Index> middle(static_cast<std::size_t>(first), Index(All));
  for (std::size_t i = 0; i < margins.size(); ++i) {
    const Margin& m = margins[i];
    const Dim size = x.shape()[first + static_cast<int>(i)];
    if (size.known() && std::int64_t{m.before} + m.behind >= size) too_much(layer, x, margins);
    Slice part{m.before, {}, {}};
    if (m.behind > 0) part.stop = -m.behind;
    middle.emplace_back(part);
  }
  return ops::getitem(x, middle);
}

}  // namespace weft::layers
