// Base of the layers that pool all of the spatial places, and their options.
#pragma once
#include <weft/graph/functional/layer.h>

namespace weft::layers {

struct GlobalPoolingOptions {
  std::string data_format = {};  ///< "channels_last" (the default) or "channels_first"
  bool keepdims = false;         ///< keep the spatial dimensions with size 1
  WEFT_LAYER_OPTIONS;
};

/// The largest number or the mean over all spatial places, channel by channel: x `[N, spatial...,
/// C]` (with "channels_first" `[N, C, spatial...]`) to `[N, C]`, or with keepdims `[N, 1..., C]`.
/// Throws Error for another data_format, ShapeError when the input has another rank.
class BaseGlobalPoolingLayer : public Layer {
 public:
  Config get_config() const override;

 protected:
  BaseGlobalPoolingLayer(int rank, GlobalPoolingOptions options, const char* keras_class);
  Tensor max(const Tensor& inputs) const;
  Tensor mean(const Tensor& inputs) const;
  bool is_channels_first() const { return data_format_ == "channels_first"; }
  bool keepdims() const { return keepdims_; }

 private:
  std::vector<int> axes_;
  std::string data_format_;
  bool keepdims_;
};

}  // namespace weft::layers
