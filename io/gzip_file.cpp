#include "io/gzip_file.hpp"

#include <fmt/core.h>
#include <weft/core/error.h>
#include <zlib.h>

#include <algorithm>

namespace weft::io {
namespace {

constexpr std::size_t kChunkBytes = std::size_t{1} << 24;

}  // namespace

GzipFile::GzipFile(const std::string& path, std::string_view kind)
    : path_(path), kind_(kind), file_(gzopen(path.c_str(), "rb")) {
  if (file_ == nullptr) fail("it cannot be opened");
}

GzipFile::~GzipFile() { gzclose(file_); }

void GzipFile::fail(std::string_view what) const {
  throw FileError(fmt::format("'{}' cannot be read as {}: {}", path_, kind_, what));
}

std::size_t GzipFile::read_some(std::byte* to, std::size_t bytes) {
  std::size_t done = 0;
  while (done < bytes) {
    const auto wanted = static_cast<unsigned>(std::min(bytes - done, kChunkBytes));
    const int read = gzread(file_, to + done, wanted);
    int code = Z_OK;
    const char* text = gzerror(file_, &code);
    if (code == Z_BUF_ERROR) fail("it is truncated");
    if (code < 0) fail(fmt::format("it is damaged: {}", text));
    if (read <= 0) break;
    done += static_cast<std::size_t>(read);
  }
  return done;
}

void GzipFile::read(std::byte* to, std::size_t bytes) {
  const std::size_t done = read_some(to, bytes);
  if (done < bytes)
    fail(fmt::format("it is truncated. Expected: {} more bytes. Received: {}", bytes, done));
}

void GzipFile::expect_end() {
  std::byte one;
  if (read_some(&one, 1) > 0) fail("it is longer than it says");
}

std::vector<std::byte> GzipFile::read_rest() {
  std::vector<std::byte> all;
  std::size_t done = 0, step = std::size_t{1} << 16;
  while (true) {
    all.resize(done + step);
    const std::size_t read = read_some(all.data() + done, step);
    done += read;
    if (read < step) break;
    step = std::min(done, kChunkBytes);
  }
  all.resize(done);
  return all;
}

}  // namespace weft::io
