// Gradients of ordinary code.
#pragma once
#include <weft/core/variable.h>

#include <vector>

namespace weft {

/// Remembers the ops that the thread applies while the tape lives (or until it is stopped), and
/// differentiates them. All variables that are read are watched; tensors are watched on request.
/// Works eagerly and in traced code alike; a tape around another gives second derivatives where the
/// ops offer them.
class GradientTape {
 public:
  GradientTape();
  ~GradientTape();
  GradientTape(const GradientTape&) = delete;
  GradientTape& operator=(const GradientTape&) = delete;

  /// Watches a tensor: ops on it are remembered from now on.
  void watch(const Tensor& tensor);
  /// d sum(of) / d by[i], each of by[i]'s shape; a null Tensor where `of` does not depend on it.
  /// The tape does not record the sweep itself. Throws DtypeError when `of` is not floating-point.
  std::vector<Tensor> gradient(const Tensor& of, const std::vector<Variable>& by);
  std::vector<Tensor> gradient(const Tensor& of, const std::vector<Tensor>& by);
  /// Remembers nothing more.
  void stop_recording();
  /// Forgets everything.
  void reset();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace weft
