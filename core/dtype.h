// Element types.
#pragma once
#include <weft/core/fn.h>

#include <cstddef>
#include <cstdint>

namespace weft {

/// An element type. A class, not an enum, so that .dtype = "int32" and DType::int32 both work.
class DType {
 public:
  enum Code : std::uint8_t {
    undefined,
    boolean,
    uint8,
    int32,
    int64,
    float16,
    bfloat16,
    float32,
    float64,
    int8,
    int16,
    uint16,
    uint32,
    uint64
  };
  constexpr DType(Code c = undefined) : code_(c) {}
  /// By Keras's name: "float32", "bool", ...; throws DtypeError naming the valid ones.
  template <Text S>
  DType(S name) : DType(parse(name)) {}
  constexpr Code code() const { return code_; }
  std::string name() const;
  /// Bytes of one element; 0 for undefined.
  std::size_t itemsize() const;
  constexpr bool is_floating() const { return code_ >= float16 && code_ <= float64; }
  constexpr bool is_integer() const {
    return code_ != undefined && code_ != boolean && !is_floating();
  }
  friend constexpr bool operator==(DType a, DType b) { return a.code_ == b.code_; }

 private:
  static DType parse(std::string_view name);
  Code code_;
};

}  // namespace weft
