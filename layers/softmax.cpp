#include <fmt/core.h>
#include <weft/core/ops/pointwise/exp.h>
#include <weft/core/ops/pointwise/where.h>
#include <weft/core/ops/reduce.h>
#include <weft/core/ops/softmax.h>
#include <weft/core/ops/stop_gradient.h>
#include <weft/layers/softmax.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/arguments/layer_config.hpp"
#include "layers/arguments/norms.hpp"

namespace weft {
namespace layers {
namespace {

// What stands for minus infinity in masked places, as in Keras.
double large_negative(DType dtype) { return dtype == DType::float16 ? -3e4 : -1e9; }

Tensor softmax_over(const Tensor& x, const std::vector<int>& axes) {
  if (axes.size() == 1) return ops::softmax(x, axes[0]);
  const Tensor largest = ops::stop_gradient(ops::max(x, {.axis = axes, .keepdims = true}));
  const Tensor e = ops::exp(x - largest);
  return e / ops::sum(e, {.axis = axes, .keepdims = true});
}

AnyLayer from_config(const Config& c) {
  auto o = detail::options_from<SoftmaxOptions>(c);
  if (c.contains("axis")) o.axis = detail::axis_of(c);
  return Softmax(std::move(o));
}

}  // namespace

SoftmaxLayer::SoftmaxLayer(SoftmaxOptions options)
    : Layer(detail::layer_options(options), "Softmax") {
  for (std::int64_t one : options.axis.list()) axes_.push_back(static_cast<int>(one));
  if (axes_.empty()) throw Error("Softmax: `axis` must name at least one axis. Received: none");
  supports_masking = true;
}

Tensor SoftmaxLayer::call(const Tensor& inputs, const CallContext& context) {
  std::optional<Tensor> mask = context.mask[0];
  if (!mask) return softmax_over(inputs, axes_);
  const Shape m = mask->shape(), x = inputs.shape();
  bool fits = m.rank() <= x.rank();
  for (int i = 1; fits && i <= m.rank(); ++i)
    fits = !m[-i].known() || !x[-i].known() || m[-i] == 1 || m[-i] == x[-i];
  if (!fits) {
    throw ShapeError(
        fmt::format("{}: The `mask` must be broadcastable to `inputs`. Each mask dimension must be "
                    "1 or match the "
                    "corresponding input dimension. Received: inputs.shape={}, mask.shape={}",
                    name(), x.to_string(), m.to_string()));
  }
  if (!(mask->dtype() == DType::boolean)) mask = *mask > 0.5;
  return ops::where(
      *mask, softmax_over(ops::where(*mask, inputs, large_negative(inputs.dtype())), axes_), 0.0);
}

Config SoftmaxLayer::get_config() const {
  return Layer::get_config().set("axis", detail::axis_to_config(axes_));
}

Softmax::Softmax(SoftmaxOptions options) : LayerRef(layer<SoftmaxLayer>(std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_softmax() { detail::register_layer("Softmax", layers::from_config); }
}  // namespace registration

}  // namespace weft
