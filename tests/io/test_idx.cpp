#include <weft/core/error.h>
#include <zlib.h>

#include "io/atomic_file.hpp"
#include "io/idx.hpp"
#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"

using namespace weft;
using Catch::Matchers::Contains;
using weft::test::error_of;

namespace {

using Bytes = std::vector<std::byte>;

Bytes bytes_of(std::initializer_list<int> values) {
  Bytes b;
  for (const int v : values) b.push_back(static_cast<std::byte>(v));
  return b;
}

std::string zipped(const Bytes& bytes) {
  const std::string path = test::temporary_dir() + "/a.gz";
  gzFile file = gzopen(path.c_str(), "wb");
  gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
  gzclose(file);
  return path;
}

std::string plain(const Bytes& bytes) {
  const std::string path = test::temporary_dir() + "/a.idx";
  io::write_file_atomically(path, bytes);
  return path;
}

const Bytes kSmall = bytes_of({0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6});

}  // namespace

TEST_CASE("An IDX file is read, gzipped or not", "[idx]") {
  for (const std::string& path : {zipped(kSmall), plain(kSmall)}) {
    const io::HostArray a = io::read_idx(path);
    CHECK(a.dtype == DType::uint8);
    CHECK(a.shape == Shape({2, 3}));
    CHECK(a.bytes == bytes_of({1, 2, 3, 4, 5, 6}));
  }
  const io::HostArray wide =
      io::read_idx(plain(bytes_of({0, 0, 0x0b, 1, 0, 0, 0, 2, 1, 2, 0xff, 0xfe})));
  CHECK(wide.dtype == DType::int16);
  CHECK(wide.bytes == bytes_of({2, 1, 0xfe, 0xff}));
}

TEST_CASE("The real MNIST's labels are read", "[idx]") {
  const io::HostArray labels =
      io::read_idx(test::source_dir() + "/data/mnist/t10k-labels-idx1-ubyte.gz");
  CHECK(labels.shape == Shape({10000}));
  CHECK(Bytes(labels.bytes.begin(), labels.bytes.begin() + 5) == bytes_of({7, 2, 1, 0, 4}));
}

TEST_CASE("Broken IDX files are refused", "[idx][errors]") {
  const auto read = [](const std::string& path) {
    return error_of<FileError>([&] { io::read_idx(path); });
  };
  CHECK_THAT(read(plain({})), Contains("it is truncated"));
  CHECK_THAT(read(plain(bytes_of({1, 2, 3, 4, 5}))), Contains("it does not start with IDX's mark"));
  CHECK_THAT(read(plain(bytes_of({0, 0, 8, 1, 0xff, 0xff, 0xff, 0xff}))),
             Contains("it says that it holds 4294967295 bytes"));
  CHECK_THAT(read(plain(bytes_of({0, 0, 8, 9, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0,
                                  0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 5}))),
             Contains("Expected: at most 8. Received: 9"));
  Bytes longer = kSmall;
  longer.push_back(std::byte{7});
  CHECK_THAT(read(plain(longer)), Contains("it is longer than it says"));
  CHECK_THAT(read("/nowhere.gz"), Contains("'/nowhere.gz': No such file"));
  for (std::size_t size = 0; size < kSmall.size(); ++size) {
    CHECK_THROWS_AS(
        io::read_idx(plain({kSmall.begin(), kSmall.begin() + static_cast<std::ptrdiff_t>(size)})),
        FileError);
  }
}

TEST_CASE("A damaged gzip file is refused", "[idx][errors]") {
  const Bytes whole = io::read_file(zipped(kSmall));
  for (std::size_t size = 11; size < whole.size(); ++size) {
    CHECK_THROWS_AS(
        io::read_idx(plain({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)})),
        FileError);
  }
  Bytes crc = whole;
  crc[crc.size() - 6] ^= std::byte{1};
  CHECK_THAT(error_of<FileError>([&] { io::read_idx(plain(crc)); }), Contains("it is damaged: "));
}
