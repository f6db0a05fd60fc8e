#include <weft/core/error.h>

#include <cstring>
#include <thread>

#include "io/atomic_file.hpp"
#include "io/hdf5.hpp"
#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"

using namespace weft;
using Catch::Matchers::Contains;
using io::Hdf5File;
using io::HostArray;
using weft::test::error_of;
using Texts = std::vector<std::string>;

namespace {

std::string fixture() { return test::source_dir() + "/tests/io/fixtures/h5py.h5"; }

std::shared_ptr<const std::vector<std::byte>> shared(std::vector<std::byte> b) {
  return std::make_shared<const std::vector<std::byte>>(std::move(b));
}

template <class T>
HostArray array_of(DType dtype, const Shape& shape, const std::vector<T>& values) {
  HostArray a{dtype, shape, std::vector<std::byte>(values.size() * sizeof(T))};
  if (!values.empty()) std::memcpy(a.bytes.data(), values.data(), a.bytes.size());
  return a;
}

template <class T>
std::vector<T> values_of(const HostArray& a) {
  std::vector<T> values(a.bytes.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), a.bytes.data(), a.bytes.size());
  return values;
}

Hdf5File reopened(const Hdf5File& f) {
  return Hdf5File::from_bytes(shared(f.to_bytes()), "memory.h5");
}

}  // namespace

TEST_CASE("HDF5 datasets of every dtype come back as they were written", "[hdf5]") {
  const std::vector<DType> dtypes = {"bool",     "uint8",   "int8",   "int16",  "uint16",
                                     "int32",    "uint32",  "int64",  "uint64", "float16",
                                     "bfloat16", "float32", "float64"};
  Hdf5File f = Hdf5File::create();
  std::vector<HostArray> written;
  for (const DType dtype : dtypes) {
    HostArray a{dtype, {2, 3}, std::vector<std::byte>(6 * dtype.itemsize())};
    for (std::size_t i = 0; i < a.bytes.size(); ++i)
      a.bytes[i] = static_cast<std::byte>(dtype == DType::boolean ? i % 2 : i + 1);
    f.write("all/" + dtype.name(), a);
    written.push_back(a);
  }
  const Hdf5File r = reopened(f);
  for (const HostArray& a : written) {
    INFO(a.dtype.name());
    const HostArray b = r.read("/all/" + a.dtype.name());
    CHECK(b.dtype == a.dtype);
    CHECK(b.shape == a.shape);
    CHECK(b.bytes == a.bytes);
  }
}

TEST_CASE("HDF5 scalars and empty datasets come back", "[hdf5]") {
  Hdf5File f = Hdf5File::create();
  f.write("scalar", array_of<std::int32_t>("int32", {}, {7}));
  f.write("empty", array_of<float>("float32", {0, 3}, {}));
  const Hdf5File r = reopened(f);
  CHECK(values_of<std::int32_t>(r.read("scalar")) == std::vector<std::int32_t>{7});
  CHECK(r.read("scalar").shape == Shape({}));
  CHECK(r.read("empty").shape == Shape({0, 3}));
  CHECK(r.read("empty").bytes.empty());
}

TEST_CASE("HDF5 groups are listed alphabetically and found by path", "[hdf5]") {
  Hdf5File f = Hdf5File::create();
  f.create_group("layers/dense/vars");
  f.create_group("layers/dense/vars");
  f.create_group("/layers/batch_normalization");
  f.write("layers/dense/vars/0", array_of<float>("float32", {1}, {1}));
  const Hdf5File r = reopened(f);
  CHECK(r.members() == Texts{"layers"});
  CHECK(r.members("layers") == Texts{"batch_normalization", "dense"});
  CHECK(r.is_group("layers/dense"));
  CHECK(r.is_group("/"));
  CHECK_FALSE(r.is_group("/layers/dense/vars/0"));
  CHECK(r.exists("layers/dense/vars/"));
  CHECK_FALSE(r.exists("layers/dense/vars/1"));
  CHECK_FALSE(r.exists("layers/dense/vars/0/below"));
  CHECK_FALSE(r.is_group("nowhere/at/all"));
}

