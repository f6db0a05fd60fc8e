// layer_normalization and its gradient: sizes, and where the inputs and outputs are.
#pragma once
#include <weft/core/backend.h>

#include <cstdint>

namespace weft::kernels {

/// Forward x[, gamma][, beta] -> y, mean, scale; backward x[, gamma], mean, scale, dy -> dx[,
/// dgamma][, dbeta].
struct LayerNorm {
  std::int64_t rows = 1, size = 1;
  double epsilon;
  int gamma, beta, statistics;  // places of inputs; -1: not there
  int dgamma, dbeta;            // places of outputs
  explicit LayerNorm(const KernelRequest& r) : epsilon(r.attrs.get<double>("epsilon")) {
    const Shape& x = r.inputs[0].shape;
    const auto axes = r.attrs.get<int>("axes");
    for (int i = 0; i < x.rank(); ++i) (i < x.rank() - axes ? rows : size) *= x[i];
    const bool has_gamma = r.attrs.get<bool>("gamma"), has_beta = r.attrs.get<bool>("beta");
    gamma = dgamma = has_gamma ? 1 : -1;
    beta = dbeta = has_beta ? (has_gamma ? 2 : 1) : -1;
    statistics = has_gamma ? 2 : 1;
  }
};

}  // namespace weft::kernels
