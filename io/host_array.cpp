#include "io/host_array.hpp"

#include <fmt/core.h>
#include <weft/core/error.h>

namespace weft::io {

Shape checked_shape(const std::vector<std::uint64_t>& dims, std::string_view what) {
  if (dims.size() > static_cast<std::size_t>(Shape::max_rank)) {
    throw FileError(fmt::format("{}: too many dimensions. Expected: at most {}. Received: {}", what,
                                static_cast<int>(Shape::max_rank), dims.size()));
  }
  Shape shape;
  for (const std::uint64_t d : dims) {
    if (d > static_cast<std::uint64_t>(INT64_MAX)) {
      throw FileError(
          fmt::format("{}: impossible dimension. Expected: less than 2^63. Received: {}", what, d));
    }
    shape.push_back(d);
  }
  return shape;
}

std::size_t checked_bytes(const std::vector<std::uint64_t>& dims, std::size_t itemsize,
                          std::string_view what) {
  checked_shape(dims, what);
  std::int64_t bytes = static_cast<std::int64_t>(itemsize);
  bool overflow = false;
  for (const std::uint64_t d : dims) {
    if (d == 0) return 0;
    overflow = __builtin_mul_overflow(bytes, static_cast<std::int64_t>(d), &bytes) || overflow;
  }
  if (overflow)
    throw FileError(fmt::format("{}: impossible shape. Expected: fewer than 2^63 bytes", what));
  return static_cast<std::size_t>(bytes);
}

}  // namespace weft::io
