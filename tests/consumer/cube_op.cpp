#include "cube_op.h"

#include <weft/core/backend.h>
#include <weft/core/op.h>

namespace consumer {
namespace {

using weft::DType;

std::vector<weft::TensorSpec> infer(const std::vector<weft::TensorSpec>& inputs,
                                    const weft::Config&) {
  if (inputs.size() != 1 ||
      !(inputs[0].dtype == DType::float32 || inputs[0].dtype == DType::float64)) {
    throw weft::DtypeError("cube: expected one input of float32 or float64.");
  }
  return inputs;
}

std::vector<weft::Tensor> grad(const weft::GradArgs& args) {
  const weft::Tensor& x = args.inputs[0];
  return {args.grads[0] * 3 * x * x};
}

template <class T>
weft::PreparedKernel kernel(std::int64_t size) {
  weft::PreparedKernel prepared;
  prepared.run = [size](const weft::KernelArgs& args) {
    const T* x = args.in<T>(0);
    T* y = args.out<T>(0);
    for (std::int64_t i = 0; i < size; ++i) y[i] = x[i] * x[i] * x[i];
  };
  return prepared;
}

weft::PreparedKernel prepare(const weft::KernelRequest& request, std::string&) {
  const std::int64_t size = request.outputs[0].shape.size();
  return request.inputs[0].dtype == DType::float32 ? kernel<float>(size) : kernel<double>(size);
}

const weft::OpDef& cube_op() {
  static const bool registered = [] {
    weft::OpDef op;
    op.name = "consumer_cube";
    op.infer = infer;
    op.grad = grad;
    op.traits.in_place = true;
    weft::register_op(op);
    weft::backend("cpu").kernels().add("consumer_cube", {"reference", true, prepare});
    return true;
  }();
  (void)registered;
  return weft::find_op("consumer_cube");
}

}  // namespace

weft::Tensor cube(const weft::Tensor& x) { return weft::apply(cube_op(), {x})[0]; }

}  // namespace consumer
