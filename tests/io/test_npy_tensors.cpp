#include <weft/core/error.h>
#include <weft/io/npy.h>

#include <filesystem>

#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"

using namespace weft;
using Catch::Matchers::Contains;
using weft::test::error_of;

TEST_CASE("A tensor saved as .npy comes back, bfloat16 as float32", "[npy]") {
  const std::string path = test::temporary_dir() + "/a.npy";
  for (const char* dtype : {"float32", "float64", "float16", "int32", "int64", "uint8", "bool"}) {
    const Tensor t = Tensor::of({{1, 0, 1}, {0, 1, 0}}).astype(dtype);
    save_npy(path, t);
    const Tensor back = load_npy(path);
    CHECK(back.dtype() == t.dtype());
    CHECK(back.shape() == Shape({2, 3}));
    CHECK(back.to_vector<double>() == std::vector<double>{1, 0, 1, 0, 1, 0});
  }
  save_npy(path, Tensor::of({1.0f, -2.5f}).astype("bfloat16"));
  CHECK(load_npy(path).dtype() == DType::float32);
  CHECK(load_npy(path).to_vector<float>() == std::vector<float>{1, -2.5f});
  const Tensor rows = Tensor::of({{1, 2}, {3, 4}});
  save_npy(path, rows[1]);  // a slice shares storage
  CHECK(load_npy(path).to_vector<int>() == std::vector<int>{3, 4});
}

TEST_CASE("Tensors saved as .npz come back by name", "[npy]") {
  const std::string path = test::temporary_dir() + "/a.npz";
  const Tensor a = Tensor::of({1, 2}), b = Tensor::of({0.5f});
  save_npz(path, {{"y", a}, {"x", b}});
  std::vector<Named<Tensor>> all = load_npz(path);
  REQUIRE(all.size() == 2);
  CHECK(all[0].name == "y");
  CHECK(all[0].value.to_vector<int>() == std::vector<int>{1, 2});
  CHECK(all[1].name == "x");
  save_npz(path, {a, b});
  all = load_npz(path);
  REQUIRE(all.size() == 2);
  CHECK(all[1].name == "arr_1");
  save_npz(path, a);
  CHECK(load_npz(path)[0].name == "arr_0");
}

TEST_CASE("The arrays of an .npz archive that NumPy wrote become tensors", "[npy]") {
  const std::vector<Named<Tensor>> all =
      load_npz(test::source_dir() + "/tests/io/fixtures/arrays.npz");
  REQUIRE(all.size() == 19);
  for (const Named<Tensor>& one : all) {
    INFO(one.name);
    if (one.name == "float16" || one.name == "fortran") {
      CHECK(one.value.to_vector<float>()[9] == 1.125f);
      CHECK(one.value.shape() == Shape({2, 3, 4}));
    }
  }
  CHECK_THAT(
      error_of<FileError>([] { load_npz(test::source_dir() + "/tests/io/fixtures/refused.npz"); }),
      Contains("its values are strings"));
}
