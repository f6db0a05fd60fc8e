// InputLayer: the layer behind an Input.
#pragma once
#include <weft/graph/functional/input.h>
#include <weft/graph/functional/layer.h>

namespace weft::detail {

class InputLayer final : public Layer {
 public:
  InputLayer(const Shape& batch_shape, DType dtype, bool optional, std::string name);
  /// Keras's keys: batch_shape (or batch_input_shape), dtype, optional, name.
  static AnyLayer from_config(const Config& config);
  /// Makes the layer and its only node; the functional tensor keeps both alive.
  static Tensor make(const Shape& batch_shape, DType dtype = {}, bool optional = false,
                     const std::string& name = {});

  const Shape& batch_shape() const { return batch_shape_; }
  bool optional() const { return optional_; }
  Config get_config() const override;

 private:
  std::string_view registered_name_() const override { return "InputLayer"; }
  void run_build(const std::vector<Shape>& shapes) override;
  Tensors run_call(const Tensors& inputs, const CallContext& context) override;
  Shape batch_shape_;
  bool optional_;
};

/// The functional tensor of a layer that from_config made, with its node.
Tensor input_tensor(const AnyLayer& input_layer);
/// The InputLayer that made a tensor; null when it is no Input.
std::shared_ptr<InputLayer> input_layer_of(const Tensor& tensor);

/// Makes ops on functional tensors known to core; called wherever functional tensors begin.
void install_functional_hook();

}  // namespace weft::detail
