#include <fmt/core.h>
#include <weft/core/dtype.h>
#include <weft/core/error.h>

#include <array>

namespace weft {
namespace {

struct Row {
  DType::Code code;
  std::string_view name;
  std::size_t itemsize;
};

// In the order in which Keras lists its dtypes: an error prints this table.
constexpr std::array<Row, 13> kTable{{
    {DType::float32, "float32", 4},
    {DType::float64, "float64", 8},
    {DType::float16, "float16", 2},
    {DType::bfloat16, "bfloat16", 2},
    {DType::uint8, "uint8", 1},
    {DType::uint16, "uint16", 2},
    {DType::uint32, "uint32", 4},
    {DType::uint64, "uint64", 8},
    {DType::int8, "int8", 1},
    {DType::int16, "int16", 2},
    {DType::int32, "int32", 4},
    {DType::int64, "int64", 8},
    {DType::boolean, "bool", 1},
}};

}  // namespace

std::string DType::name() const {
  for (const Row& row : kTable) {
    if (row.code == code_) return std::string(row.name);
  }
  return "undefined";
}

std::size_t DType::itemsize() const {
  for (const Row& row : kTable) {
    if (row.code == code_) return row.itemsize;
  }
  return 0;
}

DType DType::parse(std::string_view name) {
  for (const Row& row : kTable) {
    if (row.name == name) return row.code;
  }
  std::string names;
  for (const Row& row : kTable) {
    names += names.empty() ? "" : ", ";
    names += fmt::format("'{}'", row.name);
  }
  throw DtypeError(
      fmt::format("DType: unknown name. Expected one of: {}. Received: '{}'", names, name));
}

}  // namespace weft
