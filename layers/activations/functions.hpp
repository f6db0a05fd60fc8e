// Keras's activations by name.
#pragma once
#include <weft/core/tensor.h>

#include <string>
#include <string_view>

namespace weft::detail {

using ActivationFunction = Tensor (*)(const Tensor&);

struct ActivationEntry {
  const char* id;
  ActivationFunction function;
  const char* name;  // by which files know it: "silu" for "swish"
};

/// Null when there is none of this name.
const ActivationEntry* find_activation(std::string_view id);
/// All names, comma separated: for messages.
std::string activation_ids();

}  // namespace weft::detail
