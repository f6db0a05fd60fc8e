// Base of ZeroPadding2D, ZeroPadding3D, Cropping2D and Cropping3D, and their options.
#pragma once
#include <weft/graph/functional/layer.h>
#include <weft/layers/reshaping/margins.h>

namespace weft::layers {

struct MarginOptions {
  /// "channels_last" (the default) or "channels_first". (No plain string: braces around two zeros
  /// would be one.)
  std::optional<std::string> data_format = {};
  WEFT_LAYER_OPTIONS;
};

/// x `[N, spatial..., C]` (with "channels_first" `[N, C, spatial...]`), and a margin for each of
/// `rank` spatial dimensions. Throws Error when an argument cannot be, ShapeError when the input
/// has another rank.
class BaseMarginsLayer : public Layer {
 public:
  void build(const Shape& input_shape);
  Config get_config() const override;

 protected:
  /// `argument` is Keras's name of the margins: "padding".
  BaseMarginsLayer(const char* argument, int rank, const Margins& margins, MarginOptions options,
                   const char* keras_class);
  const std::vector<Margin>& margins() const { return margins_; }
  bool channels_first() const { return data_format_ == "channels_first"; }

 private:
  const char* argument_;
  std::vector<Margin> margins_;
  std::string data_format_;
};

/// Zeros around; see BaseMarginsLayer.
class BaseZeroPaddingLayer : public BaseMarginsLayer {
 public:
  Tensor call(const Tensor& inputs);

 protected:
  BaseZeroPaddingLayer(int rank, const Margins& padding, MarginOptions options,
                       const char* keras_class)
      : BaseMarginsLayer("padding", rank, padding, std::move(options), keras_class) {}
};

/// The middle; see BaseMarginsLayer. Throws ShapeError when nothing would be left.
class BaseCroppingLayer : public BaseMarginsLayer {
 public:
  Tensor call(const Tensor& inputs);

 protected:
  BaseCroppingLayer(int rank, const Margins& cropping, MarginOptions options,
                    const char* keras_class)
      : BaseMarginsLayer("cropping", rank, cropping, std::move(options), keras_class) {}
};

}  // namespace weft::layers
