// For CUDA's kernels too: their compiler does not take the headers of the ops.
#include "backends/shapes/conv_shape.hpp"

#include "core/ops/conv_window.hpp"

namespace weft::kernels {
namespace {

struct Shapes {
  Shape x, kernel, y;
};

Shapes shapes_of(const KernelRequest& r) {
  if (r.op.name == "conv_input_grad")
    return {r.outputs[0].shape, r.inputs[1].shape, r.inputs[0].shape};
  if (r.op.name == "conv_kernel_grad")
    return {r.inputs[0].shape, r.outputs[0].shape, r.inputs[1].shape};
  return {r.inputs[0].shape, r.inputs[1].shape, r.outputs[0].shape};
}

}  // namespace

ConvShape::ConvShape(const KernelRequest& request) {
  const Shapes shapes = shapes_of(request);
  const Shape &x = shapes.x, &kernel = shapes.kernel;
  rank = x.rank() - 2;
  ops::ConvWindow w(request.op.name, request.attrs, rank);
  w.fit(x, kernel);
  batch = x[0];
  channels = x[-1];
  filters = kernel[-1];
  groups = kernel[-2] == 0 ? 1 : channels / kernel[-2];
  const int missing = dims - rank;
  for (int d = 0; d < dims; ++d) {
    if (d < missing) {
      in[d] = out[d] = window[d] = stride[d] = dilation[d] = 1;
      before[d] = 0;
      continue;
    }
    const ops::ConvDimension& dim = w.dims[static_cast<std::size_t>(d - missing)];
    in[d] = x[d - missing + 1];
    out[d] = shapes.y[d - missing + 1];
    window[d] = dim.window;
    stride[d] = dim.stride;
    dilation[d] = dim.dilation;
    before[d] = dim.before;
  }
}

}  // namespace weft::kernels
