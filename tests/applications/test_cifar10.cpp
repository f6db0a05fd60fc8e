#include <weft/applications/datasets/cifar10.h>
#include <weft/core/error.h>
#include <weft/core/log.h>

#include <array>
#include <filesystem>

#include "io/atomic_file.hpp"
#include "tests/applications/environment.h"
#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"
#include "tests/harness/process.h"

using namespace weft;
using Catch::Matchers::Contains;
using weft::test::Environment;
using weft::test::error_of;

namespace {

using Bytes = std::vector<std::byte>;

/// Records whose labels are given; red counts the places modulo 200, green is 1, blue the label.
Bytes records(std::initializer_list<int> labels) {
  Bytes out;
  for (const int label : labels) {
    out.push_back(static_cast<std::byte>(label));
    for (int i = 0; i < 1024; ++i) out.push_back(static_cast<std::byte>(i % 200));
    out.insert(out.end(), 1024, std::byte{1});
    out.insert(out.end(), 1024, static_cast<std::byte>(label));
  }
  return out;
}

void put(const std::string& path, const Bytes& bytes) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  io::write_file_atomically(path, bytes);
}

}  // namespace

TEST_CASE("The part of CIFAR-10 that comes with weft is loaded", "[cifar10]") {
  const Environment data("WEFT_DATA_DIR", test::source_dir() + "/data");
  const auto [train, test] = datasets::cifar10::load_data();
  CHECK(train.x.shape() == Shape({2000, 32, 32, 3}));
  CHECK(train.y.shape() == Shape({2000, 1}));
  CHECK(test.x.shape() == Shape({400, 32, 32, 3}));
  CHECK(test.y.shape() == Shape({400, 1}));
  CHECK(train.x.dtype() == DType::uint8);
  CHECK(train.y.dtype() == DType::uint8);
  // Of the first record, read with Python: its label, its first pixel, the sum of all.
  CHECK(train.y[0].to_vector<int>() == std::vector<int>{6});
  CHECK(train.x.slice({0, 0, 0}).to_vector<int>() == std::vector<int>{234, 202, 191});
  std::int64_t sum = 0;
  for (const int v : train.x[0].to_vector<int>()) sum += v;
  CHECK(sum == 412345);
  std::array<int, 10> of_class = {};
  for (const int label : test.y.to_vector<int>()) ++of_class.at(static_cast<std::size_t>(label));
  CHECK(of_class == std::array<int, 10>{40, 40, 40, 40, 40, 40, 40, 40, 40, 40});
}

TEST_CASE("CIFAR-10's batches and archives are read wherever they lie", "[cifar10]") {
  const std::string home = test::temporary_dir();
  const std::string batches = home + "/datasets/cifar-10-batches-bin/";
  put(batches + "data_batch_1.bin", records({3, 4}));
  put(batches + "data_batch_2.bin", records({5}));
  put(batches + "test_batch.bin", records({9}));
  const auto check = [] {
    const auto [train, test] = datasets::cifar10::load_data();
    CHECK(train.y.to_vector<int>() == std::vector<int>{3, 4, 5});
    CHECK(test.y.to_vector<int>() == std::vector<int>{9});
    CHECK(train.x.slice({1, 0, 7}).to_vector<int>() == std::vector<int>{7, 1, 4});
    CHECK(train.x.slice({2, 31, 31}).to_vector<int>() == std::vector<int>{1023 % 200, 1, 5});
  };
  {
    const Environment data("WEFT_DATA_DIR", {}), keras("KERAS_HOME", home);
    check();
  }
  const std::string folder = test::temporary_dir();
  std::filesystem::create_directory(folder + "/cifar10");
  REQUIRE(test::run_process({"tar", "-C", home + "/datasets", "-czf",
                             folder + "/cifar10/cifar-10-binary.tar.gz", "cifar-10-batches-bin"})
              .code == 0);
  const Environment data("WEFT_DATA_DIR", folder);
  check();
}

TEST_CASE("Damaged batches of CIFAR-10 are refused by name", "[cifar10][errors]") {
  const std::string folder = test::temporary_dir();
  const Environment data("WEFT_DATA_DIR", folder);
  put(folder + "/cifar10/data_batch_1.bin", records({3}));
  Bytes cut = records({1, 2});
  cut.pop_back();
  put(folder + "/cifar10/test_batch.bin", cut);
  CHECK_THAT(error_of<FileError>([] { datasets::cifar10::load_data(); }),
             Contains("test_batch.bin' cannot be read as a batch of CIFAR-10: it is not made of "
                      "whole records. Expected: a multiple of 3073 bytes. Received: 6145"));
  put(folder + "/cifar10/test_batch.bin", records({10}));
  CHECK(error_of<FileError>([] { datasets::cifar10::load_data(); }) ==
        "cifar10: a label is out of range. Expected: 0 to 9. Received: 10 in record 0");
}

TEST_CASE("Keras's pickled CIFAR-10 is not read, and that is said", "[cifar10]") {
  const std::string home = test::temporary_dir();
  std::filesystem::create_directories(home + "/datasets/cifar-10-batches-py");
  const Environment data("WEFT_DATA_DIR", {}), keras("KERAS_HOME", home);
  std::string said;
  set_log_sink([&said](LogLevel, std::string_view text) { said += text; });
  datasets::cifar10::load_data();
  set_log_sink({});
  CHECK_THAT(said, Contains("cifar-10-batches-py' holds Python's pickles, which weft does not "
                            "read"));
}
