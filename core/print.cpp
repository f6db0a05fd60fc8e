// Tensors as NumPy prints them, locale-free.
#include <fmt/core.h>
#include <weft/core/tensor.h>

#include <cmath>
#include <ostream>

#include "core/access.hpp"

namespace weft {
namespace {

constexpr std::int64_t threshold = 1000;  // beyond it only the edges are printed
constexpr std::int64_t edge = 3;

class Printer {
 public:
  Printer(const Tensor& t) : shape_(t.shape()), dtype_(t.dtype()), shorten_(t.size() > threshold) {
    if (dtype_ == DType::uint64)
      for (std::uint64_t v : t.to_vector<std::uint64_t>())
        integers_.push_back(static_cast<std::int64_t>(v));
    else if (dtype_.is_floating())
      floats_ = t.to_vector<double>();
    else
      integers_ = t.to_vector<std::int64_t>();
  }

  std::string text() const {
    if (shape_.size() == 0) return "[]";
    return block(0, 0);
  }

 private:
  std::string element(std::size_t i) const {
    // The sign of a NaN means nothing.
    if (dtype_.is_floating() && std::isnan(floats_[i])) return "nan";
    if (dtype_ == DType::float64) return fmt::format("{:.8g}", floats_[i]);
    if (dtype_.is_floating()) return fmt::format("{:.8g}", static_cast<float>(floats_[i]));
    if (dtype_ == DType::boolean) return integers_[i] != 0 ? "True" : "False";
    if (dtype_ == DType::uint64) return fmt::format("{}", static_cast<std::uint64_t>(integers_[i]));
    return fmt::format("{}", integers_[i]);
  }

  std::string block(int axis, std::size_t offset) const {
    if (axis == shape_.rank()) return element(offset);
    const std::int64_t n = shape_[axis];
    std::size_t stride = 1;
    for (int i = axis + 1; i < shape_.rank(); ++i)
      stride *= static_cast<std::size_t>(static_cast<std::int64_t>(shape_[i]));
    const bool last = axis + 1 == shape_.rank();
    const std::string separator =
        last ? " " : "\n" + std::string(static_cast<std::size_t>(axis) + 1, ' ');
    std::string out = "[";
    for (std::int64_t i = 0; i < n; ++i) {
      if (shorten_ && n > 2 * edge && i == edge) {
        out += separator + "...";
        i = n - edge;
      }
      if (i != 0) out += separator;
      out += block(axis + 1, offset + static_cast<std::size_t>(i) * stride);
    }
    return out + "]";
  }

  Shape shape_;
  DType dtype_;
  bool shorten_;
  std::vector<double> floats_;
  std::vector<std::int64_t> integers_;  // of uint64 the same bits
};

}  // namespace

std::string Tensor::to_string() const {
  const detail::TensorImpl& p = detail::impl(*this);
  const std::string what = "shape=" + p.shape.to_string() + ", dtype=" + p.dtype.name();
  if (p.kind == detail::TensorKind::functional)
    return "<KerasTensor " + what + (p.name.empty() ? "" : ", name=" + p.name) + ">";
  if (p.kind == detail::TensorKind::traced) return "<traced tensor " + what + ">";
  return Printer(*this).text() + " (" + what + ")";
}

std::ostream& operator<<(std::ostream& out, const Tensor& t) { return out << t.to_string(); }

}  // namespace weft
