#include <fmt/core.h>
#include <weft/core/error.h>
#include <weft/core/ops/pool.h>
#include <weft/layers/pooling/base_pooling.h>

#include "layers/arguments/tuples.hpp"

namespace weft::layers {
namespace {

std::string checked_padding(const char* keras_class, const std::string& padding) {
  if (padding == "valid" || padding == "same") return padding;
  throw Error(
      fmt::format("{}: Argument `padding` must be either 'valid' or 'same'. Received: padding={}",
                  keras_class, padding));
}

}  // namespace

BasePoolingLayer::BasePoolingLayer(Mode mode, int rank, const ops::Sizes& pool_size,
                                   PoolingOptions options, const char* keras_class)
    : Layer(detail::layer_options(options), keras_class),
      mode_(mode),
      pool_size_(standard_tuple(keras_class, pool_size, rank, "pool_size")),
      strides_(standard_tuple(keras_class, options.strides.given() ? options.strides : pool_size,
                              rank, "strides")),
      padding_(checked_padding(keras_class, options.padding)),
      data_format_(standard_data_format(keras_class, options.data_format)) {
  set_input_spec(InputSpec{.ndim = rank + 2});
}

Tensor BasePoolingLayer::call(const Tensor& inputs) {
  const ops::PoolOptions options{
      .strides = strides_, .padding = padding_, .data_format = data_format_};
  return mode_ == Mode::max ? ops::max_pool(inputs, pool_size_, options)
                            : ops::average_pool(inputs, pool_size_, options);
}

Config BasePoolingLayer::get_config() const {
  return Layer::get_config()
      .set("pool_size", ConfigValue(pool_size_))
      .set("padding", padding_)
      .set("strides", ConfigValue(strides_))
      .set("data_format", data_format_);
}

}  // namespace weft::layers
