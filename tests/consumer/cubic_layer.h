// A layer that weft does not have: y = cube(x) W + b.
#pragma once
#include <weft/weft.h>

#include "cube_op.h"

namespace consumer {

class Cubic : public weft::Layer {
 public:
  static constexpr const char* registered_name = "consumer>Cubic";

  explicit Cubic(int units, weft::LayerOptions options = {})
      : Layer(std::move(options)), units_(units) {}
  explicit Cubic(const weft::Config& config) : Cubic(config.get<int>("units")) {}

  void build(const weft::Shape& input) {
    kernel_ = add_weight({.shape = {input[-1], units_}, .name = "kernel"});
    bias_ = add_weight({.shape = {units_}, .initializer = "zeros", .name = "bias"});
  }
  weft::Tensor call(const weft::Tensor& x) { return weft::ops::matmul(cube(x), kernel_) + bias_; }
  weft::Config get_config() const override { return {{"units", units_}}; }

 private:
  int units_;
  weft::Variable kernel_, bias_;
};

}  // namespace consumer
