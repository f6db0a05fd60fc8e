// What the kernels of scaled_dot_product_attention share.
#pragma once
#include "backends/cuda/kernel.hpp"
#include "backends/shapes/attention_shape.hpp"
#include "core/functors/philox.h"

namespace weft::cuda {

/// What the inputs say about scores: which are seen, and what the dropout multiplies them with.
struct AttentionRules {
  AttentionShape s;
  const bool* mask;
  const std::uint32_t* seed;  ///< null without dropout
  float rate, kept;

  AttentionRules(const AttentionShape& shape, const KernelArgs& a)
      : s(shape),
        mask(s.masked ? a.in<bool>(3) : nullptr),
        seed(s.dropout > 0 ? a.in<std::uint32_t>(s.seed_input) : nullptr),
        rate(static_cast<float>(s.dropout)),
        kept(static_cast<float>(1 / (1 - s.dropout))) {}

  __device__ bool sees(std::int64_t n, std::int64_t h, std::int64_t query, std::int64_t key) const {
    return s.sees(mask, n, h, query, key);
  }
  /// Where a query's scores begin in [N, H, T, S].
  __device__ std::int64_t place(std::int64_t n, std::int64_t h, std::int64_t query) const {
    return ((n * s.h + h) * s.t + query) * s.s;
  }
  __device__ bool stays(unsigned word) const { return philox::uniform(word) >= rate; }
  /// What the dropout multiplies element `i` of [N, H, T, S] with.
  template <class C>
  __device__ C factor(std::int64_t i) const {
    if (seed == nullptr) return C(1);
    const philox::Block b =
        philox::block(static_cast<unsigned long long>(i >> 2), 0, seed[0], seed[1]);
    const unsigned low = (i & 1) != 0 ? b.word[1] : b.word[0];
    const unsigned high = (i & 1) != 0 ? b.word[3] : b.word[2];
    return stays((i & 2) != 0 ? high : low) ? exact_kept<C>() : C(0);
  }

 private:
  template <class C>
  __device__ C exact_kept() const {
    if constexpr (std::is_same_v<C, double>)
      return 1 / (1 - s.dropout);
    else
      return kept;
  }
};

}  // namespace weft::cuda
