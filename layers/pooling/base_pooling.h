// Base of the layers that pool windows, and their options.
#pragma once
#include <weft/core/ops/sizes.h>
#include <weft/graph/functional/layer.h>

namespace weft::layers {

struct PoolingOptions {
  ops::Sizes strides = {};        ///< none: the pool_size; one for all dimensions, or one for each
  std::string padding = "valid";  ///< "valid" or "same"
  std::string data_format = {};   ///< "channels_last" (the default) or "channels_first"
  WEFT_LAYER_OPTIONS;
};
using PoolOptions = PoolingOptions;

/// One number for each window of pool_size spatial places, `strides` apart, channel by channel: x
/// `[N, spatial..., C]` (with "channels_first" `[N, C, spatial...]`) to `[N, positions..., C]`.
/// Sizes, padding and gradients: see ops::max_pool and ops::average_pool. Throws Error when an
/// argument cannot be, ShapeError when the input has another rank or no window fits.
class BasePoolingLayer : public Layer {
 public:
  Tensor call(const Tensor& inputs);
  Config get_config() const override;

 protected:
  enum class Mode { max, average };
  BasePoolingLayer(Mode mode, int rank, const ops::Sizes& pool_size, PoolingOptions options,
                   const char* keras_class);

 private:
  Mode mode_;
  std::vector<std::int64_t> pool_size_, strides_;
  std::string padding_, data_format_;
};

}  // namespace weft::layers
