#include "layers/arguments/weight_arguments.hpp"

#include <fmt/core.h>

namespace weft::detail {

WeightOptions WeightArguments::weight(const Shape& shape, const char* name) const {
  return {.shape = shape,
          .initializer = initializer,
          .regularizer = regularizer,
          .constraint = constraint,
          .name = name == nullptr ? prefix : name};
}

void set_weights(Config& config, std::initializer_list<WeightArguments> weights,
                 const Arg<Regularizer>* activity_regularizer) {
  for (const WeightArguments& w : weights)
    config.set(fmt::format("{}_initializer", w.prefix), config_of(w.initializer));
  for (const WeightArguments& w : weights)
    config.set(fmt::format("{}_regularizer", w.prefix), config_of(w.regularizer));
  if (activity_regularizer != nullptr)
    config.set("activity_regularizer", config_of(*activity_regularizer));
  for (const WeightArguments& w : weights)
    config.set(fmt::format("{}_constraint", w.prefix), config_of(w.constraint));
}

}  // namespace weft::detail
