#include <fmt/core.h>
#include <weft/core/ops/einsum.h>
#include <weft/layers/einsum_dense.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/arguments/einsum_shapes.hpp"
#include "layers/arguments/layer_config.hpp"
#include "layers/arguments/weight_arguments.hpp"
#include "layers/initializers/variance_scaling.hpp"

namespace weft {
namespace layers {
namespace {

AnyLayer from_config(const Config& c) {
  auto o = detail::options_from<EinsumDenseOptions>(c);
  detail::read(c, "activation", o.activation);
  if (c.contains("bias_axes")) o.bias_axes = c.get<std::optional<std::string>>("bias_axes");
  detail::read_kernel_and_bias(c, o);
  for (const char* key :
       {"lora_rank", "lora_alpha", "gptq_unpacked_column_size", "quantization_config"})
    detail::refuse_option(c, "EinsumDense", key);
  const bool number = detail::kind(c["output_shape"]) == detail::ConfigKind::integer;
  return EinsumDense(c.get<std::string>("equation"),
                     number ? Shape{c.get<int>("output_shape")} : c.get<Shape>("output_shape"),
                     std::move(o));
}

// Of the scaled initializers the fans are those of the summed and the other axes, whatever the
// kernel's rank.
Arg<Initializer> with_axes(const Arg<Initializer>& given, const detail::EinsumShapes& shapes) {
  const auto* scaling =
      given ? dynamic_cast<const detail::VarianceScalingInitializer*>(&*given.get()) : nullptr;
  if (scaling == nullptr) return given;
  Config config = scaling->get_config();
  const auto named = [&](const char* key) {
    return config.contains(key) && !config[key].is_null();
  };
  if (named("input_axes") && named("output_axes")) return given;
  config.set("seed", scaling->seed())
      .set("input_axes", shapes.input_axes)
      .set("output_axes", shapes.output_axes);
  return detail::deserialize<Initializer>(
      Config{{"class_name", scaling->class_name()}, {"config", config}}, "initializer");
}

Shape checked_output_shape(Shape shape) {
  for (Dim d : shape) {
    if (!d.known() || d > 0) continue;
    throw Error(
        fmt::format("EinsumDense: received an invalid value for `output_shape`, expected positive "
                    "integers or None. Received: output_shape={}",
                    shape.to_string()));
  }
  return shape;
}

}  // namespace

EinsumDenseLayer::EinsumDenseLayer(std::string equation, Shape output_shape,
                                   EinsumDenseOptions options)
    : Layer(detail::layer_options(options), "EinsumDense"),
      equation_(std::move(equation)),
      output_shape_(checked_output_shape(std::move(output_shape))),
      options_(std::move(options)) {
  set_activity_regularizer(options_.activity_regularizer);
}

void EinsumDenseLayer::build(const Shape& input_shape) {
  const detail::EinsumShapes shapes =
      detail::einsum_shapes(name(), equation_, options_.bias_axes, input_shape, output_shape_);
  set_input_spec(InputSpec{.ndim = input_shape.rank()});
  WeightOptions kernel = detail::kernel_of(options_).weight(shapes.kernel);
  kernel.initializer = with_axes(options_.kernel_initializer, shapes);
  kernel_ = add_weight(std::move(kernel));
  if (!shapes.bias) return;
  bias_ = add_weight(detail::bias_of(options_).weight(*shapes.bias));
}

Tensor EinsumDenseLayer::call(const Tensor& inputs) {
  const DType dtype = compute_dtype();
  Tensor x = ops::einsum(equation_, {inputs, kernel_.value().astype(dtype)});
  if (bias_) x = x + bias_.value().astype(dtype);
  return options_.activation(x);
}

Config EinsumDenseLayer::get_config() const {
  Config config = Layer::get_config()
                      .set("output_shape", output_shape_)
                      .set("equation", equation_)
                      .set("activation", activations::serialize(options_.activation))
                      .set("bias_axes", options_.bias_axes);
  detail::set_weights(config, {detail::kernel_of(options_), detail::bias_of(options_)},
                      &options_.activity_regularizer);
  return config;
}

EinsumDense::EinsumDense(std::string equation, int output_shape, EinsumDenseOptions options)
    : EinsumDense(std::move(equation), Shape{output_shape}, std::move(options)) {}
EinsumDense::EinsumDense(std::string equation, const Shape& output_shape,
                         EinsumDenseOptions options)
    : LayerRef(layer<EinsumDenseLayer>(std::move(equation), output_shape, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_einsum_dense() { detail::register_layer("EinsumDense", layers::from_config); }
}  // namespace registration

}  // namespace weft
