// Small layers for the tests of the graph of layers: what each call saw can be read from them.
#pragma once
#include <weft/core/error.h>
#include <weft/graph/functional/custom_object.h>
#include <weft/graph/functional/input.h>
#include <weft/graph/functional/naming.h>
#include <weft/layers/dense.h>
#include <weft/ops.h>

#include "graph/functional/call.hpp"
#include "graph/functional/layer_graph.hpp"

namespace weft::test {

/// x * w + b with w [features], b [features]; w is all `start`.
class Affine : public Layer {
 public:
  explicit Affine(double start = 2.0, LayerOptions options = {})
      : Layer(std::move(options)), start_(start) {}
  explicit Affine(const Config& c) : Affine(c.get<double>("start")) {}
  void build(const Shape& input) {
    ++builds;
    w = add_weight({.shape = {input[-1]}, .initializer = start_, .name = "w"});
    b = add_weight({.shape = {input[-1]}, .initializer = "zeros", .trainable = false, .name = "b"});
  }
  Tensor call(const Tensor& x) {
    ++calls;
    return x * w + b;
  }
  Config get_config() const override { return {{"start", start_}}; }
  Variable w, b;
  int builds = 0, calls = 0;

 private:
  double start_;
};

/// x + 1 when training, else x.
class TrainingFlag : public Layer {
 public:
  using Layer::Layer;
  Tensor call(const Tensor& x, bool training) {
    seen = training;
    return training ? x + 1 : x;
  }
  std::optional<bool> seen;
};

/// Notes the mask; passes masks on.
class MaskReader : public Layer {
 public:
  explicit MaskReader(LayerOptions options = {}) : Layer(std::move(options)) {
    supports_masking = true;
  }
  Tensor call(const Tensor& x, const CallContext& context) {
    has_mask = context.mask[0].has_value();
    return x * 1.0f;
  }
  bool has_mask = false;
};

/// Makes the mask x != 0, as Embedding(mask_zero) does.
class MaskMaker : public Layer {
 public:
  Tensor call(const Tensor& x) { return x * 1.0f; }
  Masks compute_mask(const Tensors& inputs, const Masks&) override {
    return ops::not_equal(inputs, 0.0f);
  }
};

/// Two inputs, two outputs: their sum and their difference.
class SumAndDifference : public Layer {
 public:
  using Layer::Layer;
  Tensors call(const Tensors& x) { return {x[0] + x[1], x[0] - x[1]}; }
};

/// The values of a tensor, for comparisons.
inline std::vector<float> values(const Tensor& t) { return t.to_vector<float>(); }
inline std::vector<std::string> names(const std::vector<std::shared_ptr<Operation>>& operations) {
  std::vector<std::string> out;
  for (const auto& op : operations) out.push_back(op->name());
  return out;
}
inline std::vector<std::string> names(const std::vector<Variable>& variables) {
  std::vector<std::string> out;
  for (const Variable& v : variables) out.push_back(v.path());
  return out;
}

using Names = std::vector<std::string>;
using Floats = std::vector<float>;

}  // namespace weft::test
