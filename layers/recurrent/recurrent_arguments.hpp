// From a recurrent layer's options to the arguments that they share, and from a file's config.
#pragma once
#include <weft/layers/recurrent/recurrent_layer.h>

#include "layers/arguments/layer_config.hpp"
#include "layers/arguments/random_initializer.hpp"

namespace weft::layers {

template <class O>
RecurrentArguments recurrent_arguments(const O& o) {
  RecurrentArguments a;
  a.activation = o.activation;
  a.recurrent_activation = o.recurrent_activation;
  a.use_bias = o.use_bias;
  a.kernel_initializer = o.kernel_initializer;
  a.recurrent_initializer = o.recurrent_initializer;
  a.bias_initializer = o.bias_initializer;
  if constexpr (requires { o.unit_forget_bias; }) a.unit_forget_bias = o.unit_forget_bias;
  a.kernel_regularizer = o.kernel_regularizer;
  a.recurrent_regularizer = o.recurrent_regularizer;
  a.bias_regularizer = o.bias_regularizer;
  a.activity_regularizer = o.activity_regularizer;
  a.kernel_constraint = o.kernel_constraint;
  a.recurrent_constraint = o.recurrent_constraint;
  a.bias_constraint = o.bias_constraint;
  a.dropout = o.dropout;
  a.recurrent_dropout = o.recurrent_dropout;
  a.seed = o.seed;
  a.return_sequences = o.return_sequences;
  a.return_state = o.return_state;
  a.go_backwards = o.go_backwards;
  a.stateful = o.stateful;
  a.unroll = o.unroll;
  if constexpr (requires { o.reset_after; }) a.reset_after = o.reset_after;
  a.layer = detail::layer_options(o);
  return a;
}

template <class O>
O recurrent_options(const Config& c) {
  auto o = detail::options_from<O>(c);
  detail::read(c, "activation", o.activation);
  detail::read(c, "recurrent_activation", o.recurrent_activation);
  detail::read(c, "use_bias", o.use_bias);
  detail::read(c, "kernel_initializer", o.kernel_initializer);
  detail::read(c, "recurrent_initializer", o.recurrent_initializer);
  detail::read(c, "bias_initializer", o.bias_initializer);
  if constexpr (requires { o.unit_forget_bias; })
    detail::read(c, "unit_forget_bias", o.unit_forget_bias);
  detail::read(c, "kernel_regularizer", o.kernel_regularizer);
  detail::read(c, "recurrent_regularizer", o.recurrent_regularizer);
  detail::read(c, "bias_regularizer", o.bias_regularizer);
  detail::read(c, "activity_regularizer", o.activity_regularizer);
  detail::read(c, "kernel_constraint", o.kernel_constraint);
  detail::read(c, "recurrent_constraint", o.recurrent_constraint);
  detail::read(c, "bias_constraint", o.bias_constraint);
  detail::read(c, "dropout", o.dropout);
  detail::read(c, "recurrent_dropout", o.recurrent_dropout);
  if (c.contains("seed")) o.seed = detail::seed_of(c);
  detail::read(c, "return_sequences", o.return_sequences);
  detail::read(c, "return_state", o.return_state);
  detail::read(c, "go_backwards", o.go_backwards);
  detail::read(c, "stateful", o.stateful);
  detail::read(c, "unroll", o.unroll);
  if constexpr (requires { o.reset_after; }) detail::read(c, "reset_after", o.reset_after);
  return o;
}

}  // namespace weft::layers
