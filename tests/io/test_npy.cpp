#include <weft/core/error.h>

#include <cstring>

#include "io/atomic_file.hpp"
#include "io/npy_format.hpp"
#include "io/zip.hpp"
#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"

using namespace weft;
using Catch::Matchers::Contains;
using io::HostArray;
using io::NpzReader;
using weft::test::error_of;

namespace {

using Bytes = std::vector<std::byte>;

std::string fixture(const std::string& name) {
  return test::source_dir() + "/tests/io/fixtures/" + name;
}

/// The values as doubles, of any dtype but the 16-bit ones.
template <class T>
std::vector<double> numbers(const HostArray& a) {
  std::vector<double> out;
  for (std::size_t i = 0; i < a.bytes.size(); i += sizeof(T)) {
    T value;
    std::memcpy(&value, a.bytes.data() + i, sizeof value);
    out.push_back(static_cast<double>(value));
  }
  return out;
}

/// 0, 1, ..., 23 times `scale` plus `shift`.
std::vector<double> grid(double scale, double shift) {
  std::vector<double> out;
  for (int i = 0; i < 24; ++i) out.push_back(i * scale + shift);
  return out;
}

/// A .npy file with any header.
Bytes file_with(std::string_view header, std::size_t value_bytes, unsigned char version = 1) {
  std::string text("\x93NUMPY");
  text += static_cast<char>(version);
  text += '\0';
  text += static_cast<char>(header.size() & 0xff);
  text += static_cast<char>(header.size() >> 8);
  if (version > 1) text += std::string(2, '\0');
  text += header;
  text += std::string(value_bytes, '\1');
  const auto* p = reinterpret_cast<const std::byte*>(text.data());
  return {p, p + text.size()};
}

std::string parse_error(std::string_view header, std::size_t value_bytes = 0) {
  return error_of<FileError>([&] { io::parse_npy(file_with(header, value_bytes), "f"); });
}

}  // namespace

TEST_CASE("Arrays that NumPy wrote are read: every dtype, order and byte order", "[npy]") {
  NpzReader r(fixture("arrays.npz"));
  CHECK(r.names().front() == "float32");
  CHECK(r.contains("x/title"));
  CHECK(numbers<float>(r.read("float32")) == grid(0.125, 0));
  CHECK(numbers<double>(r.read("float64")) == grid(0.125, 0));
  CHECK(numbers<std::int8_t>(r.read("int8")) == grid(1, -12));
  CHECK(numbers<std::int16_t>(r.read("int16")) == grid(1, -12));
  CHECK(numbers<std::int32_t>(r.read("int32")) == grid(1, -12));
  CHECK(numbers<std::int64_t>(r.read("int64")) == grid(1, -12));
  CHECK(numbers<std::uint8_t>(r.read("uint8")) == grid(1, 0));
  CHECK(numbers<std::uint16_t>(r.read("uint16")) == grid(1, 0));
  CHECK(numbers<std::uint32_t>(r.read("uint32")) == grid(1, 0));
  CHECK(numbers<std::uint64_t>(r.read("uint64")) == grid(1, 0));
  CHECK(numbers<float>(r.read("fortran")) == grid(0.125, 0));
  CHECK(numbers<std::int32_t>(r.read("big_endian")) == grid(1, -12));
  CHECK(numbers<double>(r.read("fortran_big_endian")) == grid(0.125, 0));
  const HostArray half = r.read("float16");
  CHECK(half.dtype == DType::float16);
  CHECK(numbers<std::uint16_t>(half)[8] == 0x3c00);  // 1.0
  const HostArray flags = r.read("bool");
  CHECK(flags.dtype == DType::boolean);
  CHECK(numbers<std::uint8_t>(flags)[3] == 1);
  CHECK(numbers<std::uint8_t>(flags)[4] == 0);
  CHECK(r.read("fortran").shape == Shape({2, 3, 4}));
  CHECK(r.read("scalar").shape == Shape({}));
  CHECK(numbers<float>(r.read("scalar")) == std::vector<double>{2.5});
  CHECK(r.read("vector").shape == Shape({3}));
  CHECK(r.read("empty").shape == Shape({0, 3}));
}

TEST_CASE("What weft has no dtype for is refused by name", "[npy][errors]") {
  NpzReader r(fixture("refused.npz"));
  const auto read = [&](const std::string& name) {
    return error_of<FileError>([&] { r.read(name); });
  };
  CHECK_THAT(read("strings"), Contains("refused.npz:strings' cannot be read") &&
                                  Contains("its values are strings. Expected: real numbers"));
  CHECK_THAT(read("bytes"), Contains("its values are strings"));
  CHECK_THAT(read("complex"),
             Contains("its values are complex numbers") && Contains("Received: dtype '<c16'"));
  CHECK_THAT(read("dates"), Contains("its values are dates"));
  CHECK_THAT(read("objects"), Contains("its values are Python objects (a pickle"));
  CHECK_THAT(read("records"), Contains("its values are records"));
  CHECK_THAT(read("raw"), Contains("its values are raw bytes"));
  CHECK_THAT(read("long_double"), Contains("of an unusual size"));
  CHECK_THAT(read("ranks"), Contains("Expected: at most 8. Received: 9"));
  CHECK_THAT(read("nothing"), Contains("has no array 'nothing'. Existing arrays: ['strings', "));
}

