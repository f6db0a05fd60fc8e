#include "layers/initializers/variance_scaling.hpp"

#include <fmt/core.h>
#include <weft/core/random.h>

#include <algorithm>
#include <cctype>
#include <cmath>

namespace weft {
namespace {

using initializers::VarianceScalingOptions;

// The standard deviation of a standard normal distribution that is cut off at -2 and 2
// (scipy.stats.truncnorm.std(a=-2, b=2, loc=0., scale=1.)).
constexpr double truncated_stddev = 0.87962566103423978;

double product(const Shape& shape, const std::vector<int>& axes) {
  double out = 1;
  for (int axis : axes) out *= static_cast<double>(static_cast<std::int64_t>(shape[axis]));
  return out;
}

struct Fans {
  double in, out;
};

Fans fans(const Shape& shape, const VarianceScalingOptions& o) {
  if (!o.input_axes.empty() && !o.output_axes.empty()) {
    return {product(shape, o.input_axes), product(shape, o.output_axes)};
  }
  if (shape.rank() == 0) return {1, 1};
  if (shape.rank() == 1) return {product(shape, {0}), product(shape, {0})};
  double receptive_field = 1;
  for (int i = 0; i < shape.rank() - 2; ++i) receptive_field *= product(shape, {i});
  return {product(shape, {-2}) * receptive_field, product(shape, {-1}) * receptive_field};
}

VarianceScalingOptions checked(VarianceScalingOptions o) {
  if (!(o.scale > 0)) {
    throw Error(fmt::format(
        "VarianceScaling: argument `scale` must be a positive float. Received: scale={}", o.scale));
  }
  if (o.mode != "fan_in" && o.mode != "fan_out" && o.mode != "fan_avg") {
    throw Error(
        fmt::format("VarianceScaling: invalid `mode` argument: {}. Expected one of 'fan_in', "
                    "'fan_out', 'fan_avg'.",
                    o.mode));
  }
  for (char& c : o.distribution) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (o.distribution == "normal") o.distribution = "truncated_normal";
  if (o.distribution != "uniform" && o.distribution != "truncated_normal" &&
      o.distribution != "untruncated_normal") {
    throw Error(fmt::format(
        "VarianceScaling: invalid `distribution` argument: {}. Expected one of 'uniform', "
        "'truncated_normal', 'untruncated_normal'.",
        o.distribution));
  }
  return o;
}

ConfigValue axes_or_null(const std::vector<int>& axes) {
  if (axes.empty()) return {};
  return axes;
}

std::vector<int> axes_of(const Config& c, const char* key) {
  return c.get<std::optional<std::vector<int>>>(key, std::nullopt).value_or(std::vector<int>());
}

}  // namespace

namespace detail {

VarianceScalingInitializer::VarianceScalingInitializer(std::string class_name,
                                                       VarianceScalingOptions options)
    : RandomInitializer(options.seed),
      class_name_(std::move(class_name)),
      options_(checked(std::move(options))) {}

double VarianceScalingInitializer::variance(const Shape& shape) const {
  const Fans n = fans(shape, options_);
  if (options_.mode == "fan_in") return options_.scale / std::max(1.0, n.in);
  if (options_.mode == "fan_out") return options_.scale / std::max(1.0, n.out);
  return options_.scale / std::max(1.0, (n.in + n.out) / 2.0);
}

Tensor VarianceScalingInitializer::operator()(const Shape& shape, DType dtype) {
  const double s = variance(shape);
  if (options_.distribution == "uniform") {
    const double limit = std::sqrt(3.0 * s);
    return random::uniform(
        shape, {.minval = -limit, .maxval = limit, .dtype = floating(dtype), .seed = seed()});
  }
  if (options_.distribution == "untruncated_normal") {
    return random::normal(shape,
                          {.stddev = std::sqrt(s), .dtype = floating(dtype), .seed = seed()});
  }
  return random::truncated_normal(
      shape, {.stddev = std::sqrt(s) / truncated_stddev, .dtype = floating(dtype), .seed = seed()});
}

Config VarianceScalingInitializer::get_config() const {
  Config c = RandomInitializer::get_config();
  if (class_name_ == "VarianceScaling") {
    c.set("scale", options_.scale)
        .set("mode", options_.mode)
        .set("distribution", options_.distribution);
  }
  // Keys of Keras 3.15: left out at their default, so that older readers take the file.
  if (!options_.input_axes.empty() || !options_.output_axes.empty()) {
    c.set("input_axes", axes_or_null(options_.input_axes))
        .set("output_axes", axes_or_null(options_.output_axes));
  }
  return c;
}

Ref<Initializer> named_scaling(const char* class_name, double scale, const char* mode,
                               const char* distribution, std::optional<std::int64_t> seed) {
  return std::make_shared<VarianceScalingInitializer>(
      class_name, VarianceScalingOptions{
                      .scale = scale, .mode = mode, .distribution = distribution, .seed = seed});
}

void register_named_scaling(const char* class_name, double scale, const char* mode,
                            const char* distribution) {
  registry<Initializer>().add(class_name, [=](const Config& c) -> Ref<Initializer> {
    return std::make_shared<VarianceScalingInitializer>(
        class_name, VarianceScalingOptions{.scale = scale,
                                           .mode = mode,
                                           .distribution = distribution,
                                           .seed = seed_of(c),
                                           .input_axes = axes_of(c, "input_axes"),
                                           .output_axes = axes_of(c, "output_axes")});
  });
}

}  // namespace detail

namespace initializers {
VarianceScaling::VarianceScaling(VarianceScalingOptions options)
    : Ref(std::make_shared<detail::VarianceScalingInitializer>("VarianceScaling",
                                                               std::move(options))) {}
}  // namespace initializers

namespace registration {
void initializer_variance_scaling() {
  detail::registry<Initializer>().add("VarianceScaling", [](const Config& c) {
    return initializers::VarianceScaling(
        {.scale = c.get<double>("scale", 1.0),
         .mode = c.get<std::string>("mode", "fan_in"),
         .distribution = c.get<std::string>("distribution", "truncated_normal"),
         .seed = detail::seed_of(c),
         .input_axes = axes_of(c, "input_axes"),
         .output_axes = axes_of(c, "output_axes")});
  });
}
}  // namespace registration

}  // namespace weft
