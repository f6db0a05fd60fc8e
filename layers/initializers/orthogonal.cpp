#include <weft/core/random.h>
#include <weft/layers/initializers/orthogonal.h>

#include <algorithm>
#include <cmath>

#include "layers/arguments/random_initializer.hpp"
#include "layers/arguments/registries.hpp"

namespace weft {
namespace {

using Vector = std::vector<double>;

double dot(const Vector& a, const Vector& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

// Gram-Schmidt, each vector twice ("twice is enough", Parlett), gives the Q whose R has a positive
// diagonal: no signs to fix.
void orthonormalize(std::vector<Vector>& columns) {
  for (std::size_t j = 0; j < columns.size(); ++j) {
    for (int pass = 0; pass < 2; ++pass) {
      for (std::size_t k = 0; k < j; ++k) {
        const double along = dot(columns[k], columns[j]);
        for (std::size_t i = 0; i < columns[j].size(); ++i) columns[j][i] -= along * columns[k][i];
      }
    }
    const double length = std::sqrt(dot(columns[j], columns[j]));
    for (double& v : columns[j]) v /= length;
  }
}

class OrthogonalInitializer : public detail::RandomInitializer {
 public:
  explicit OrthogonalInitializer(const initializers::OrthogonalOptions& o)
      : RandomInitializer(o.seed), gain_(o.gain) {}
  std::string class_name() const override { return "Orthogonal"; }
  Tensor operator()(const Shape& shape, DType dtype) override {
    if (shape.rank() < 2) {
      throw ShapeError(
          "The tensor to initialize must be at least two-dimensional. Received: shape=" +
          shape.to_string() + " of rank " + std::to_string(shape.rank()) + ".");
    }
    const auto columns = static_cast<std::size_t>(static_cast<std::int64_t>(shape[-1]));
    const std::size_t rows = columns == 0 ? 0 : static_cast<std::size_t>(shape.size()) / columns;
    const std::size_t length = std::max(rows, columns), count = std::min(rows, columns);
    const Tensor drawn = random::normal({length, count}, {.dtype = DType::float32, .seed = seed()});
    const Vector values = drawn.to_vector<double>();
    std::vector<Vector> q(count, Vector(length));
    for (std::size_t i = 0; i < length; ++i) {
      for (std::size_t j = 0; j < count; ++j) q[j][i] = values[i * count + j];
    }
    orthonormalize(q);
    Vector out(rows * columns);
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t c = 0; c < columns; ++c)
        out[r * columns + c] = gain_ * (rows < columns ? q[r][c] : q[c][r]);
    }
    return Tensor::from(out, shape).astype(dtype);
  }
  Config get_config() const override { return RandomInitializer::get_config().set("gain", gain_); }

 private:
  double gain_;
};

}  // namespace

namespace initializers {
Orthogonal::Orthogonal(OrthogonalOptions options)
    : Ref(std::make_shared<OrthogonalInitializer>(options)) {}
}  // namespace initializers

namespace registration {
void initializer_orthogonal() {
  detail::registry<Initializer>().add(
      "Orthogonal",
      [](const Config& c) {
        return initializers::Orthogonal(
            {.gain = c.get<double>("gain", 1.0), .seed = detail::seed_of(c)});
      },
      {"OrthogonalInitializer"});
}
}  // namespace registration

}  // namespace weft
