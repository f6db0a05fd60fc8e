#include <weft/core/ops/depthwise_conv.h>
#include <weft/core/ops/separable_conv.h>

namespace weft {
namespace ops {

Tensor separable_conv(const Tensor& x, const Tensor& depthwise_kernel,
                      const Tensor& pointwise_kernel, ConvOptions options) {
  const std::string data_format = options.data_format;
  return conv(depthwise_conv(x, depthwise_kernel, std::move(options)), pointwise_kernel,
              {.data_format = data_format});
}

}  // namespace ops

namespace registration {
void op_separable_conv() {}  // made of depthwise_conv and conv
}  // namespace registration
}  // namespace weft
