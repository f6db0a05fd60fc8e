#include <sys/stat.h>
#include <weft/core/error.h>

#include <filesystem>

#include "io/atomic_file.hpp"
#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"
#include "tests/harness/files.h"

using namespace weft;
using Catch::Matchers::Contains;
using weft::test::bytes_of;
using weft::test::error_of;
using weft::test::files_in;

namespace fs = std::filesystem;

TEST_CASE("A file is written whole, replacing what was there", "[atomic_file]") {
  const std::string folder = test::temporary_dir(), path = folder + "/file";
  io::write_file_atomically(path, bytes_of("first"));
  io::write_file_atomically(path, bytes_of("second"));
  CHECK(io::read_file(path) == bytes_of("second"));
  CHECK(io::file_bytes(path) == 6);
  CHECK(files_in(folder).size() == 1);
}

TEST_CASE("A write that fails leaves the old file and nothing else", "[atomic_file]") {
  const std::string folder = test::temporary_dir(), path = folder + "/file";
  io::write_file_atomically(path, bytes_of("old"));
  try {
    io::AtomicFile file(path);
    file.write(bytes_of("half of the n"));
    CHECK(files_in(folder).size() == 2);
    throw Error("the program failed in between");
  } catch (const Error&) {
  }
  CHECK(io::read_file(path) == bytes_of("old"));
  CHECK(files_in(folder).size() == 1);
}

TEST_CASE("A symbolic link to a file stays one", "[atomic_file]") {
  const std::string folder = test::temporary_dir();
  io::write_file_atomically(folder + "/target", bytes_of("old"));
  fs::create_symlink("target", folder + "/link");
  io::write_file_atomically(folder + "/link", bytes_of("new"));
  CHECK(fs::is_symlink(folder + "/link"));
  CHECK(io::read_file(folder + "/target") == bytes_of("new"));
}

TEST_CASE("The target of a symbolic link is made where it is not there yet", "[atomic_file]") {
  const std::string folder = test::temporary_dir();
  fs::create_symlink("target", folder + "/link");
  fs::create_symlink("link", folder + "/second");
  io::write_file_atomically(folder + "/second", bytes_of("new"));
  CHECK(fs::is_symlink(folder + "/second"));
  CHECK(fs::is_symlink(folder + "/link"));
  CHECK(io::read_file(folder + "/target") == bytes_of("new"));
  CHECK(io::write_target(folder + "/./second") == io::write_target(folder + "/target"));
}

TEST_CASE("A file that is replaced hands its permissions on", "[atomic_file]") {
  const std::string path = test::temporary_dir() + "/file";
  io::write_file_atomically(path, bytes_of("old"));
  for (const mode_t mode : {0600U, 0640U, 0444U}) {
    REQUIRE(::chmod(path.c_str(), mode) == 0);
    io::write_file_atomically(path, bytes_of("new"));
    struct stat info {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    CHECK((info.st_mode & 07777) == mode);
  }
}

TEST_CASE("A pipe and a circle of links are refused", "[atomic_file][errors]") {
  const std::string folder = test::temporary_dir(), pipe = folder + "/pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK_THAT(error_of<FileError>([&] { io::write_file_atomically(pipe, {}); }),
             Contains("/pipe': it is no regular file. Expected: the name of a file"));
  CHECK(fs::is_fifo(pipe));
  fs::create_symlink("b", folder + "/a");
  fs::create_symlink("a", folder + "/b");
  CHECK_THAT(error_of<FileError>([&] { io::write_file_atomically(folder + "/a", {}); }),
             Contains("its symbolic links lead in a circle"));
  CHECK(files_in(folder).size() == 3);
}

TEST_CASE("A new file's permissions follow the umask", "[atomic_file]") {
  const std::string path = test::temporary_dir() + "/file";
  const mode_t before = ::umask(022);
  io::write_file_atomically(path, bytes_of("x"));
  ::umask(before);
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0644);
}

TEST_CASE("A place where no file can be written is refused", "[atomic_file][errors]") {
  const std::string folder = test::temporary_dir();
  const auto write_to = [](const std::string& path) {
    return error_of<FileError>([&] { io::write_file_atomically(path, {}); });
  };
  CHECK_THAT(write_to(folder), Contains("it is a directory"));
  CHECK_THAT(write_to(folder + "/no/file"), Contains("there is no directory '" + folder + "/no'"));
  CHECK_THAT(write_to(""), Contains("the path is empty"));
  CHECK(files_in(folder).empty());
}

TEST_CASE("A file that cannot be read is refused by name", "[atomic_file][errors]") {
  const std::string folder = test::temporary_dir();
  CHECK_THAT(error_of<FileError>([&] { io::read_file(folder + "/none"); }),
             Contains("/none': No such file or directory"));
  CHECK_THAT(error_of<FileError>([&] { io::read_file(folder); }),
             Contains("it is a directory. Expected: a file"));
  CHECK_THAT(error_of<FileError>([&] { io::read_file("/dev/zero"); }),
             Contains("it is no regular file"));
}