TEST_CASE("HDF5 text attributes come back", "[hdf5]") {
  Hdf5File f = Hdf5File::create();
  f.create_group("g");
  f.write_text("g", "name", "first");
  f.write_text("g", "name", "na\xc3\xafve");
  f.write_text("/", "config", std::string(200000, 'x'));
  f.write_texts("/", "names", {"dense", "", "dense_1"});
  f.write_texts("/", "none", {});
  const Hdf5File r = reopened(f);
  CHECK(r.read_text("g", "name") == "na\xc3\xafve");
  CHECK(r.read_text("/", "config").size() == 200000);
  CHECK(r.read_texts("/", "names") == Texts{"dense", "", "dense_1"});
  CHECK(r.read_texts("/", "none").empty());
  CHECK(r.has_attribute("g", "name"));
  CHECK_FALSE(r.has_attribute("g", "other"));
  CHECK(r.attribute_names("/") == Texts{"config", "names", "none"});
}

TEST_CASE("HDF5 lists of names beyond the header's limit are split as Keras does", "[hdf5]") {
  Texts names;
  for (int i = 0; i < 3000; ++i)
    names.push_back("layer_with_a_rather_long_name_" + std::to_string(i));
  Hdf5File f = Hdf5File::create();
  f.write_texts("/", "layer_names", names);
  const Hdf5File r = reopened(f);
  CHECK_FALSE(r.has_attribute("/", "layer_names"));
  CHECK(r.has_attribute("/", "layer_names1"));
  CHECK(r.read_texts("/", "layer_names") == names);
}

TEST_CASE("Equal HDF5 contents give equal bytes, and the oldest format", "[hdf5]") {
  const auto made = [] {
    Hdf5File f = Hdf5File::create();
    f.write("a/b", array_of<float>("float32", {2}, {1, 2}));
    f.write_text("a", "name", "x");
    return f.to_bytes();
  };
  const std::vector<std::byte> bytes = made();
  CHECK(bytes == made());
  REQUIRE(bytes.size() > 9);
  CHECK(bytes[8] == std::byte{0});  // the superblock's version
}

TEST_CASE("HDF5 files that h5py wrote are read", "[hdf5]") {
  const Hdf5File f = Hdf5File::open(fixture());
  const std::vector<std::pair<std::string, DType>> rows = {
      {"f4", "float32"}, {"f8", "float64"}, {"i1", "int8"},           {"i2", "int16"},
      {"i4", "int32"},   {"i8", "int64"},   {"u1", "uint8"},          {"u2", "uint16"},
      {"u4", "uint32"},  {"u8", "uint64"},  {"be_f4", "float32"},     {"be_i4", "int32"},
      {"f2", "float16"}, {"bool", "bool"},  {"bfloat16", "bfloat16"}, {"be_f2", "float16"}};
  for (const auto& [name, dtype] : rows) {
    INFO(name);
    CHECK(f.describe("types/" + name).dtype == dtype);
    CHECK(f.read("types/" + name).shape == Shape({2, 3}));
  }
  CHECK(values_of<float>(f.read("types/f4")) == std::vector<float>{0, 1, 2, 3, 4, 5});
  CHECK(values_of<float>(f.read("types/be_f4")) == std::vector<float>{0, 1, 2, 3, 4, 5});
  CHECK(values_of<std::int32_t>(f.read("types/be_i4")) ==
        std::vector<std::int32_t>{0, 1, 2, 3, 4, 5});
  CHECK(values_of<std::uint8_t>(f.read("types/bool")) ==
        std::vector<std::uint8_t>{1, 0, 1, 0, 1, 0});
  const std::vector<std::uint16_t> halves = {0, 0x3c00, 0x4000, 0x4200, 0x4400, 0x4500};
  CHECK(values_of<std::uint16_t>(f.read("types/f2")) == halves);
  CHECK(values_of<std::uint16_t>(f.read("types/be_f2")) == halves);
  CHECK(values_of<std::uint16_t>(f.read("types/bfloat16")) ==
        std::vector<std::uint16_t>{0, 0x3f80, 0x4000, 0x4040, 0x4080, 0x40a0});
  CHECK(values_of<float>(f.read("chunked")) == std::vector<float>{0, 1, 2, 3, 4, 5});
  CHECK(f.read("none").shape == Shape({0}));
  CHECK(f.read_text("/", "text") == "na\xc3\xafve");
  CHECK(f.read_text("/", "bytes") == "fixed");
  CHECK(f.read_texts("/", "names") == Texts{"dense", "dense_1"});
  CHECK(f.read_texts("/", "texts") == Texts{"a", "bc"});
  CHECK(f.read_texts("/", "parts") == Texts{"a", "b", "c"});
  CHECK(f.read_texts("/", "empty_list").empty());
  CHECK(f.members("made") == Texts{"a", "m", "z"});
}

