#include "core/byte_count.hpp"

#include <fmt/core.h>
#include <weft/core/error.h>

#include <cstdint>

namespace weft::detail {

std::size_t byte_count(const Shape& shape, DType dtype) {
  for (Dim d : shape) {
    if (d.known() && static_cast<std::int64_t>(d) < 0) {
      throw ShapeError(fmt::format(
          "A tensor's dimensions must not be negative. Expected: 0 or more. Received: {}",
          shape.to_string()));
    }
  }
  std::int64_t bytes = 0;
  if (__builtin_mul_overflow(shape.size(), static_cast<std::int64_t>(dtype.itemsize()), &bytes)) {
    throw ShapeError(
        fmt::format("A tensor of shape {} is too large. Expected: fewer than 2^63 bytes. Received: "
                    "{} elements of "
                    "{}",
                    shape.to_string(), shape.size(), dtype.name()));
  }
  return static_cast<std::size_t>(bytes);
}

}  // namespace weft::detail
