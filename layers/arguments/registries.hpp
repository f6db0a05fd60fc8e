// The registries behind the arguments of layers.
#pragma once
#include <weft/layers/constraint.h>
#include <weft/layers/initializer.h>
#include <weft/layers/regularizer.h>

#include "core/registry.hpp"

namespace weft::detail {

template <>
Registry<Initializer>& registry<Initializer>();
template <>
Registry<Regularizer>& registry<Regularizer>();
template <>
Registry<Constraint>& registry<Constraint>();

}  // namespace weft::detail