TEST_CASE("HDF5 that is hostile or foreign is refused by path", "[hdf5][errors]") {
  const Hdf5File f = Hdf5File::open(fixture());
  const auto read = [&](const std::string& path) {
    return error_of<FileError>([&] { f.read(path); });
  };
  CHECK_THAT(read("soft"), Contains("/soft: is refused") && Contains("Received: a soft link"));
  CHECK_THAT(read("external"), Contains("Received: an external link"));
  CHECK_THAT(read("external/below"), Contains("/external: is refused"));
  CHECK_THAT(read("virtual"), Contains("/virtual: is a virtual dataset"));
  CHECK_THAT(read("outside"), Contains("/outside: keeps its values in another file"));
  CHECK_THAT(read("bomb"),
             Contains("/bomb: is refused: it has more than 4 GiB (4398046511104 bytes)"));
  CHECK_THAT(read("overflow"), Contains("/overflow: impossible shape"));
  CHECK_THAT(
      read("lzf"),
      Contains("uses the filter 32000 'lzf'. Expected: none, deflate, shuffle or fletcher32"));
  CHECK_THAT(read("deep/rank"), Contains("Expected: at most 8. Received: 9"));
  CHECK_THAT(read("types_refused/text"), Contains("Received: strings"));
  CHECK_THAT(read("types_refused/compound"), Contains("Received: compounds"));
  CHECK_THAT(read("types_refused/complex"), Contains("Received: compounds (complex numbers"));
  CHECK_THAT(read("types_refused/opaque"), Contains("Received: opaque bytes"));
  CHECK_THAT(read("types_refused/reference"), Contains("Received: references"));
  CHECK_THAT(read("types_refused/list"), Contains("Received: lists of variable length"));
  CHECK_THAT(read("types"), Contains("/types: cannot be opened as a dataset"));
  CHECK_THAT(read("nothing"), Contains("/nothing: is not in the file"));
  CHECK_THAT(error_of<FileError>([&] { f.members("scalar"); }),
             Contains("/scalar: cannot be opened as a group"));
  CHECK_THAT(error_of<FileError>([&] { f.read_text("/", "number"); }),
             Contains("attribute 'number' is of another type"));
  CHECK_THAT(error_of<FileError>([&] { f.read_text("/", "names"); }),
             Contains("Expected: one string. Received: 2"));
  CHECK_THAT(error_of<FileError>([&] { f.read_text("/", "nothing"); }),
             Contains("attribute 'nothing' cannot be opened"));
}

TEST_CASE("A file that is no HDF5 file is refused by name", "[hdf5][errors]") {
  const std::string folder = test::temporary_dir();
  io::write_file_atomically(folder + "/a.h5", std::vector<std::byte>(100));
  CHECK_THAT(error_of<FileError>([&] { Hdf5File::open(folder + "/a.h5"); }),
             Contains("a.h5': cannot be read as an HDF5 file: "));
  CHECK_THAT(error_of<FileError>([&] { Hdf5File::open(folder + "/b.h5"); }),
             Contains("b.h5': No such file"));
  CHECK_THAT(error_of<FileError>([&] { Hdf5File::from_bytes(shared({}), "m"); }),
             Contains("'m': cannot be read"));
}

TEST_CASE("Every truncation of an HDF5 file is refused", "[hdf5][errors]") {
  const std::vector<std::byte> whole = io::read_file(fixture());
  for (std::size_t size = 1; size < whole.size(); size += 997) {
    CHECK_THROWS_AS(
        Hdf5File::from_bytes(
            shared({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)}), "part"),
        FileError);
  }
}

TEST_CASE("An array whose size does not fit its shape is not written to HDF5", "[hdf5][errors]") {
  Hdf5File f = Hdf5File::create();
  CHECK_THAT(error_of<FileError>([&] {
               f.write("a", {"float32", {2}, std::vector<std::byte>(4)});
             }),
             Contains("Expected: (2,) of float32. Received: 4 bytes"));
  f.write("a", array_of<float>("float32", {1}, {1}));
  CHECK_THAT(error_of<FileError>([&] { f.write("a", array_of<float>("float32", {1}, {1})); }),
             Contains("/a: cannot be made"));
}

TEST_CASE("HDF5 files may be used from several threads at once", "[hdf5]") {
  const std::vector<std::byte> bytes = io::read_file(fixture());
  std::vector<std::thread> threads;
  std::vector<int> good(4, 0);
  for (std::size_t t = 0; t < good.size(); ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        const Hdf5File f = Hdf5File::from_bytes(shared(bytes), "memory.h5");
        good[t] += values_of<float>(f.read("types/f4"))[5] == 5;
      }
    });
  }
  for (std::thread& t : threads) t.join();
  CHECK(good == std::vector<int>(4, 20));
}
