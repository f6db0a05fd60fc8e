#include <weft/core/ops/pad.h>
#include <weft/layers/reshaping/base_margins.h>

#include "layers/arguments/tuples.hpp"
#include "layers/reshaping/crop.hpp"
#include "layers/reshaping/margin_arguments.hpp"

namespace weft::layers {

BaseMarginsLayer::BaseMarginsLayer(const char* argument, int rank, const Margins& margins,
                                   MarginOptions options, const char* keras_class)
    : Layer(detail::layer_options(options), keras_class),
      argument_(argument),
      margins_(margins_of(keras_class, argument, margins, rank)),
      data_format_(standard_data_format(keras_class, options.data_format.value_or(""))) {
  set_input_spec(InputSpec{.ndim = rank + 2});
}

// Nothing to make; Keras's files keep the input's shape.
void BaseMarginsLayer::build(const Shape&) {}

Config BaseMarginsLayer::get_config() const {
  return Layer::get_config()
      .set(argument_, margins_config(margins_))
      .set("data_format", data_format_);
}

Tensor BaseZeroPaddingLayer::call(const Tensor& inputs) {
  std::vector<std::pair<std::int64_t, std::int64_t>> widths = {{0, 0}};
  for (const Margin& m : margins()) widths.emplace_back(m.before, m.behind);
  widths.insert(channels_first() ? widths.begin() : widths.end(), {0, 0});
  return ops::pad(inputs, widths);
}

Tensor BaseCroppingLayer::call(const Tensor& inputs) {
  return crop(name(), inputs, channels_first() ? 2 : 1, margins());
}

}  // namespace weft::layers
