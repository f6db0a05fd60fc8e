// The readers of the configs of ZeroPadding2D, ZeroPadding3D, Cropping2D and Cropping3D.
#pragma once
#include <weft/layers/reshaping/base_margins.h>

#include "layers/arguments/layer_config.hpp"
#include "layers/arguments/tuples.hpp"
#include "layers/reshaping/margin_arguments.hpp"

namespace weft::layers {

template <class L>
AnyLayer margins_from_config(const Config& c, const char* argument) {
  auto o = detail::options_from<MarginOptions>(c);
  o.data_format = data_format_from(c);
  return L(margins_from(c[argument]), std::move(o));
}
template <class L>
AnyLayer zero_padding_from_config(const Config& c) {
  return margins_from_config<L>(c, "padding");
}
template <class L>
AnyLayer cropping_from_config(const Config& c) {
  return margins_from_config<L>(c, "cropping");
}

}  // namespace weft::layers
