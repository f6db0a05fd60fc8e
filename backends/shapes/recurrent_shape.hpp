// What a kernel of lstm or gru is asked for, as numbers.
#pragma once
#include <weft/core/backend.h>

#include "core/functors/host_device.h"
#include "core/recurrent.hpp"

namespace weft::kernels {

struct RecurrentShape {
  RecurrentShape(const weft::detail::CellKind& cell, const KernelRequest& r, bool gradient)
      : in(cell, r.attrs, gradient),
        n(r.inputs[0].shape[0]),
        t(r.inputs[0].shape[1]),
        i(r.inputs[0].shape[2]),
        h(r.inputs[1].shape[1]),
        activation(weft::detail::gate_activation(cell, r.attrs, "activation")),
        recurrent_activation(weft::detail::gate_activation(cell, r.attrs, "recurrent_activation")),
        bias(r.attrs.get<bool>("use_bias", false)),
        sequences(r.attrs.get<bool>("return_sequences", false)),
        backwards(r.attrs.get<bool>("go_backwards", false)),
        zero_output(r.attrs.get<bool>("zero_output_for_mask", false)),
        reserve(r.attrs.get<bool>("reserve", false)),
        x_grad(r.attrs.get<bool>("x_grad", true)),
        reset_after(r.attrs.get<bool>("reset_after", false)),
        deterministic(r.attrs.get<bool>("deterministic", false)),
        tf32(r.attrs.get<bool>("tf32", false)) {}

  weft::detail::RecurrentInputs in;
  std::int64_t n, t, i, h;  // sequences, steps, features, units
  GateActivation activation, recurrent_activation;
  bool bias, sequences, backwards, zero_output, reserve, x_grad, reset_after, deterministic, tf32;

  /// Where step s of the loop is in x and mask.
  WEFT_HD std::int64_t time(std::int64_t s) const { return backwards ? t - 1 - s : s; }
};

}  // namespace weft::kernels
