#include <weft/core/error.h>

#include <filesystem>

#include "io/atomic_file.hpp"
#include "io/tar.hpp"
#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"
#include "tests/harness/process.h"

using namespace weft;
using Catch::Matchers::Contains;
using weft::test::error_of;

namespace {

using Bytes = std::vector<std::byte>;

Bytes text(const std::string& s) {
  Bytes out;
  for (const char c : s) out.push_back(static_cast<std::byte>(c));
  return out;
}

/// An archive of folder/a and folder/b, made by tar.
std::string archive(const std::string& option) {
  const std::string dir = test::temporary_dir();
  std::filesystem::create_directory(dir + "/folder");
  io::write_file_atomically(dir + "/folder/a", text("hello"));
  io::write_file_atomically(dir + "/folder/b", Bytes(1500));
  REQUIRE(
      test::run_process({"tar", "--sort=name", "-C", dir, option, dir + "/x.tar", "folder"}).code ==
      0);
  return dir + "/x.tar";
}

}  // namespace

TEST_CASE("The files of a tar archive are read, gzipped or not", "[tar]") {
  for (const char* option : {"-cf", "-czf"}) {
    const std::vector<io::TarMember> members = io::read_tar(archive(option));
    REQUIRE(members.size() == 2);
    CHECK(members[0].name == "a");
    CHECK(members[0].bytes == text("hello"));
    CHECK(members[1].name == "b");
    CHECK(members[1].bytes == Bytes(1500));
  }
}

TEST_CASE("Damaged tar archives are refused", "[tar][errors]") {
  const std::string path = archive("-cf");
  const Bytes whole = io::read_file(path);
  const auto error_with = [&](const Bytes& bytes) {
    io::write_file_atomically(path, bytes);
    return error_of<FileError>([&] { io::read_tar(path); });
  };
  Bytes changed = whole;
  changed[3] = std::byte{'x'};
  CHECK_THAT(error_with(changed), Contains("cannot be read as a tar archive: a header's check sum "
                                           "is wrong"));
  const Bytes cut(whole.begin(), whole.begin() + 1200);
  CHECK_THAT(error_with(cut), Contains("it is truncated"));
  changed = whole;
  changed[130] = std::byte{'9'};
  CHECK_THAT(error_with(changed), Contains("cannot be read as a tar archive"));
}
