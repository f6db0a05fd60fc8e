// Arrays in configs, as Keras writes them.
#pragma once
#include <weft/core/config.h>
#include <weft/core/tensor.h>

#include <string_view>

namespace weft::detail {

/// {"class_name": "__numpy__", "config": {"value": [[...], ...], "dtype": "float32"}}.
ConfigValue array_to_config(const Tensor& array);
/// The reverse; "__tensor__", a bare nested list (float32) and a number are read too. Throws Error
/// naming `who` for anything else and for ragged lists.
Tensor array_from_config(const ConfigValue& value, std::string_view who);

}  // namespace weft::detail