TEST_CASE("Arrays come back as they were written", "[npy]") {
  for (const char* name : {"bool", "uint8", "int8", "int16", "uint16", "int32", "uint32", "int64",
                           "uint64", "float16", "float32", "float64"}) {
    for (const Shape& shape : {Shape{}, Shape{3}, Shape{0, 2}, Shape{2, 1, 3}}) {
      HostArray a{
          name, shape,
          Bytes(static_cast<std::size_t>(shape.size()) * DType(name).itemsize(), std::byte{1})};
      const Bytes file = io::format_npy(a);
      const HostArray b = io::parse_npy(file, "f");
      CHECK((file.size() - b.bytes.size()) % 64 == 0);
      CHECK(b.dtype == a.dtype);
      CHECK(b.shape == a.shape);
      CHECK(b.bytes == a.bytes);
      CHECK(io::parse_npy_header(std::span(file).first(file.size() - a.bytes.size()), "f").shape ==
            shape);
    }
  }
}

TEST_CASE("bfloat16 is written as float32", "[npy]") {
  const HostArray a{
      "bfloat16", {2}, {std::byte{0x80}, std::byte{0x3f}, std::byte{0x20}, std::byte{0xc0}}};
  const HostArray b = io::parse_npy(io::format_npy(a), "f");
  CHECK(b.dtype == DType::float32);
  CHECK(numbers<float>(b) == std::vector<double>{1, -2.5});
}

TEST_CASE("All versions of the npy header are read", "[npy]") {
  const std::string header = "{'descr': '<i2', 'fortran_order': False, 'shape': (1L, 2), }\n";
  for (const unsigned char version : {1, 2, 3}) {
    CHECK(io::parse_npy(file_with(header, 4, version), "f").shape == Shape({1, 2}));
  }
  CHECK(
      io::parse_npy(file_with("{\"shape\":(2,),\"fortran_order\":False,\"descr\":\"|u1\"}", 2), "f")
          .shape == Shape({2}));
}

TEST_CASE("Broken npy files are refused", "[npy][errors]") {
  CHECK_THAT(
      parse_error("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", 8),
      Contains("it is truncated. Expected: 12 bytes for the shape (3,) of float32. Received: 8"));
  CHECK_THAT(
      parse_error("{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 2), }"),
      Contains("impossible shape"));
  CHECK_THAT(parse_error("{'descr': '<f4', 'fortran_order': False, 'shape': (4000000000000,), }"),
             Contains("it is truncated"));
  CHECK_THAT(parse_error("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }"),
             Contains("expected a dimension"));
  CHECK_THAT(
      parse_error("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }"),
      Contains("its header is damaged"));
  CHECK_THAT(parse_error("{'descr': '<f4', 'fortran_order': False}"),
             Contains("expected the keys"));
  CHECK_THAT(parse_error("{'descr': '<f4', 'fortran_order': Maybe, 'shape': ()}"),
             Contains("expected True or False"));
  CHECK_THAT(parse_error("{'descr': '<q9', 'fortran_order': False, 'shape': ()}"),
             Contains("of an unknown type"));
  CHECK_THAT(parse_error("{'descr': '', 'fortran_order': False, 'shape': ()}"),
             Contains("of an unknown type"));
  CHECK_THAT(parse_error("{'x': '<f4'}"),
             Contains("unknown key 'x'") || Contains("its header is damaged"));
  CHECK_THAT(parse_error("import os"), Contains("its header is damaged"));
  CHECK_THAT(parse_error(""), Contains("its header is damaged"));
  CHECK_THAT(parse_error("{'descr"), Contains("a string has no end"));
  const Bytes good = file_with("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", 12);
  for (std::size_t size = 0; size < good.size(); ++size) {
    CHECK_THROWS_AS(io::parse_npy(std::span(good).first(size), "f"), FileError);
  }
  Bytes version = good;
  version[6] = std::byte{9};
  CHECK_THAT(error_of<FileError>([&] { io::parse_npy(version, "f"); }),
             Contains("Expected: 1, 2 or 3. Received: 9"));
}

TEST_CASE("Archives of arrays come back in order, by name", "[npy]") {
  const std::string path = test::temporary_dir() + "/a.npz";
  const HostArray a{"uint8", {2}, Bytes(2, std::byte{7})}, b{"float64", {}, Bytes(8)};
  io::write_npz(path, {{"y/priority", a}, {"x", b}});
  const std::vector<io::NamedArray> all = io::read_npz(path);
  REQUIRE(all.size() == 2);
  CHECK(all[0].name == "y/priority");
  CHECK(all[0].array.bytes == a.bytes);
  CHECK(all[1].array.shape == Shape({}));
  CHECK_THAT(error_of<FileError>([&] {
               io::write_npz(path, {{"x", a}, {"x", b}});
             }),
             Contains("Received: 'x.npy'"));
  CHECK(io::read_npz(path).size() == 2);
}

TEST_CASE("An archive with other members than arrays is refused whole, and read by name",
          "[npy][errors]") {
  const std::string path = test::temporary_dir() + "/a.npz";
  io::ZipWriter w;
  w.add("x.npy", io::format_npy({"uint8", {1}, Bytes(1)}));
  w.add("notes.txt", "hello");
  w.save(path);
  CHECK_THAT(error_of<FileError>([&] { io::read_npz(path); }),
             Contains("Expected: members named *.npy. Received: 'notes.txt'"));
  const NpzReader r(path);
  CHECK(r.names() == std::vector<std::string>{"x"});
}
