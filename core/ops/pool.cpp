#include <weft/core/ops/pool.h>
#include <weft/core/ops/transpose.h>

#include "core/ops/pool_windows.hpp"

namespace weft {
namespace {

using ops::fail;
using ops::Ints;
using ops::Specs;

void check_input(std::string_view op, const Specs& inputs, const Config& attrs) {
  ops::check_inputs(op, inputs, 1);
  const TensorSpec& x = inputs[0];
  if (x.shape.rank() < 3 || x.shape.rank() > 5) {
    fail(op, "x has the wrong rank", "[N, W, C], [N, H, W, C] or [N, D, H, W, C]",
         "x.shape=" + x.shape.to_string());
  }
  if (!x.dtype.is_floating())
    fail<DtypeError>(op, "x is not floating", "a floating dtype", x.dtype.name());
  // Of Keras's files; ours has transposed before.
  const auto format = attrs.get<std::optional<std::string>>("data_format", {});
  if (format && *format != "channels_last")
    fail<Error>(op, "data_format is not supported", "channels_last", *format);
}

[[noreturn]] void no_window(std::string_view op, const Shape& x, const Config& attrs,
                            const ops::PoolAttrs& a) {
  throw ShapeError(fmt::format(
      "{}: Computed output size would be zero or negative. Received: `inputs.shape={}`, "
      "`pool_size={}`, `strides={}`, `padding={}`.",
      op, x.to_string(), Shape(std::vector<Dim>(a.size.begin(), a.size.end())).to_string(),
      Shape(std::vector<Dim>(a.strides.begin(), a.strides.end())).to_string(),
      attrs.get<std::string>("padding", "valid")));
}

/// The output's shape of max_pool and average_pool.
Shape pooled(std::string_view op, const Specs& inputs, const Config& attrs) {
  check_input(op, inputs, attrs);
  Shape shape = inputs[0].shape;
  const int rank = shape.rank() - 2;
  const ops::PoolAttrs a = ops::pool_attrs(op, attrs, rank);
  std::int64_t places = 1;
  for (std::int64_t n : a.size) {
    places = ops::checked_mul(op, places, n);
    if (places > ops::window_size_limit) {
      fail(op, "pool_size is too large",
           fmt::format("windows of at most {} elements", ops::window_size_limit),
           Shape(a.size).to_string());
    }
  }
  for (int i = 0; i < rank; ++i) {
    const Dim in = shape[i + 1];
    if (!in.known()) continue;
    const auto k = static_cast<std::size_t>(i);
    const std::int64_t out = ops::pool_windows(in, a.size[k], a.strides[k], a.same).out;
    if (out <= 0 && in > 0) no_window(op, inputs[0].shape, attrs, a);
    shape.set(i + 1, out);
  }
  return shape;
}

/// Where the largest element is: its place in the window, in row-major order.
DType index_dtype(const Config& attrs, int rank) {
  std::int64_t places = 1;
  for (std::int64_t n : ops::pool_attrs("max_pool", attrs, rank).size) places *= n;
  return places <= 256 ? DType::uint8 : DType::int32;
}

Specs infer_max(const Specs& in, const Config& attrs) {
  const Shape out = pooled("max_pool", in, attrs);
  return {{out, in[0].dtype}, {out, index_dtype(attrs, out.rank() - 2)}};
}
Specs infer_average(const Specs& in, const Config& attrs) {
  return {{pooled("average_pool", in, attrs), in[0].dtype}};
}

/// A shape like that of `pooled` with the spatial sizes that the attribute "spatial" has: those of
/// what was pooled.
Shape unpooled(Shape shape, const Config& attrs) {
  const auto spatial = attrs.get<Ints>("spatial");
  for (std::size_t i = 0; i < spatial.size(); ++i) shape.set(static_cast<int>(i) + 1, spatial[i]);
  return shape;
}

Config with_spatial(const GradArgs& args) {
  const Shape x = args.inputs[0].shape();
  Ints spatial;
  for (int i = 1; i + 1 < x.rank(); ++i) spatial.push_back(x[i]);
  Config attrs = args.attrs;
  attrs.set("spatial", ConfigValue(spatial));
  return attrs;
}
Config without_spatial(const Config& attrs) {
  Config out = attrs;
  out.erase("spatial");
  return out;
}

// max_pool_grad(index, dy), average_pool_grad(dy): what flows to x. max_pool_take(index, x): the
// elements of x where the largest ones were, which is the gradient of max_pool_grad.
Specs infer_max_grad(const Specs& in, const Config& attrs) {
  ops::check_inputs("max_pool_grad", in, 2);
  return {{unpooled(in[1].shape, attrs), in[1].dtype}};
}
Specs infer_take(const Specs& in, const Config&) {
  ops::check_inputs("max_pool_take", in, 2);
  return {{in[0].shape, in[1].dtype}};
}
Specs infer_average_grad(const Specs& in, const Config& attrs) {
  ops::check_inputs("average_pool_grad", in, 1);
  return {{unpooled(in[0].shape, attrs), in[0].dtype}};
}

std::vector<Tensor> grad_max(const GradArgs& a) {
  return {apply_one("max_pool_grad", {a.outputs[1], a.grads[0]}, with_spatial(a))};
}
std::vector<Tensor> grad_max_grad(const GradArgs& a) {
  return {Tensor(), apply_one("max_pool_take", {a.inputs[0], a.grads[0]}, a.attrs)};
}
std::vector<Tensor> grad_take(const GradArgs& a) {
  return {Tensor(), apply_one("max_pool_grad", {a.inputs[0], a.grads[0]}, a.attrs)};
}
std::vector<Tensor> grad_average(const GradArgs& a) {
  return {apply_one("average_pool_grad", {a.grads[0]}, with_spatial(a))};
}
std::vector<Tensor> grad_average_grad(const GradArgs& a) {
  return {apply_one("average_pool", {a.grads[0]}, without_spatial(a.attrs))};
}

Config attrs_of(const ops::Sizes& pool_size, const ops::PoolOptions& options) {
  Config attrs{{"pool_size", ops::sizes_to_config(pool_size)}};
  if (options.strides.given()) attrs.set("strides", ops::sizes_to_config(options.strides));
  attrs.set("padding", options.padding);
  return attrs;
}

Tensor pool(std::string_view op, const Tensor& x, const ops::Sizes& pool_size,
            const ops::PoolOptions& options) {
  const Config attrs = attrs_of(pool_size, options);
  if (options.data_format == "channels_last") return apply_one(op, {x}, attrs);
  if (options.data_format != "channels_first") {
    fail<Error>(op, "data_format cannot be", "channels_last or channels_first",
                options.data_format);
  }
  return ops::moveaxis(apply_one(op, {ops::moveaxis(x, 1, -1)}, attrs), -1, 1);
}

}  // namespace

namespace ops {

Tensor max_pool(const Tensor& x, const Sizes& pool_size, PoolOptions options) {
  return pool("max_pool", x, pool_size, options);
}
Tensor average_pool(const Tensor& x, const Sizes& pool_size, PoolOptions options) {
  return pool("average_pool", x, pool_size, options);
}

}  // namespace ops

namespace registration {

void op_pool() {
  register_op({.name = "max_pool",
               .infer = infer_max,
               .grad = grad_max,
               .traits = {.optional_outputs = 1},  // only the gradient needs the places
               .keras_class = "MaxPool",
               .keras_module = "nn"});
  register_op({.name = "average_pool",
               .infer = infer_average,
               .grad = grad_average,
               .keras_class = "AveragePool",
               .keras_module = "nn"});
  register_op({.name = "max_pool_grad", .infer = infer_max_grad, .grad = grad_max_grad});
  register_op({.name = "max_pool_take", .infer = infer_take, .grad = grad_take});
  register_op(
      {.name = "average_pool_grad", .infer = infer_average_grad, .grad = grad_average_grad});
}

}  // namespace registration
}  // namespace weft
