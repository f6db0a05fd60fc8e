// What the kernels of scaled_dot_product_attention are told: sizes, strides, and where inputs are.
#pragma once
#include <weft/core/backend.h>

#include <cstdint>

#include "core/functors/host_device.h"

namespace weft::kernels {

struct AttentionShape {
  std::int64_t n, t, s, h, d, e;
  bool masked, causal, zero_where_masked;
  double scale, dropout;
  std::int64_t mask_step[4] = {};  ///< of batch, head, query, key; 0 where the mask has size 1
  int seed_input, first_output;    ///< the gradient op's inputs: ..., result, statistics, gradient

  explicit AttentionShape(const KernelRequest& r)
      : masked(r.attrs.get<bool>("masked")),
        causal(r.attrs.get<bool>("causal")),
        zero_where_masked(r.attrs.get<bool>("zero_where_masked")),
        scale(r.attrs.get<double>("scale")),
        dropout(r.attrs.get<double>("dropout")) {
    const Shape &q = r.inputs[0].shape, &v = r.inputs[2].shape;
    n = q[0];
    t = q[1];
    h = q[2];
    d = q[3];
    s = v[1];
    e = v[3];
    seed_input = masked ? 4 : 3;
    first_output = seed_input + (dropout > 0 ? 1 : 0);
    if (!masked) return;
    const Shape& mask = r.inputs[3].shape;
    std::int64_t step = 1;
    for (int i = 3; i >= 0; --i) {
      mask_step[i] = mask[i] == 1 ? 0 : step;
      step *= mask[i];
    }
  }

  /// Whether a query may see a key.
  WEFT_HD bool sees(const bool* mask, std::int64_t batch, std::int64_t head, std::int64_t query,
                    std::int64_t key) const {
    if (causal && key > query) return false;
    return !masked || mask[batch * mask_step[0] + head * mask_step[1] + query * mask_step[2] +
                           key * mask_step[3]];
  }
};

/// The score of a key that may not be seen: finite, so that a query that sees none has even
/// probabilities.
inline constexpr float unseen_score = -2e38f;

}  // namespace weft::kernels
