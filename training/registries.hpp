// The registries behind losses, metrics, optimizers and schedules, and names of objects of the
// user's classes.
#pragma once
#include <weft/training/loss.h>
#include <weft/training/metric.h>
#include <weft/training/optimizer.h>

#include <typeinfo>

#include "core/deserialize.hpp"
#include "core/registry.hpp"

namespace weft::detail {

template <>
Registry<Loss>& registry<Loss>();
template <>
Registry<Metric>& registry<Metric>();
template <>
Registry<Optimizer>& registry<Optimizer>();
template <>
Registry<Schedule>& registry<Schedule>();

/// Keras's automatic name of an object: "my::OwnLoss" -> "own_loss", then "own_loss_1".
std::string automatic_name(const std::type_info& type);

/// A text that may be null in a file: null reads as `otherwise`.
std::string text_or(const Config& config, std::string_view key, const char* otherwise);

/// Of ASCII letters.
std::string to_lower(std::string_view text);

/// A dtype in a file: a name, or Keras's DTypePolicy object; null: undefined.
DType dtype_or_policy(const ConfigValue& value);

}  // namespace weft::detail
