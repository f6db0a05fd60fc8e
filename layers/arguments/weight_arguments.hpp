// The arguments of a layer's weights: "kernel_initializer", "kernel_regularizer",
// "kernel_constraint", and so on for "bias" and others.
#pragma once
#include <weft/graph/functional/layer.h>

#include "layers/arguments/layer_config.hpp"

namespace weft::detail {

struct WeightArguments {
  const char* prefix;
  const Arg<Initializer>& initializer;
  const Arg<Regularizer>& regularizer;
  const Arg<Constraint>& constraint;
  /// For add_weight; named as the prefix unless it is called otherwise.
  WeightOptions weight(const Shape& shape, const char* name = nullptr) const;
};

template <class O>
WeightArguments kernel_of(const O& o) {
  return {"kernel", o.kernel_initializer, o.kernel_regularizer, o.kernel_constraint};
}
template <class O>
WeightArguments bias_of(const O& o) {
  return {"bias", o.bias_initializer, o.bias_regularizer, o.bias_constraint};
}

/// Keras's keys in Keras's order: all initializers, all regularizers, activity_regularizer where
/// given, all constraints.
void set_weights(Config& config, std::initializer_list<WeightArguments> weights,
                 const Arg<Regularizer>* activity_regularizer = nullptr);

/// Reads the keys of kernel, bias and activity_regularizer.
template <class O>
void read_kernel_and_bias(const Config& c, O& o) {
  read(c, "kernel_initializer", o.kernel_initializer);
  read(c, "bias_initializer", o.bias_initializer);
  read(c, "kernel_regularizer", o.kernel_regularizer);
  read(c, "bias_regularizer", o.bias_regularizer);
  read(c, "activity_regularizer", o.activity_regularizer);
  read(c, "kernel_constraint", o.kernel_constraint);
  read(c, "bias_constraint", o.bias_constraint);
}

}  // namespace weft::detail
