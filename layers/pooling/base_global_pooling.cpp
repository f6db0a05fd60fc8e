#include <weft/core/ops/reduce.h>
#include <weft/layers/pooling/base_global_pooling.h>

#include "layers/arguments/tuples.hpp"

namespace weft::layers {

BaseGlobalPoolingLayer::BaseGlobalPoolingLayer(int rank, GlobalPoolingOptions options,
                                               const char* keras_class)
    : Layer(detail::layer_options(options), keras_class),
      data_format_(standard_data_format(keras_class, options.data_format)),
      keepdims_(options.keepdims) {
  for (int i = 0; i < rank; ++i) axes_.push_back(i + (is_channels_first() ? 2 : 1));
  set_input_spec(InputSpec{.ndim = rank + 2});
}

Tensor BaseGlobalPoolingLayer::max(const Tensor& inputs) const {
  return ops::max(inputs, {.axis = axes_, .keepdims = keepdims_});
}

Tensor BaseGlobalPoolingLayer::mean(const Tensor& inputs) const {
  return ops::mean(inputs, {.axis = axes_, .keepdims = keepdims_});
}

Config BaseGlobalPoolingLayer::get_config() const {
  return Layer::get_config().set("data_format", data_format_).set("keepdims", keepdims_);
}

}  // namespace weft::layers
