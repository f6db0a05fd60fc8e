#include <weft/applications/datasets/mnist.h>
#include <weft/core/error.h>

#include <filesystem>

#include "io/npy_format.hpp"
#include "tests/applications/environment.h"
#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"

using namespace weft;
using Catch::Matchers::Contains;
using weft::test::Environment;
using weft::test::error_of;

namespace {

io::HostArray images(std::int64_t n) {
  return {"uint8", {n, 28, 28}, std::vector<std::byte>(static_cast<std::size_t>(n) * 784)};
}
io::HostArray labels(std::int64_t n) {
  return {"uint8", {n}, std::vector<std::byte>(static_cast<std::size_t>(n), std::byte{3})};
}

}  // namespace

TEST_CASE("The real MNIST is loaded from WEFT_DATA_DIR", "[mnist]") {
  const Environment data("WEFT_DATA_DIR", test::source_dir() + "/data");
  const auto [train, test] = datasets::mnist::load_data();
  CHECK(train.x.shape() == Shape({60000, 28, 28}));
  CHECK(train.y.shape() == Shape({60000}));
  CHECK(test.x.shape() == Shape({10000, 28, 28}));
  CHECK(test.y.shape() == Shape({10000}));
  CHECK(train.x.dtype() == DType::uint8);
  CHECK(train.y.dtype() == DType::uint8);
  const std::vector<int> first = {5, 0, 4, 1, 9};
  const std::vector<int> y = train.y.to_vector<int>();
  CHECK(std::vector<int>(y.begin(), y.begin() + 5) == first);
  std::int64_t sum = 0;  // of the first image's pixels, a well-known 27525
  for (const int pixel : train.x[0].to_vector<int>()) sum += pixel;
  CHECK(sum == 27525);
}

TEST_CASE("MNIST is loaded from Keras's cache", "[mnist]") {
  const std::string home = test::temporary_dir();
  std::filesystem::create_directory(home + "/datasets");
  io::write_npz(home + "/datasets/mnist.npz", {{"x_test", images(2)},
                                               {"x_train", images(3)},
                                               {"y_train", labels(3)},
                                               {"y_test", labels(2)}});
  const Environment data("WEFT_DATA_DIR", {}), keras("KERAS_HOME", home);
  const auto [train, test] = datasets::mnist::load_data();
  CHECK(train.x.shape() == Shape({3, 28, 28}));
  CHECK(test.y.to_vector<int>() == std::vector<int>{3, 3});
}

TEST_CASE("An MNIST archive that holds something else is refused by name", "[mnist][errors]") {
  const std::string folder = test::temporary_dir();
  const Environment data("WEFT_DATA_DIR", folder);
  io::write_npz(folder + "/mnist.npz", {{"x_test", images(2)},
                                        {"x_train", images(3)},
                                        {"y_train", labels(2)},
                                        {"y_test", labels(2)}});
  CHECK_THAT(error_of<FileError>([] { datasets::mnist::load_data(); }),
             Contains("mnist.npz' holds something else. Expected: x uint8 (N, 28, 28), y uint8 "
                      "(N,). Received: x uint8 (3, 28, 28), y "
                      "uint8 (2,)"));
  io::write_npz(folder + "/mnist.npz", {{"x_train", images(3)}});
  CHECK_THAT(error_of<FileError>([] { datasets::mnist::load_data(); }),
             Contains("has no array 'y_train'"));
}
