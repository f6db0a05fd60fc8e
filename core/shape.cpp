#include <fmt/core.h>
#include <weft/core/error.h>
#include <weft/core/shape.h>

#include <ostream>

namespace weft {
namespace {

std::string dim_text(Dim d) {
  return d.known() ? fmt::format("{}", static_cast<std::int64_t>(d)) : "None";
}

/// The place of dimension i; a negative i counts from the end.
int place(const Shape& shape, int i) {
  const int at = i < 0 ? i + shape.rank() : i;
  if (shape.rank() == 0) {
    throw ShapeError(fmt::format(
        "Shape: index out of range. Expected: no index, as the shape () of a scalar has no "
        "dimensions. Received: {}",
        i));
  }
  if (at < 0 || at >= shape.rank()) {
    throw ShapeError(fmt::format(
        "Shape: index out of range. Expected: an index from {} to {}. Received: {} for the "
        "shape {} of rank {}",
        -shape.rank(), shape.rank() - 1, i, shape.to_string(), shape.rank()));
  }
  return at;
}

}  // namespace

std::int64_t Dim::none() {
  throw ShapeError(
      "this dimension is None while the graph is built: pass it on as it is, or fix it in Input. "
      "Expected: a known dimension. Received: None");
}

std::ostream& operator<<(std::ostream& out, Dim d) { return out << dim_text(d); }

Shape::Shape(std::initializer_list<Dim> d) {
  for (Dim one : d) push_back(one);
}

Dim Shape::operator[](int i) const { return dims_[place(*this, i)]; }

std::int64_t Shape::size() const {
  std::int64_t product = 1;
  bool overflow = false;
  bool empty = false;
  for (Dim d : *this) {
    if (!d.known()) {
      throw ShapeError(fmt::format(
          "Shape: the number of elements of {} is not known. Expected: no None in the shape. "
          "Received: {}",
          to_string(), to_string()));
    }
    const std::int64_t n = d;
    empty = empty || n == 0;
    overflow = __builtin_mul_overflow(product, n, &product) || overflow;
  }
  if (empty) return 0;  // whatever the other dimensions are
  if (overflow) {
    throw ShapeError(fmt::format(
        "Shape: too many elements. Expected: fewer than 2^63. Received: {}", to_string()));
  }
  return product;
}

bool Shape::known() const {
  for (Dim d : *this) {
    if (!d.known()) return false;
  }
  return true;
}

void Shape::push_back(Dim d) {
  if (rank_ == max_rank) {
    throw ShapeError(
        fmt::format("Shape: too many dimensions. Expected: at most {}. Received: {} and more",
                    static_cast<int>(max_rank), to_string()));
  }
  dims_[rank_++] = d;
}

void Shape::set(int i, Dim d) { dims_[place(*this, i)] = d; }

std::string Shape::to_string() const {
  std::string text = "(";
  for (int i = 0; i < rank_; ++i) {
    if (i > 0) text += ", ";
    text += dim_text(dims_[i]);
  }
  // Python's tuple of one keeps its comma.
  return text + (rank_ == 1 ? ",)" : ")");
}

std::ostream& operator<<(std::ostream& out, const Shape& shape) { return out << shape.to_string(); }

}  // namespace weft
