// Attention in one op: the probabilities of a head are made and used up in the cache.
#pragma once
#include <weft/core/random.h>

namespace weft::ops {

/// Options of scaled_dot_product_attention.
struct DotProductAttentionOptions {
  Tensor mask = {};  ///< bool `[N, H, T, S]`, each dimension also 1; true: may be seen
  std::optional<double> scale = {};  ///< absent: 1 / sqrt(D)
  bool is_causal = false;            ///< query t sees the keys 0..t
  double dropout = 0;                ///< of the probabilities
  Seed seed = {};                    ///< of the dropout
  /// What a query that may see no key gets: zeros, or the mean of all values (Keras's
  /// dot_product_attention).
  bool zero_where_masked = false;
};

/// softmax(scale query key^T) value for each batch and head: query `[N, T, H, D]`, key `[N, S, H,
/// D]`, value `[N, S, H, E]`, result `[N, T, H, E]`. No tensor of the size T S is kept: the
/// gradient makes the probabilities anew. Throws ShapeError when the shapes do not fit, DtypeError
/// when the dtypes differ or the mask is not bool.
Tensor dot_product_attention(const Tensor& query, const Tensor& key, const Tensor& value,
                             DotProductAttentionOptions options = {});

}  // namespace weft::ops
