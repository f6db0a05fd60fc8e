// layers::Rescaling.
#pragma once
#include <weft/graph/functional/layer.h>

namespace weft::layers {

/// A number, or one number per place along the last axis: Rescaling(1.0 / 255), Rescaling({0.5, 1,
/// 2}).
class Factors {
 public:
  template <Scalar T>
  Factors(T one) : values_{static_cast<double>(one)}, single_(true) {}
  Factors(std::initializer_list<double> list) : values_(list) {}
  Factors(std::vector<double> list) : values_(std::move(list)) {}
  bool single() const { return single_; }
  const std::vector<double>& values() const { return values_; }

 private:
  std::vector<double> values_;
  bool single_ = false;
};

struct RescalingOptions {
  Factors offset = 0.0;
  WEFT_LAYER_OPTIONS;
};

/// What is behind layers::Rescaling.
class RescalingLayer : public Layer {
 public:
  explicit RescalingLayer(Factors scale, RescalingOptions options = {});
  void build(const Shape& input_shape);
  Tensor call(const Tensor& inputs);
  Config get_config() const override;

 private:
  Factors scale_, offset_;
};

/// y = x * scale + offset, in the layer's dtype (integers are converted). Throws ShapeError when
/// lists do not fit the last axis.
struct Rescaling : LayerRef<RescalingLayer> {
  using LayerRef::LayerRef;
  Rescaling() = default;
  explicit Rescaling(Factors scale, RescalingOptions options = {});
};

}  // namespace weft::layers
