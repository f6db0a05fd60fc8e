// Softmax and layer normalization of rows of floats, for each instruction set.
#pragma once
#include "backends/cpu/isa.hpp"

namespace weft::cpu {

struct SoftmaxLoops {
  // Each of `rows` rows of n numbers; y, the result, comes first for the gradients.
  void (*softmax)(const float* x, float* y, long rows, long n);
  void (*softmax_grad)(const float* y, const float* dy, float* dx, long rows, long n);
  void (*log_softmax)(const float* x, float* y, long rows, long n);
  void (*log_softmax_grad)(const float* y, const float* dy, float* dx, long rows, long n);
};

struct LayerNormLoops {
  /// gamma and beta may be null. mean and scale: a number per row.
  void (*forward)(const float* x, const float* gamma, const float* beta, float* y, float* mean,
                  float* scale, long rows, long n, float epsilon);
  /// dx; adds to dgamma and dbeta [n], which may be null.
  void (*backward)(const float* x, const float* gamma, const float* mean, const float* scale,
                   const float* dy, float* dx, float* dgamma, float* dbeta, long rows, long n);
};

namespace v2 {
extern const SoftmaxLoops softmax_loops;
extern const LayerNormLoops layer_norm_loops;
}  // namespace v2
namespace v3 {
extern const SoftmaxLoops softmax_loops;
extern const LayerNormLoops layer_norm_loops;
}  // namespace v3
namespace v4 {
extern const SoftmaxLoops softmax_loops;
extern const LayerNormLoops layer_norm_loops;
}  // namespace v4
inline const SoftmaxLoops& softmax_loops() {
  return choose(v2::softmax_loops, v3::softmax_loops, v4::softmax_loops);
}
inline const LayerNormLoops& layer_norm_loops() {
  return choose(v2::layer_norm_loops, v3::layer_norm_loops, v4::layer_norm_loops);
}

}  // namespace weft::cpu
