// The weights of interpolate: each line of the output is a sum of few lines of the input. After
// jax.image.scale_and_translate.
#pragma once
#include <weft/core/backend.h>

#include <cstdint>
#include <string>

#include "core/functors/math.h"

namespace weft::kernels {

enum class Interpolation { bilinear, bicubic, lanczos3, lanczos5 };

inline Interpolation interpolation_of(const std::string& name) {
  if (name == "bilinear") return Interpolation::bilinear;
  if (name == "bicubic") return Interpolation::bicubic;
  return name == "lanczos3" ? Interpolation::lanczos3 : Interpolation::lanczos5;
}

/// One axis of `size` lines that becomes `size * scale`.
struct InterpolateWeights {
  Interpolation kind;
  std::int64_t size, scale;

  /// Input lines at this distance and beyond have no weight.
  WEFT_HD std::int64_t radius() const {
    switch (kind) {
      case Interpolation::bilinear:
        return 1;
      case Interpolation::bicubic:
        return 2;
      case Interpolation::lanczos3:
        return 3;
      default:
        return 5;
    }
  }
  /// The place of output line o among the input lines, and the input line at or before it.
  WEFT_HD double place(std::int64_t o) const {
    return (static_cast<double>(o) + 0.5) / static_cast<double>(scale) - 0.5;
  }
  WEFT_HD std::int64_t near(std::int64_t o) const {
    return static_cast<std::int64_t>(math::floor(place(o)));
  }
  /// Output line o is made of input lines first(o) .. end(o) - 1, at most 2 * radius() of them.
  WEFT_HD std::int64_t first(std::int64_t o) const {
    const std::int64_t line = near(o) - radius() + 1;
    return line < 0 ? 0 : line;
  }
  WEFT_HD std::int64_t end(std::int64_t o) const {
    const std::int64_t line = near(o) + radius() + 1;
    return line < size ? line : size;
  }
  /// The weight of input line j in output line o, before the weights of o are divided by their sum.
  WEFT_HD double weight(std::int64_t o, std::int64_t j) const {
    return kernel(math::abs(place(o) - static_cast<double>(j)));
  }

 private:
  WEFT_HD double kernel(double d) const {
    if (kind == Interpolation::bilinear) return d < 1 ? 1 - d : 0;
    if (kind == Interpolation::bicubic) {
      if (d >= 2) return 0;
      return d < 1 ? (1.5 * d - 2.5) * d * d + 1 : ((-0.5 * d + 2.5) * d - 4) * d + 2;
    }
    const auto r = static_cast<double>(radius());
    if (d > r) return 0;
    if (d <= 1e-3) return 1;
    constexpr double pi = 3.141592653589793;
    const double t = pi * d;
    return r * math::sin(t) * math::sin(t / r) / (t * t);
  }
};

/// Of an op's attributes, for the side that is not yet scaled.
inline InterpolateWeights interpolate_weights(const Config& attrs, std::int64_t size) {
  return {interpolation_of(attrs.get<std::string>("interpolation")), size,
          attrs.get<std::int64_t>("scale")};
}

}  // namespace weft::kernels
