#include <weft/core/error.h>

#include <cstring>
#include <filesystem>

#include "io/atomic_file.hpp"
#include "io/zip.hpp"
#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"
#include "tests/harness/files.h"

using namespace weft;
using Catch::Matchers::Contains;
using io::ZipReader;
using io::ZipWriter;
using weft::test::bytes_of;
using weft::test::error_of;

namespace {

using Bytes = std::vector<std::byte>;

std::shared_ptr<const Bytes> shared(Bytes b) { return std::make_shared<const Bytes>(std::move(b)); }

Bytes sample() {
  ZipWriter w;
  w.add("metadata.json", "{}");
  w.add("model.weights.h5", std::string(1000, 'w'));
  w.add("empty", "");
  return w.to_bytes();
}

/// The place of the central directory's entry for the n-th member.
std::size_t central_entry(const Bytes& archive, int n) {
  constexpr char kMark[4] = {'P', 'K', 1, 2};
  for (std::size_t i = 0; i + 4 < archive.size(); ++i) {
    if (std::memcmp(archive.data() + i, kMark, 4) == 0 && n-- == 0) return i;
  }
  return 0;
}

void put_u32(Bytes& b, std::size_t at, std::uint32_t value) {
  for (int i = 0; i < 4; ++i)
    b[at + static_cast<std::size_t>(i)] = static_cast<std::byte>(value >> (8 * i));
}

}  // namespace

TEST_CASE("A zip archive comes back as it was written, stored and in order", "[zip]") {
  ZipReader r(shared(sample()), "a.zip");
  REQUIRE(r.members().size() == 3);
  CHECK(r.members()[0].name == "metadata.json");
  CHECK(r.members()[1].name == "model.weights.h5");
  CHECK(r.members()[1].bytes == 1000);
  CHECK_FALSE(r.members()[1].compressed);
  CHECK(r.read_text("metadata.json") == "{}");
  CHECK(r.read("model.weights.h5") == bytes_of(std::string(1000, 'w')));
  CHECK(r.read("empty").empty());
  CHECK(r.contains("empty"));
  CHECK_FALSE(r.contains("nothing"));
}

TEST_CASE("Equal members give equal archives, in memory and in a file", "[zip]") {
  const std::string path = test::temporary_dir() + "/a.zip";
  ZipWriter w;
  w.add("metadata.json", "{}");
  w.add("model.weights.h5", std::string(1000, 'w'));
  w.add("empty", "");
  w.save(path);
  CHECK(io::read_file(path) == sample());
  CHECK(io::is_zip_file(path));
  CHECK(ZipReader(path).read_text("metadata.json") == "{}");
}

TEST_CASE("An archive without members is an archive", "[zip]") {
  const std::string path = test::temporary_dir() + "/none.zip";
  ZipWriter().save(path);
  const ZipReader r(path);
  CHECK(r.members().empty());
  CHECK(io::is_zip_file(path));
}

TEST_CASE("A zip archive that is none is refused", "[zip][errors]") {
  const std::string folder = test::temporary_dir();
  io::write_file_atomically(folder + "/text", bytes_of("no archive"));
  io::write_file_atomically(folder + "/empty", {});
  CHECK_THAT(error_of<FileError>([&] { ZipReader(folder + "/nothing"); }),
             Contains("nothing") && Contains("No such file"));
  CHECK_THAT(error_of<FileError>([&] { ZipReader{folder}; }), Contains("it is a directory"));
  CHECK_THAT(error_of<FileError>([&] { ZipReader(folder + "/text"); }),
             Contains("Expected: an undamaged zip archive"));
  CHECK_THAT(error_of<FileError>([&] { ZipReader(folder + "/empty").read("x"); }),
             Contains("/empty'"));
  CHECK_FALSE(io::is_zip_file(folder + "/text"));
  CHECK_FALSE(io::is_zip_file(folder + "/empty"));
}

TEST_CASE("A missing zip member is refused with the members there are", "[zip][errors]") {
  ZipReader r(shared(sample()), "a.zip");
  CHECK(error_of<FileError>([&] { r.read("x"); }) ==
        "'a.zip' has no member 'x'. Existing members: ['metadata.json', 'model.weights.h5', "
        "'empty']");
}

TEST_CASE("Every truncation of a zip archive is refused", "[zip][errors]") {
  const Bytes whole = sample();
  for (std::size_t size = 0; size < whole.size(); size += 7) {
    const Bytes part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    CHECK_THROWS_AS(ZipReader(shared(part), "part").read("model.weights.h5"), FileError);
  }
}

TEST_CASE("A changed byte in a zip member is noticed", "[zip][errors]") {
  Bytes b = sample();
  for (std::size_t i = 0; i + 3 < b.size(); ++i) {
    if (b[i] == std::byte{'w'} && b[i + 1] == std::byte{'w'} && b[i + 2] == std::byte{'w'}) {
      b[i + 1] = std::byte{'x'};
      break;
    }
  }
  CHECK_THAT(error_of<FileError>([&] { ZipReader(shared(b), "a.zip").read("model.weights.h5"); }),
             Contains("CRC"));
}

TEST_CASE("A zip member's size is checked before it is believed", "[zip][errors]") {
  Bytes b = sample();
  const std::size_t entry = central_entry(b, 1);
  REQUIRE(entry > 0);
  put_u32(b, entry + 20, 0xfffffff0u);  // packed
  put_u32(b, entry + 24, 0xfffffff0u);  // unpacked
  CHECK_THROWS_AS(ZipReader(shared(b), "a.zip").read("model.weights.h5"), FileError);
  Bytes deflated = sample();
  deflated[entry + 10] = std::byte{8};  // says deflated, and that 1000 bytes expand to 4 GiB
  put_u32(deflated, entry + 24, 0xfffffff0u);
  CHECK_THROWS_AS(ZipReader(shared(deflated), "a.zip").read("model.weights.h5"), FileError);
}

TEST_CASE("A zip writer refuses names that are empty or taken", "[zip][errors]") {
  ZipWriter w;
  w.add("a", "1");
  CHECK_THAT(error_of<FileError>([&] { w.add("a", "2"); }), Contains("Received: 'a'"));
  CHECK_THROWS_AS(w.add("", "2"), FileError);
  CHECK_THAT(error_of<FileError>([&] { w.save("/nowhere/at/all.zip"); }),
             Contains("there is no directory '/nowhere/at'"));
}
