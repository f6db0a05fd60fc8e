#include "io/idx.hpp"

#include <fmt/core.h>
#include <weft/core/error.h>

#include <algorithm>
#include <bit>

#include "io/atomic_file.hpp"
#include "io/gzip_file.hpp"

namespace weft::io {
namespace {

// zlib cannot expand more (its FAQ: 1032:1).
constexpr std::size_t kDeflateExpansion = 1032;
constexpr std::size_t kSlackBytes = 4096;

DType dtype_of(std::byte code) {
  switch (std::to_integer<int>(code)) {
    case 0x08:
      return DType::uint8;
    case 0x09:
      return DType::int8;
    case 0x0b:
      return DType::int16;
    case 0x0c:
      return DType::int32;
    case 0x0d:
      return DType::float32;
    case 0x0e:
      return DType::float64;
    default:
      return {};
  }
}

}  // namespace

HostArray read_idx(const std::string& path) {
  const std::size_t stored = file_bytes(path);
  GzipFile file(path, "an IDX file");
  std::byte start[4];  // 0, 0, type, rank; then the dimensions, big-endian
  file.read(start, sizeof start);
  HostArray array;
  array.dtype = dtype_of(start[2]);
  const auto rank = std::to_integer<std::size_t>(start[3]);
  if (start[0] != std::byte{0} || start[1] != std::byte{0} || array.dtype == DType::undefined ||
      rank == 0) {
    file.fail("it does not start with IDX's mark");
  }
  std::vector<std::uint64_t> dims;
  for (std::size_t i = 0; i < rank; ++i) {
    std::byte d[4];
    file.read(d, sizeof d);
    std::uint64_t dim = 0;
    for (const std::byte b : d) dim = dim << 8 | std::to_integer<std::uint64_t>(b);
    dims.push_back(dim);
  }
  array.shape = checked_shape(dims, path);
  const std::size_t itemsize = array.dtype.itemsize();
  const std::size_t bytes = checked_bytes(dims, itemsize, path);
  if (bytes > stored * kDeflateExpansion + kSlackBytes) {
    file.fail(fmt::format("it says that it holds {} bytes, more than its {} packed bytes can",
                          bytes, stored));
  }
  array.bytes.resize(bytes);
  file.read(array.bytes.data(), bytes);
  file.expect_end();
  if (std::endian::native == std::endian::little && itemsize > 1) {
    for (auto at = array.bytes.begin(); at != array.bytes.end();
         at += static_cast<std::ptrdiff_t>(itemsize)) {
      std::reverse(at, at + static_cast<std::ptrdiff_t>(itemsize));
    }
  }
  return array;
}

}  // namespace weft::io
