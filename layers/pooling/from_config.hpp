// The readers of the pooling layers' configs.
#pragma once
#include <weft/layers/pooling/base_global_pooling.h>
#include <weft/layers/pooling/base_pooling.h>

#include "layers/arguments/layer_config.hpp"
#include "layers/arguments/tuples.hpp"

namespace weft::layers {

template <class L>
AnyLayer pooling_from_config(const Config& c) {
  auto o = detail::options_from<PoolingOptions>(c);
  read_sizes(c, "strides", o.strides);
  detail::read(c, "padding", o.padding);
  o.data_format = data_format_from(c);
  ops::Sizes pool_size;
  read_sizes(c, "pool_size", pool_size);
  return L(pool_size, std::move(o));
}

template <class L>
AnyLayer global_pooling_from_config(const Config& c) {
  auto o = detail::options_from<GlobalPoolingOptions>(c);
  o.data_format = data_format_from(c);
  detail::read(c, "keepdims", o.keepdims);
  return L(std::move(o));
}

}  // namespace weft::layers
