#include "io/idx.hpp"

#include <fmt/format.h>
#include <weft/core/error.h>
#include <zlib.h>

#include <algorithm>
#include <bit>
#include <memory>

#include "io/atomic_file.hpp"

namespace weft::io {
namespace {

// zlib cannot expand more (its FAQ: 1032:1).
constexpr std::size_t kDeflateExpansion = 1032;
constexpr std::size_t kSlackBytes = 4096;
constexpr std::size_t kChunkBytes = std::size_t{1} << 24;

class GzipFile {
 public:
  explicit GzipFile(const std::string& path) : path_(path), file_(gzopen(path.c_str(), "rb")) {
    if (file_ == nullptr) fail("it cannot be opened");
  }
  ~GzipFile() { gzclose(file_); }
  GzipFile(const GzipFile&) = delete;
  GzipFile& operator=(const GzipFile&) = delete;

  [[noreturn]] void fail(std::string_view what) const {
    throw FileError(fmt::format("'{}' cannot be read as an IDX file: {}", path_, what));
  }
  /// Exactly `bytes`, or an error.
  void read(std::byte* to, std::size_t bytes) {
    std::size_t done = 0;
    while (done < bytes) {
      const auto wanted = static_cast<unsigned>(std::min(bytes - done, kChunkBytes));
      const int read = gzread(file_, to + done, wanted);
      check();
      if (read <= 0)
        fail(fmt::format("it is truncated. Expected: {} more bytes. Received: {}", bytes, done));
      done += static_cast<std::size_t>(read);
    }
  }
  /// Reads past the end: only there zlib compares the CRC.
  void expect_end() {
    std::byte one;
    const int read = gzread(file_, &one, 1);
    check();
    if (read > 0) fail("it is longer than it says");
  }

 private:
  void check() {
    int code = Z_OK;
    const char* text = gzerror(file_, &code);
    if (code == Z_BUF_ERROR) fail("it is truncated");
    if (code < 0) fail(fmt::format("it is damaged: {}", text));
  }
  std::string path_;
  gzFile file_;
};

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
  GzipFile file(path);
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
